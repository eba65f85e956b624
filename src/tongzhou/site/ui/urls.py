"""Addresses of the switches and of the page of components."""

from __future__ import annotations

from django.urls import path

from tongzhou.site.ui import views

urlpatterns = [
    path("language/", views.language, name="set_language"),
    path("theme/", views.theme, name="theme"),
    path("ui/", views.components, name="ui"),
]
