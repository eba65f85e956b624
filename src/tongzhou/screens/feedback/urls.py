"""Addresses of feedback."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.feedback import views

app_name = "feedback"
urlpatterns = [
    path("feedback/", views.give, name="give"),
    path("feedback/thanks/", views.thanks, name="thanks"),
    path("feedback/list/", views.queue, name="list"),
    path("feedback/list/<uuid:pk>/", views.one, name="one"),
    path("feedback/list/<uuid:pk>/handled/", views.handled, name="handled"),
]
