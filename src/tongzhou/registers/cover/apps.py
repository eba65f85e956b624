"""Django's entry for this room."""

from django.apps import AppConfig


class CoverConfig(AppConfig):
    """What government and companies cover already."""

    name = "tongzhou.registers.cover"
    label = "cover"
