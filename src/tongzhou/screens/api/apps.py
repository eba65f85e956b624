"""Django's entry for this room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """`/api/v1` and its documentation; no tables."""

    name = "tongzhou.screens.api"
    label = "screens_api"
