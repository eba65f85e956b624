"""Writes of dispatch. A flow calls them; each is keyword-only and runs inside one transaction."""
