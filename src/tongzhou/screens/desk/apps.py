from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk; no tables."""

    name = "tongzhou.screens.desk"
    label = "desk"
