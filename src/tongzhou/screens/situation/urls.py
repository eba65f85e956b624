"""Addresses of the situation sheet."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.situation import views

app_name = "situation"
urlpatterns = [
    path("situation/", views.situation, name="sheet"),
    path("situation/sheet.pdf", views.pdf, name="pdf"),
]
