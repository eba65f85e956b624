"""Django's entry for this room."""

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """What became of it: by code for everybody, by secret link for whoever sent it."""

    name = "tongzhou.screens.progress"
    label = "progress"
