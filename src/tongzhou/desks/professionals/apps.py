"""Django's entry for this room."""

from django.apps import AppConfig


class ProfessionalsConfig(AppConfig):
    """The people of the line: recruitment, licences, training, supervision, availability, rosters."""

    name = "tongzhou.desks.professionals"
    label = "professionals"
