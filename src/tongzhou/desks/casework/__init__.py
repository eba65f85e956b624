"""Conversations, notes and cases: the only home of restricted personal data, sealed record by record."""
