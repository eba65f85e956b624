"""Standing services for people, beside the chain."""
