"""Tells Django about this room."""

from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    """Responses."""

    name = "tongzhou.registers.responses"
    label = "responses"
    verbose_name = "应急响应"
    default_auto_field = "django.db.models.BigAutoField"
