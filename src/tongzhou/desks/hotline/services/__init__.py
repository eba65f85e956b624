"""Writes of hotline, one module for each kind of act."""
