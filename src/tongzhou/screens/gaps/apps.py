"""Django's entry for this room."""

from django.apps import AppConfig


class GapsConfig(AppConfig):
    """Gaps and overlaps; no tables."""

    name = "tongzhou.screens.gaps"
    label = "gaps"
