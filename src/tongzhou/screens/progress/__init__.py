"""What became of it: by code for everybody, by secret link for whoever sent it."""
