"""Addresses of telephone exchanges."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.telephone import views

app_name = "telephone"
urlpatterns = [
    path("telephone/<uuid:pk>/events/", views.events, name="events"),
    path("line/telephone/", views.exchanges, name="exchanges"),
    path("line/telephone/<uuid:pk>/end/", views.end, name="end"),
]
