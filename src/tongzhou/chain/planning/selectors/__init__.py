"""Reads of planning, always with the actor."""
