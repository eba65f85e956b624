"""Addresses of entrances; the one of joining is short, because it stands in a QR code."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.teams import views_entrance, views_join

app_name = "teams"
urlpatterns = [
    path("teams/", views_entrance.teams, name="teams"),
    path("teams/<uuid:team_id>/entrance/", views_entrance.entrance, name="entrance"),
    path("teams/<uuid:team_id>/entrance/close/", views_entrance.close, name="close"),
    path("teams/<uuid:team_id>/entrance/poster/", views_entrance.poster, name="poster"),
    path("join/<str:secret>/", views_join.join, name="join"),
]
