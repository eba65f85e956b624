"""Addresses of the callback queue."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.callbacks import views

app_name = "callbacks"
urlpatterns = [
    path("callbacks/", views.queue, name="queue"),
    path("callbacks/next/", views.take_next, name="next"),
    path("callbacks/<uuid:request_id>/", views.one, name="one"),
    path("callbacks/<uuid:request_id>/take/", views.take, name="take"),
    path("callbacks/<uuid:request_id>/outcome/", views.outcome, name="outcome"),
]
