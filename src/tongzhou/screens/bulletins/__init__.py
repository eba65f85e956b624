"""Bulletins for everybody, as pages, cards and feeds; and the desk where they are written, verified and published."""
