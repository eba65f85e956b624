"""Django's entry for this room."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Tables come in: upload, preview, correction, acceptance, undo; paste; the round trip with Excel."""

    name = "tongzhou.screens.imports"
    label = "imports"
