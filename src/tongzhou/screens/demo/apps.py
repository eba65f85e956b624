"""Django's entry for this room."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's guided tour and its role switcher; no tables."""

    name = "tongzhou.screens.demo"
    label = "demo"
