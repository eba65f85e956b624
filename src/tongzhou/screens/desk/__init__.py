"""The desk: what waits, where, and what just happened, for each role."""
