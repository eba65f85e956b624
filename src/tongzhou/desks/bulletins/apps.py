"""Django's entry for this room."""

from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    """Verified notices, rumours and answers, where to get help."""

    name = "tongzhou.desks.bulletins"
    label = "bulletins"
