"""Organisations, their papers, and whether they stand: current, suspended, revoked, expired."""
