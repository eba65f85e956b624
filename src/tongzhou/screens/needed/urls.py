"""Addresses of what is needed. Those of a card are short, because they stand in QR codes."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.needed import views

app_name = "needed"
urlpatterns = [
    path("needed/", views.needed, name="list"),
    path("needed/<str:place>/<str:category>/", views.card, name="card"),
    path("needed/<str:place>/<str:category>.png", views.picture, name="picture"),
    path("needed/<str:place>/<str:category>.svg", views.drawing, name="drawing"),
]
