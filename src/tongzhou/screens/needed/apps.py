"""Django's entry for this room."""

from django.apps import AppConfig


class NeededConfig(AppConfig):
    """What is needed, in public; no tables."""

    name = "tongzhou.screens.needed"
    label = "needed"
