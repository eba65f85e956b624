"""Addresses of the front page and of the two pages about the desk itself."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.home import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("privacy/", views.privacy, name="privacy"),
    path("about/", views.about, name="about"),
]
