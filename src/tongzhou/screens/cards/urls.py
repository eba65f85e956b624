"""Addresses of cards: short, because they stand in QR codes."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.cards import views

app_name = "cards"
urlpatterns = [
    path("c/<str:code>/", views.card, name="card"),
    path("c/<str:code>.png", views.picture, name="picture"),
    path("c/<str:code>.svg", views.drawing, name="drawing"),
]
