"""Django's entry for this room."""

from django.apps import AppConfig


class LineStatisticsConfig(AppConfig):
    """Figures of the line."""

    name = "tongzhou.screens.line_statistics"
    label = "line_statistics"
