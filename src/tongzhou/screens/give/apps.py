"""Django's entry for this room."""

from django.apps import AppConfig


class GiveConfig(AppConfig):
    """Offering help without an account."""

    name = "tongzhou.screens.give"
    label = "give"
