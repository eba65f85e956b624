"""Addresses of the line for callers. None names a contact: the secret stands in a cookie, not in the history."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.talk import views, views_room

app_name = "talk"
urlpatterns = [
    path("talk/", views.door, name="door"),
    path("talk/kept/", views.kept, name="kept"),
    path("talk/callback/", views.callback, name="callback"),
    path("talk/back/", views.back, name="back"),
    path("talk/quit/", views.quit_talk, name="quit"),
    path("talk/room/", views_room.room, name="room"),
    path("talk/say/", views_room.say, name="say"),
    path("talk/leave/", views_room.leave, name="leave"),
    path("talk/again/", views_room.again, name="again"),
    path("talk/key/", views_room.key, name="key"),
    path("talk/news/", views_room.news, name="news"),
    path("talk/stream/", views_room.stream, name="stream"),
    path("talk/signal/", views_room.signal, name="signal"),
    path("talk/relay/", views_room.relay, name="relay"),
]
