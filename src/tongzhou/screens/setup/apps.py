"""Django's entry for this room."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """Pages that set the desk up; no tables."""

    name = "tongzhou.screens.setup"
    label = "setup"
