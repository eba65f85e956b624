"""Fast entry by keyboard and by telephone."""
