"""Django's entry for this room."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Public cards; no tables."""

    name = "tongzhou.screens.cards"
    label = "cards"
