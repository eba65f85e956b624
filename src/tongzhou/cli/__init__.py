"""The command line: one file per command; the engines do the work."""
