"""Tells Django about this room."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Organisations, papers, standing."""

    name = "tongzhou.registers.organisations"
    label = "organisations"
    verbose_name = "单位"
    default_auto_field = "django.db.models.BigAutoField"
