"""Writes of the people of the line."""
