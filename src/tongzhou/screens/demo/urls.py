"""Addresses of the demo's pages. Each view answers 404 unless this is the demo."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/", views.tour, name="tour"),
    path("demo/enter/", views.enter, name="enter"),
    path("demo/as/", views.look_as, name="look_as"),
    path("demo/sheet.xlsx", views.sheet, name="sheet"),
]
