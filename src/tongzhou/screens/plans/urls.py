"""Addresses of the plan pages."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.plans import views, views_decide, views_plan, views_standing, views_steer
from tongzhou.screens.plans.tables import SECTIONS

app_name = "plans"

_tables = []
for section in SECTIONS:
    tail = "" if section.key == "lines" else f"{section.key}/"
    name = "plan" if section.key == "lines" else section.key
    _tables += [
        path(f"plans/<int:number>/{tail}", getattr(views_plan, name), name=name),
        path(f"plans/<int:number>/{tail}export/", views_plan.export(section), name=f"{name}_export"),
    ]

urlpatterns = [
    path("plans/", views.listing, name="plans"),
    path("plans/new/", views.new, name="new"),
    path("plans/pins/", views_steer.pins, name="pins"),
    path("plans/pins/new/", views_steer.new_pin, name="new_pin"),
    path("plans/pins/<uuid:pk>/withdraw/", views_steer.withdraw, name="withdraw_pin"),
    path("plans/principles/", views_steer.principles, name="principles"),
    path("plans/principles/<str:kind>/", views_steer.order, name="order"),
    path("plans/standing/", views_standing.standing, name="standing"),
    path("plans/standing/<uuid:pk>/withdraw/", views_standing.withdraw_standing_view, name="withdraw_standing"),
    *_tables,
    path("plans/<int:number>/progress/", views_plan.progress, name="progress"),
    path("plans/<int:number>/cancel/", views_plan.cancel, name="cancel"),
    path("plans/<int:number>/again/", views.again, name="again"),
    path("plans/<int:number>/proof/", views_plan.proof, name="proof"),
    path("plans/<int:number>/directory/", views_plan.directory, name="directory"),
    path("plans/<int:number>/approve/", views_decide.approve, name="approve"),
    path("plans/<int:number>/reject/", views_decide.reject, name="reject"),
    path("plans/<int:number>/result/", views_decide.result, name="result"),
]
