"""Addresses of places."""

from __future__ import annotations

from django.urls import path

from tongzhou.registers.places import views

app_name = "places"
urlpatterns = [path("places/suggest/", views.suggest, name="suggest")]
