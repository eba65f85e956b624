"""Django's entry for this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, grants, teams, tokens, invitations."""

    name = "tongzhou.registers.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
