"""Django's entry for this room."""

from django.apps import AppConfig


class GuidanceScreenConfig(AppConfig):
    """Pages of guidance; no tables."""

    name = "tongzhou.screens.guidance"
    label = "guidance_screen"
