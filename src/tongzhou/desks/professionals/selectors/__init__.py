"""Reads of the people of the line."""
