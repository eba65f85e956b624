"""Django's entry for this room."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """From an approved line to a confirmed delivery; no tables."""

    name = "tongzhou.screens.assignments"
    label = "assignment_pages"
