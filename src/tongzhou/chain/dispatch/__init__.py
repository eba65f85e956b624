"""Approved lines become assignments that somebody accepts, declines or lets lapse."""
