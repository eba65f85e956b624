"""Django's entry for this room."""

from django.apps import AppConfig


class SituationConfig(AppConfig):
    """The situation sheet; no tables."""

    name = "tongzhou.screens.situation"
    label = "situation"
