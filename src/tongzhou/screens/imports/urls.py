"""Addresses of the import pages."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.imports import views, views_batch, views_round

app_name = "imports"
urlpatterns = [
    path("imports/", views.home, name="home"),
    path("imports/upload/", views.upload, name="upload"),
    path("imports/paste/", views.paste, name="paste"),
    path("imports/table/", views_round.table, name="round"),
    path("imports/table/out/", views_round.out, name="round_out"),
    path("imports/table/back/", views_round.back, name="round_back"),
    path("imports/<uuid:batch_id>/", views_batch.batch, name="batch"),
    path("imports/<uuid:batch_id>/progress/", views_batch.progress, name="progress"),
    path("imports/<uuid:batch_id>/columns/", views_batch.columns, name="columns"),
    path("imports/<uuid:batch_id>/rows/<int:position>/", views_batch.fix_row, name="fix"),
    path("imports/<uuid:batch_id>/choices/", views_batch.decide, name="decide"),
    path("imports/<uuid:batch_id>/accept/", views_batch.accept, name="accept"),
    path("imports/<uuid:batch_id>/undo/", views_batch.undo, name="undo"),
    path("imports/<uuid:batch_id>/discard/", views_batch.discard, name="discard"),
]
