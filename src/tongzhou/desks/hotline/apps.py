"""Django's entry for this room."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """The line: contacts, the queue, the seats; what is said is not kept here."""

    name = "tongzhou.desks.hotline"
    label = "hotline"
