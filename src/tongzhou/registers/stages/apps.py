"""Tells Django about this room."""

from django.apps import AppConfig


class StagesConfig(AppConfig):
    """Weights of the stages at a place."""

    name = "tongzhou.registers.stages"
    label = "stages"
    verbose_name = "阶段"
    default_auto_field = "django.db.models.BigAutoField"
