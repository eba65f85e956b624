"""Django's entry for this room."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Entrances of teams; no tables."""

    name = "tongzhou.screens.teams"
    label = "screens_teams"
