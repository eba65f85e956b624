"""Reads of evaluation: figures, gaps, what may be said in public."""
