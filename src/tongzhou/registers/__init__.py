"""Slow facts everything points at."""
