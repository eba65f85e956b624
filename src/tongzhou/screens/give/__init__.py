"""Offering help without an account."""
