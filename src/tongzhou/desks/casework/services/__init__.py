"""Writes of casework, one module for each kind of act."""
