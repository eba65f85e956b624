"""Django's entry for this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Pages of plans, pins, principles and standing approvals; no tables."""

    name = "tongzhou.screens.plans"
    label = "screens_plans"
