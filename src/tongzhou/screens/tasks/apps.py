"""Django's entry for this room."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks of volunteers; no tables."""

    name = "tongzhou.screens.tasks"
    label = "screens_tasks"
