"""Addresses of the lists, the records and the way back."""

from __future__ import annotations

from django.urls import include, path

from tongzhou.screens.records import views_bulk, views_change, views_list, views_record
from tongzhou.screens.records.kinds import LEADS, NEEDS, OFFERS

_patterns = []
for kind in (NEEDS, OFFERS, LEADS):
    head, name = kind.path.lstrip("/"), kind.name
    _patterns += [
        path(head, views_list.listing(kind), name=f"{name}s"),
        path(f"{head}export/", views_list.export(kind), name=f"{name}s_export"),
        path(f"{head}bulk/", views_bulk.bulk(kind), name=f"{name}s_bulk"),
        path(f"{head}<str:code>/", views_record.record(kind), name=name),
        path(f"{head}<str:code>/edit/", views_change.edit(kind), name=f"{name}_edit"),
        path(f"{head}<str:code>/state/", views_change.state(kind), name=f"{name}_state"),
    ]
_patterns.append(path("leads/<str:code>/promote/", views_change.promote, name="lead_promote"))

urlpatterns = [
    path("undo/", views_change.undo, name="undo"),
    path("", include((_patterns, "records"))),
]
