"""Django's entry for this room."""

from django.apps import AppConfig


class VerifyConfig(AppConfig):
    """The pages of verification; no tables."""

    name = "tongzhou.screens.verify"
    label = "verify"
