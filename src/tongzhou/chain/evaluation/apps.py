"""Django's entry for this room."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Figures over the whole chain, and what people say of the service."""

    name = "tongzhou.chain.evaluation"
    label = "evaluation"
