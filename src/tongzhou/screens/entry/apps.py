"""Django's entry for this room."""

from django.apps import AppConfig


class EntryConfig(AppConfig):
    """Fast entry by keyboard and by telephone."""

    name = "tongzhou.screens.entry"
    label = "entry"
