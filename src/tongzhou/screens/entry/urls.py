"""Addresses of fast entry."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.entry import views

app_name = "entry"
urlpatterns = [
    path("entry/", views.entry, {"mode": "keys"}, name="keys"),
    path("entry/phone/", views.entry, {"mode": "phone"}, name="phone"),
    path("raw/<uuid:pk>/", views.raw, name="raw"),
    path("entry/similar/", views.similar, name="similar"),
]
