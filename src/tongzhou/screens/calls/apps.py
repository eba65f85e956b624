"""Django's entry for this room."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The counsellor's screen and the supervisor's board."""

    name = "tongzhou.screens.calls"
    label = "calls"
