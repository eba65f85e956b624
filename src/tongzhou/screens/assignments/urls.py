"""Addresses of assignments, of what went wrong, and of the receiver's code."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.assignments import views_code, views_incidents, views_list, views_one

app_name = "assignments"
urlpatterns = [
    path("a/<str:code>/", views_code.arrived, name="arrived"),
    path("assignments/", views_list.listing, name="list"),
    path("assignments/export/", views_list.export, name="export"),
    path("assignments/<str:code>/", views_one.one, name="one"),
    *(path(f"assignments/<str:code>/{name}/", view, name=name) for name, view in views_one.ACT_VIEWS.items()),
    path("assignments/<str:code>/contact/", views_one.contact, name="contact"),
    path("assignments/<str:code>/photos/<uuid:photo_id>/", views_one.photo, name="photo"),
    path("assignments/<str:code>/correct/<uuid:receipt>/", views_one.correct, name="correct"),
    path("assignments/<str:code>/settle/<uuid:advance>/", views_one.settle, name="settle"),
    path("incidents/", views_incidents.queue, name="incidents"),
    path("incidents/report/<str:code>/", views_incidents.report, name="report"),
    path("incidents/<uuid:pk>/", views_incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/text/", views_incidents.read, name="incident_text"),
    path("incidents/<uuid:pk>/handle/", views_incidents.handle, name="incident_handle"),
]
