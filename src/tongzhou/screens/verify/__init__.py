"""Verifying: the queue, one item in hand, likely duplicates side by side, the written standard."""
