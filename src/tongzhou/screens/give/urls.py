"""Addresses of offering help."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.give import views

app_name = "give"
urlpatterns = [
    path("give/", views.give, {"kind": "goods"}, name="offer"),
    path("give/service/", views.give, {"kind": "service"}, name="service"),
    path("give/money/", views.give, {"kind": "money"}, name="money"),
]
