"""Reads of delivery, always with the actor."""
