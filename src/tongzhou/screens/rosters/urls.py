"""Addresses of rosters and own shifts."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.rosters import views, views_my, views_roster

app_name = "line_rosters"
urlpatterns = [
    path("line/rosters/", views.home, name="home"),
    path("line/rosters/<uuid:line_id>/", views.line, name="line"),
    path("line/rosters/<uuid:line_id>/new/", views.new, name="new"),
    path("line/rosters/<uuid:line_id>/arrivals/", views.arrivals, name="arrivals"),
    path("line/rosters/<uuid:line_id>/sick/", views.sick, name="sick"),
    path("line/rosters/swap/<uuid:swap_id>/", views.swap, name="decide_swap"),
    path("line/rosters/<int:number>/", views_roster.roster, name="roster"),
    path("line/rosters/<int:number>/progress/", views_roster.progress, name="progress"),
    path("line/rosters/<int:number>/coverage/", views_roster.coverage, name="coverage"),
    path("line/rosters/<int:number>/publish/", views_roster.publish, name="publish"),
    path("line/rosters/<int:number>/cancel/", views_roster.cancel, name="cancel"),
    path("line/rosters/<int:number>/export/", views_roster.export, name="export"),
    path("line/my/", views_my.home, name="my"),
    path("line/my/handover/", views_my.handover, name="handover"),
    path("line/my/times/", views_my.own_times, name="times"),
    path("line/my/training/", views_my.training, name="training"),
    path("line/my/sick/", views_my.own_sick, name="own_sick"),
    path("line/my/swap/<uuid:shift_id>/", views_my.own_swap, name="swap"),
    path("line/my/act/<slug:what>/", views_my.act, name="act"),
]
