"""Django's entry for this room."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Locks, verification outcomes, likely duplicates, merges, callbacks."""

    name = "tongzhou.chain.triage"
    label = "triage"
