"""Django's entry for this room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Lists and record pages; no tables."""

    name = "tongzhou.screens.records"
    label = "records"
