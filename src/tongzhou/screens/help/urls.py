"""Addresses of asking for help."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.help import views

app_name = "help"
urlpatterns = [
    path("help/", views.ask, {"kind": "self"}, name="self"),
    path("help/other/", views.ask, {"kind": "other"}, name="other"),
    path("help/medicine/", views.ask, {"kind": "medicine"}, name="medicine"),
    path("help/facility/", views.ask, {"kind": "facility"}, name="facility"),
    path("help/call/", views.call, name="call"),
    path("help/call/done/", views.call_done, name="call_done"),
]
