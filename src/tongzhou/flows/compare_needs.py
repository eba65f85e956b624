"""Comparing a need with the others after it was written down: by the worker within a second, else by the tick.

Nobody who submits waits for it, and SQLite's one lock for writers is not held for it. What is to be compared is
remembered in the transaction of the need itself, so nothing is lost when worker or machine die.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django_tasks import task

from tongzhou.chain.intake.models import Need
from tongzhou.chain.triage import services as triage
from tongzhou.kernel import clock

__all__ = ["compare_at_once", "compare_later", "compare_need", "compare_waiting"]

#: The tick leaves the worker so much time, and takes so many at once.
WAIT, AT_ONCE = dt.timedelta(seconds=45), 500


def compare_later(*, need: Need, now: dt.datetime) -> None:
    """Work out what may be planned with, and have the need compared as soon as the caller's transaction commits."""
    triage.plan_quantities([need])
    triage.to_be_compared(need=need, now=now)
    # Robust: what was committed is answered for, also when the job cannot be handed over; the tick does it then.
    transaction.on_commit(lambda: compare_need.enqueue(str(need.pk)), robust=True)


@task()
def compare_need(need_id: str) -> int:
    """Compare one need; how many likely pairs were noted."""
    return triage.compare_waiting_need(need_id=uuid.UUID(need_id), now=clock.now())


def compare_at_once(*, need: Need, now: dt.datetime) -> int:
    """For whoever takes a need in hand before the worker came: nothing to do when it was compared already."""
    return triage.compare_waiting_need(need_id=need.pk, now=now)


def compare_waiting(now: dt.datetime | None = None, *, wait: dt.timedelta = WAIT) -> int:
    """Compare needs that the worker has left behind; how many. Called by the tick, safe to repeat."""
    moment = now or clock.now()
    waiting = triage.waiting_needs(before=moment - wait, most=AT_ONCE)
    for need_id in waiting:
        triage.compare_waiting_need(need_id=need_id, now=moment)
    return len(waiting)
