"""Django's entry for this room."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk; no tables."""

    name = "tongzhou.screens.desk"
    label = "desk"
