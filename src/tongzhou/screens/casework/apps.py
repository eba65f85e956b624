"""Django's entry for this room."""

from django.apps import AppConfig


class CaseworkPagesConfig(AppConfig):
    """Forms, cases, referrals, the glass."""

    name = "tongzhou.screens.casework"
    label = "casework_pages"
