from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Locks, verification outcomes, likely duplicates, merges, callbacks."""

    name = "tongzhou.chain.triage"
    label = "triage"
