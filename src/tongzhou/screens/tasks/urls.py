"""Addresses of a volunteer's pages."""

from __future__ import annotations

from django.urls import path

from tongzhou.screens.tasks import views_list, views_outbox, views_slips, views_task

app_name = "tasks"
urlpatterns = [
    path("my/", views_list.my, name="my"),
    path("my/health/", views_list.health, name="health"),
    path("tasks/", views_list.tasks, name="list"),
    path("tasks/worker.js", views_outbox.worker, name="worker"),
    path("tasks/offline/", views_outbox.offline, name="offline"),
    path("tasks/token/", views_outbox.token, name="token"),
    path("tasks/outbox/", views_outbox.outbox, name="outbox"),
    path("tasks/slips/", views_slips.slips, name="slips"),
    path("tasks/<str:code>/", views_task.task, name="task"),
    path("tasks/<str:code>/claim/", views_task.claim, name="claim"),
    path("tasks/<str:code>/unclaim/", views_task.unclaim, name="unclaim"),
    path("tasks/<str:code>/sent/", views_task.sent, name="sent"),
    path("tasks/<str:code>/done/", views_task.done, name="done"),
    path("tasks/<str:code>/contact/", views_task.contact, name="contact"),
    path("tasks/<str:code>/incident/", views_task.incident, name="incident"),
    path("tasks/<str:code>/cash/", views_task.cash, name="cash"),
    path("tasks/<str:code>/photo/", views_task.photo, name="photo"),
    path("tasks/<str:code>/photos/<uuid:photo_id>/", views_task.picture, name="picture"),
    path("tasks/<str:code>/slip/", views_slips.slip, name="slip"),
]
