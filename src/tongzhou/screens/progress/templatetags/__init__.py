"""Template tags of the pages of progress."""
