"""Writes of planning. A flow calls them; each is keyword-only and runs inside one transaction."""
