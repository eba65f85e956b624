"""Django's entry for this room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Ways out of the house, and what each person wants to hear."""

    name = "tongzhou.registers.notices"
    label = "notices"
