"""Django's entry for this room."""

from django.apps import AppConfig


class HelpConfig(AppConfig):
    """Asking for help without an account: for oneself, another, a facility; medicine; being called back."""

    name = "tongzhou.screens.help"
    label = "help"
