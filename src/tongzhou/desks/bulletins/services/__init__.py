"""Writes of bulletins and of the directory."""
