"""Addresses of looking up what became of something."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.progress import views, views_way

app_name = "progress"
urlpatterns = [
    path("r/", views.lookup, name="lookup"),
    path("r/<str:code>/", views.public, name="public"),
    path("r/<str:code>/<str:secret>/", views.own, name="own"),
    path("r/<str:code>/<str:secret>/sent/", views.sent, name="sent"),
    path("r/<str:code>/<str:secret>/save.txt", views.save, name="save"),
    path("r/<str:code>/<str:secret>/add/", views.add, name="add"),
    path("r/<str:code>/<str:secret>/correct/<uuid:record>/", views.correct, name="correct"),
    path("r/<str:code>/<str:secret>/close/<uuid:record>/", views.close, name="close"),
    path("r/<str:code>/<str:secret>/still/<uuid:record>/", views.still, name="still"),
    path("r/<str:code>/<str:secret>/reopen/<uuid:record>/", views.reopen, name="reopen"),
    path("r/<str:code>/<str:secret>/give/<str:number>/<str:act>/", views_way.give, name="give"),
    path("r/<str:code>/<str:secret>/where/<str:number>/", views_way.where, name="where"),
    path("r/<str:code>/<str:secret>/arrived/<str:number>/", views_way.arrived, name="arrived"),
    path("r/<str:code>/<str:secret>/trouble/<str:number>/", views_way.trouble, name="trouble"),
]
