"""Snapshot > engine > plan with reasons > a person approves."""
