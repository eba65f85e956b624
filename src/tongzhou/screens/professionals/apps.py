"""Django's entry for this room."""

from django.apps import AppConfig


class ProfessionalsScreenConfig(AppConfig):
    """Pages of the people of the line; no tables."""

    name = "tongzhou.screens.professionals"
    label = "professionals_screen"
