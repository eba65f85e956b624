"""Django's entry for this room."""

from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    """The queue of people who asked to be called."""

    name = "tongzhou.screens.callbacks"
    label = "callbacks"
