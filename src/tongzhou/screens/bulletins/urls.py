"""Addresses of bulletins: cards are short, because they stand in QR codes."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.bulletins import views_desk, views_feeds, views_pages, views_public

app_name = "bulletins"
urlpatterns = [
    path("b/<str:code>/", views_public.card, name="card"),
    path("b/<str:code>.png", views_public.picture, name="picture"),
    path("b/<str:code>.svg", views_public.drawing, name="drawing"),
    path("b/<str:code>/cap.xml", views_feeds.cap, name="cap"),
    path("b/<str:code>/cap-<int:number>.xml", views_feeds.cap_sent, name="cap_sent"),
    path("bulletins/", views_public.listing, name="list"),
    path("bulletins/feed.atom", views_feeds.feed, name="feed"),
    path("bulletins/cap.atom", views_feeds.cap_feed, name="cap_feed"),
    path("bulletins/places/<str:place>/", views_public.place, name="place"),
    path("bulletins/places/<str:place>/feed.atom", views_feeds.feed, name="place_feed"),
    path("bulletins/places/<str:place>/cap.atom", views_feeds.cap_feed, name="place_cap_feed"),
    path("bulletins/desk/", views_desk.desk, name="desk"),
    path("bulletins/desk/new/", views_desk.new, name="new"),
    path("bulletins/desk/<str:code>/", views_desk.one, name="one"),
    path("bulletins/desk/<str:code>/edit/", views_desk.edit, name="edit"),
    path("bulletins/desk/<str:code>/verify/", views_desk.verify, name="verify"),
    path("bulletins/desk/<str:code>/back/", views_desk.send_back, name="send_back"),
    path("bulletins/desk/<str:code>/publish/", views_desk.publish, name="publish"),
    path("bulletins/desk/<str:code>/correct/", views_desk.correct, name="correct"),
    path("bulletins/desk/<str:code>/end/", views_desk.end, name="end"),
    path("bulletins/corrections/<uuid:pk>/publish/", views_desk.correction_publish, name="correction_publish"),
    path("bulletins/corrections/<uuid:pk>/drop/", views_desk.correction_drop, name="correction_drop"),
    path("bulletins/pages/", views_pages.pages, name="pages"),
    path("bulletins/pages/<uuid:pk>/", views_pages.page, name="page"),
    path("bulletins/pages/<uuid:pk>/release/", views_pages.release, name="release"),
    path("bulletins/pages/<uuid:pk>/raw/", views_pages.raw, name="raw"),
]
