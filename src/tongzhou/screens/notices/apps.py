"""Django's entry for this room."""

from django.apps import AppConfig


class NoticesScreenConfig(AppConfig):
    """Pages of notices and channels, and the calendar feed; no tables."""

    name = "tongzhou.screens.notices"
    label = "notices_screen"
