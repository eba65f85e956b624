"""Addresses of notices, channels and calendars."""

from __future__ import annotations

from django.urls import include, path

from tongzhou.screens.notices import views_channels, views_own
from tongzhou.screens.notices.calendar import feed

_pages = [
    path("my/messages/", views_own.messages_page, name="own"),
    path("my/messages/ways/<uuid:pk>/", views_own.way, name="way"),
    path("my/messages/ways/<uuid:pk>/drop/", views_own.drop, name="drop"),
    path("my/messages/ways/<uuid:pk>/try/", views_own.trial, name="try"),
    path("my/messages/calendar/", views_own.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", feed, name="feed"),
    path("setup/channels/", views_channels.channels, name="channels"),
    path("setup/channels/new/", views_channels.new, name="new_channel"),
    path("setup/channels/<uuid:pk>/", views_channels.channel, name="channel"),
    path("setup/channels/<uuid:pk>/try/", views_channels.trial, name="try_channel"),
]

urlpatterns = [path("", include((_pages, "notices")))]
