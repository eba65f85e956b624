"""Addresses of gaps, overlaps and cover."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.gaps import views, views_cover

app_name = "gaps"
urlpatterns = [
    path("gaps/", views.gaps, name="gaps"),
    path("gaps/who/<uuid:pk>/", views.who, name="who"),
    path("gaps/export/3w.csv", views.export_csv, name="export_csv"),
    path("gaps/export/3w.xlsx", views.export_xlsx, name="export_xlsx"),
    path("gaps/cover/", views_cover.listing, name="covers"),
    path("gaps/cover/add/", views_cover.add, name="add_cover"),
    path("gaps/cover/<uuid:pk>/", views_cover.one, name="cover"),
    path("gaps/cover/<uuid:pk>/end/", views_cover.end, name="end_cover"),
    path("gaps/cover/<uuid:pk>/withdraw/", views_cover.withdraw, name="withdraw_cover"),
]
