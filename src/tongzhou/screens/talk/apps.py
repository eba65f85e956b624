"""Django's entry for this room."""

from django.apps import AppConfig


class TalkConfig(AppConfig):
    """The caller's pages of the line."""

    name = "tongzhou.screens.talk"
    label = "talk"
