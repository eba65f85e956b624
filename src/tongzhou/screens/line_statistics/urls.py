"""Addresses of the figures of a line."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.line_statistics import views

app_name = "line_statistics"
urlpatterns = [
    path("line/figures/", views.figures, name="figures"),
    path("line/figures.csv", views.table, name="csv"),
]
