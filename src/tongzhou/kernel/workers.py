"""Whether somebody is there to do what was queued: said on the page of a job that waits too long."""

from __future__ import annotations

import datetime as dt

from django_tasks_db.models import DBTaskResult

__all__ = ["BUSY", "NOBODY", "PATIENCE", "waits_for"]

#: A worker that is free takes a job within seconds; until this has passed nothing is said.
PATIENCE = dt.timedelta(seconds=60)
#: A job at work for longer says nothing of a living worker: its own watch would have given it up.
_LONGEST = dt.timedelta(hours=2)
#: Workers are at other jobs, or none has been seen at work.
BUSY, NOBODY = "busy", "nobody"


def waits_for(queued_at: dt.datetime, now: dt.datetime) -> str:
    """What a job queued at `queued_at` still waits for: ``busy``, ``nobody``, or "" while it has hardly waited."""
    if now - queued_at < PATIENCE:
        return ""
    at_work = DBTaskResult.objects.running().filter(started_at__gt=now - _LONGEST)
    done = DBTaskResult.objects.finished().filter(finished_at__gt=now - PATIENCE)
    return BUSY if at_work.exists() or done.exists() else NOBODY
