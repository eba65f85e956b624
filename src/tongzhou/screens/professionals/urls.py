"""Addresses of the people of the line; joining has a short one, because it stands in a QR code."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.professionals import (
    views,
    views_calls,
    views_import,
    views_join,
    views_kinds,
    views_people,
)

app_name = "people_line"
urlpatterns = [
    path("line/people/", views.home, name="home"),
    path("line/people/new/", views.new_line, name="new_line"),
    path("line/people/<uuid:line_id>/", views.line, name="line"),
    path("line/people/<uuid:line_id>/settings/", views.settings, name="settings"),
    path("line/people/skill/<uuid:skill_id>/", views.skill, name="skill"),
    path("line/people/<uuid:line_id>/training/", views.items, name="items"),
    path("line/people/<uuid:line_id>/shifts/", views_kinds.kinds, name="kinds"),
    path("line/people/<uuid:line_id>/groups/", views.groups, name="groups"),
    path("line/people/<uuid:line_id>/check/", views_people.check, name="check"),
    path("line/people/<uuid:line_id>/trained/", views_people.trained, name="trained"),
    path("line/people/<uuid:line_id>/links/", views_people.invitations, name="invitations"),
    path("line/people/<uuid:line_id>/export/", views_people.export, name="export"),
    path("line/people/<uuid:line_id>/call/", views_calls.call, name="call"),
    path("line/people/<uuid:line_id>/call/close/", views_calls.close_call, name="close_call"),
    path("line/people/<uuid:line_id>/import/", views_import.upload, name="import"),
    path("line/people/<uuid:line_id>/import/template.xlsx", views_import.template, name="template"),
    path("line/people/import/<uuid:import_id>/", views_import.batch, name="import_batch"),
    path("line/people/person/<uuid:person_id>/", views_people.person, name="person"),
    path("line/people/person/<uuid:person_id>/<slug:what>/", views_people.person_act, name="person_act"),
    path("line/join/<str:code>/", views_join.join, name="join"),
    path("line/application/<str:secret>/", views_join.application, name="application"),
]
