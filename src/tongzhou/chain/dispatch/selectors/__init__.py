"""Reads of dispatch, always with the actor."""
