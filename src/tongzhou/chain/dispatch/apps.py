"""Django's entry for this room."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Approved lines become assignments that somebody accepts, declines or lets lapse."""

    name = "tongzhou.chain.dispatch"
    label = "dispatch"
