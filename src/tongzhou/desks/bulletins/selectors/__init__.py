"""Reads of bulletins and of the directory."""
