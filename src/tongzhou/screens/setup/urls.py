"""Addresses under /setup/. Each part of the settings brings its own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongzhou.screens.setup import front, people_urls

app_name = "setup"
urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/", front.front, name="front"),
    *people_urls.urlpatterns,
]
