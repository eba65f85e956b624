"""What time does to assignments: unanswered ones lapse, claims that were not sent in time go back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import LAPSE
from tongzhou.chain.dispatch.services import answering
from tongzhou.chain.dispatch.services.locking import lock_assignment
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.flows import events
from tongzhou.flows.claim_task import give_up
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM

__all__ = ["lapse_due"]

#: So many in one go; the tick comes again.
AT_ONCE = 1000
_UNANSWERED = gettext_noop("超过时限没有人接")
_UNSENT = gettext_noop("接下后超过时限没有送出")


def lapse_due(now: dt.datetime | None = None) -> int:
    """Lapse what was proposed past `lapses_at`, give back claims past `due_at`; how many."""
    moment = now or clock.now()
    waiting = Assignment.objects.filter(state=AssignmentState.PROPOSED, lapses_at__lte=moment)
    held = Assignment.objects.filter(state=AssignmentState.ACCEPTED, due_at__lte=moment)
    done = 0
    for pk in list(waiting.order_by("lapses_at").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            one = lock_assignment(pk)
            if one.state == AssignmentState.PROPOSED and one.lapses_at <= moment:
                events.post("lapsed", answering.lapse(actor=SYSTEM, one=one, act=LAPSE, reason=_UNANSWERED, now=moment))
                done += 1
    for pk in list(held.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            one = lock_assignment(pk)
            if one.state == AssignmentState.ACCEPTED and one.due_at is not None and one.due_at <= moment:
                give_up(actor=SYSTEM, one=one, act=LAPSE, reason=_UNSENT, now=moment, via=Via.SYSTEM)
                done += 1
    return done
