"""Django's entry for this room."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Base templates, static files and the pages of the site itself; no tables."""

    name = "tongzhou.site"
    label = "site"
