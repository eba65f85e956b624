"""Django's entry for this room."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The public front page; no tables."""

    name = "tongzhou.screens.home"
    label = "home"
