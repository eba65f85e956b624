"""Django's entry for this room."""

from django.apps import AppConfig


class DirectoryScreenConfig(AppConfig):
    """The directory of help; no tables."""

    name = "tongzhou.screens.directory"
    label = "screen_directory"
