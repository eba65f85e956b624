"""Django's entry for this room."""

from django.apps import AppConfig


class TelephoneConfig(AppConfig):
    """Telephone exchanges."""

    name = "tongzhou.screens.telephone"
    label = "telephone"
