"""Addresses of the directory of help."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.directory import views_desk, views_public

app_name = "directory"
urlpatterns = [
    path("directory/", views_public.search, name="search"),
    path("directory/hsds.json", views_public.hsds, name="hsds"),
    path("directory/directory.csv", views_public.sheet, name="csv"),
    path("directory/<uuid:pk>/", views_public.one, name="one"),
    path("directory/desk/", views_desk.desk, name="desk"),
    path("directory/desk/new/", views_desk.new, name="new"),
    path("directory/desk/import/", views_desk.bring, name="import"),
    path("directory/desk/<uuid:pk>/", views_desk.entry, name="entry"),
    path("directory/desk/<uuid:pk>/edit/", views_desk.edit, name="edit"),
    path("directory/desk/<uuid:pk>/verify/", views_desk.verify, name="verify"),
    path("directory/desk/<uuid:pk>/withdraw/", views_desk.withdraw, name="withdraw"),
]
