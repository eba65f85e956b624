"""Tells Django about this room."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Divisions, sites, names."""

    name = "tongzhou.registers.places"
    label = "places"
    verbose_name = "地点"
    default_auto_field = "django.db.models.BigAutoField"
