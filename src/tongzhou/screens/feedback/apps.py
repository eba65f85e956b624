"""Django's entry for this room."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Feedback; its table is in chain/evaluation."""

    name = "tongzhou.screens.feedback"
    label = "feedback"
