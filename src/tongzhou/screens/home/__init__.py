"""The public front page: the right door in one tap, and what we promise about privacy."""
