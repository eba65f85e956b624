"""Django's entry for this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Needs, offers and leads, and the forms and sheets they came in."""

    name = "tongzhou.chain.intake"
    label = "intake"
