"""Tells Django about this room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Categories and what each response changes in them."""

    name = "tongzhou.registers.catalogue"
    label = "catalogue"
    verbose_name = "类别"
    default_auto_field = "django.db.models.BigAutoField"
