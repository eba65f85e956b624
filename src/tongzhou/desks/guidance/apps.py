"""Django's entry for this room."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Professional guidance by population group and stage, versioned, acknowledged by the front line."""

    name = "tongzhou.desks.guidance"
    label = "guidance"
