"""Writes of intake, one module for each kind of act; nothing is imported here, so that each stays light."""
