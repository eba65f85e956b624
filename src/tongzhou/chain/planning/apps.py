"""Django's entry for this room."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Snapshot, engine, a plan with reasons, and the person who approves it."""

    name = "tongzhou.chain.planning"
    label = "planning"
