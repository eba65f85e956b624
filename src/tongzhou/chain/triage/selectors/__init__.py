"""Reads of triage, one module for each purpose; each takes the actor and fails closed."""
