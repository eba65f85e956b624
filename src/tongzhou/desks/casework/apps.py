"""Django's entry for this room."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Conversations, notes and cases: the only home of restricted personal data, sealed record by record."""

    name = "tongzhou.desks.casework"
    label = "casework"
