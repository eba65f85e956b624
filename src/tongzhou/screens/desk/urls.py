"""Address of the desk."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.desk import views

app_name = "desk"
urlpatterns = [path("desk/", views.desk, name="desk")]
