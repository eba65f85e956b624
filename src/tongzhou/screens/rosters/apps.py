"""Django's entry for this room."""

from django.apps import AppConfig


class RostersScreenConfig(AppConfig):
    """Pages of rosters and shifts; no tables."""

    name = "tongzhou.screens.rosters"
    label = "rosters_screen"
