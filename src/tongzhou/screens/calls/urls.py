"""Addresses of the counsellor's screen and the supervisor's board."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.calls import views, views_board, views_callbacks, views_contact, views_handover, views_live

app_name = "calls"
urlpatterns = [
    path("calls/", views.index, name="index"),
    path("calls/seat/", views.seat, name="seat"),
    path("calls/next/", views.take_next, name="next"),
    path("calls/stream/", views_live.line_stream, name="line_stream"),
    path("calls/news/", views_live.line_news, name="line_news"),
    path("calls/board/", views_board.board, name="board"),
    path("calls/handover/", views_handover.handover, name="handover"),
    path("calls/handover/give/", views_handover.give, name="handover_give"),
    path("calls/handover/take/", views_handover.take, name="handover_take"),
    path("calls/callbacks/", views_callbacks.queue, name="callbacks"),
    path("calls/callbacks/<uuid:pk>/", views_callbacks.one, name="callback"),
    path("calls/callbacks/<uuid:pk>/take/", views_callbacks.take, name="callback_take"),
    path("calls/callbacks/<uuid:pk>/outcome/", views_callbacks.outcome, name="callback_outcome"),
    path("calls/<uuid:pk>/", views_contact.one, name="contact"),
    path("calls/<uuid:pk>/take/", views_contact.take, name="take"),
    path("calls/<uuid:pk>/say/", views_contact.say, name="say"),
    path("calls/<uuid:pk>/note/", views_contact.note, name="note"),
    path("calls/<uuid:pk>/end/", views_contact.end, name="end"),
    path("calls/<uuid:pk>/done/", views_contact.done, name="done"),
    path("calls/<uuid:pk>/hand-over/", views_contact.hand_over_contact, name="hand_over"),
    path("calls/<uuid:pk>/support/", views_contact.support, name="support"),
    path("calls/<uuid:pk>/escalate/", views_contact.escalate, name="escalate"),
    path("calls/<uuid:pk>/join/", views_contact.join, name="join"),
    path("calls/<uuid:pk>/stream/", views_live.contact_stream, name="stream"),
    path("calls/<uuid:pk>/news/", views_live.contact_news, name="news"),
    path("calls/<uuid:pk>/signal/", views_live.signal, name="signal"),
    path("calls/<uuid:pk>/relay/", views_live.relay, name="relay"),
]
