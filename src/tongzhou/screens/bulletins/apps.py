"""Django's entry for this room."""

from django.apps import AppConfig


class BulletinsScreenConfig(AppConfig):
    """Bulletins, public and at the desk; no tables."""

    name = "tongzhou.screens.bulletins"
    label = "screen_bulletins"
