"""Calls for people: opened for a measured need, closed by themselves when it is met."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.desks.professionals.models import Professional, RecruitmentCall, ServiceLine
from tongzhou.desks.professionals.policies import LAPSE, MANAGE_LINE, require_on
from tongzhou.desks.professionals.types import DONE_STATES, CallState
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LONGEST_DAYS", "close_call", "close_due", "close_when_met", "open_call"]

LONGEST_DAYS = 60


@transaction.atomic
def open_call(
    *,
    actor: Actor,
    line: ServiceLine,
    needed: int,
    there: int,
    basis: dict[str, Any],
    closes_at: dt.datetime,
    now: dt.datetime,
    skills: list[str] | None = None,
    languages: list[str] | None = None,
    nights_only: bool = False,
) -> RecruitmentCall:
    """Call for as many as the measured need lacks.

    Raises ``Refusal`` call_not_needed (enough are there), call_open (there is one), bad_request (dates), not_found.
    """
    require_on(actor, MANAGE_LINE, line)
    if needed <= there:
        raise Refusal("call_not_needed", needed=needed, there=there)
    if not now < closes_at <= now + dt.timedelta(days=LONGEST_DAYS):
        raise Refusal("bad_request")
    call = RecruitmentCall(
        line=line, code=ids.new_code(), needed=needed, there=there, wanted=needed - there, basis=basis,
        skills=skills or [], languages=languages or [], nights_only=nights_only, opened_by=actor.account_id,
        closes_at=closes_at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return changes.create(call, actor=actor, act=MANAGE_LINE)
    except IntegrityError as error:
        raise Refusal("call_open") from error


@transaction.atomic
def close_call(*, actor: Actor, call: RecruitmentCall, now: dt.datetime) -> RecruitmentCall:
    """Stop it by hand. Raises ``Refusal`` version_stale (it is over already), not_found."""
    require_on(actor, MANAGE_LINE, call.line)
    if call.state != CallState.OPEN:
        raise Refusal("version_stale")
    return changes.apply(call, actor=actor, act=MANAGE_LINE, state=CallState.CLOSED, ended_at=now)


def close_when_met(call: RecruitmentCall, now: dt.datetime) -> bool:
    """Close it when as many came as were wanted (refused ones do not count). Called under the call's lock."""
    came = Professional.objects.filter(call=call).exclude(state__in=DONE_STATES).count()
    if call.state != CallState.OPEN or came < call.wanted:
        return False
    changes.apply(call, actor=SYSTEM, act=LAPSE, state=CallState.MET, ended_at=now)
    return True


@transaction.atomic
def close_due(now: dt.datetime) -> int:
    """Close calls whose last day is over; how many."""
    due = list(RecruitmentCall.objects.select_for_update().filter(state=CallState.OPEN, closes_at__lte=now))
    for call in due:
        changes.apply(call, actor=SYSTEM, act=LAPSE, state=CallState.CLOSED, ended_at=now)
    return len(due)
