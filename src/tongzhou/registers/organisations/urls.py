"""Addresses of the organisation pages."""

from __future__ import annotations

from django.urls import include, path

from tongzhou.registers.organisations import views

_pages = [
    path("orgs/", views.listing, name="list"),
    path("orgs/export/", views.export, name="export"),
    path("orgs/new/", views.add, name="add"),
    path("orgs/papers/", views.papers, name="requirements"),
    path("orgs/papers/<uuid:pk>/withdraw/", views.withdraw_requirement, name="withdraw_requirement"),
    path("orgs/<uuid:pk>/", views.record, name="record"),
    path("orgs/<uuid:pk>/edit/", views.edit, name="edit"),
    path("orgs/<uuid:pk>/verify/<uuid:requirement>/", views.verify, name="verify"),
    path("orgs/<uuid:pk>/papers/<uuid:verification>/withdraw/", views.withdraw_paper, name="withdraw_paper"),
    path("orgs/<uuid:pk>/judge/<str:what>/", views.judge, name="judge"),
    path("orgs/<uuid:pk>/scope/", views.scope, name="scope"),
    path("orgs/<uuid:pk>/scope/<uuid:scope_id>/withdraw/", views.withdraw_scope, name="withdraw_scope"),
    path("orgs/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]

urlpatterns = [path("", include((_pages, "organisations")))]
