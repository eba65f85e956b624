"""Calling again whoever could not be reached: after one hour, after four, the next morning, then a person decides."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.triage.models import Retry
from tongzhou.chain.triage.selectors.locks import kind_of
from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Act, Actor

__all__ = ["MOST_ATTEMPTS", "again", "count_attempt", "next_call", "reached"]

#: After so many calls nobody answered, closing is proposed. Nothing is closed by itself.
MOST_ATTEMPTS = 3
_WAITS = (dt.timedelta(hours=1), dt.timedelta(hours=4))
#: Nobody is called before this hour, nor from the other on, Beijing time (a class 0 plea is: see `next_call`).
MORNING, NIGHT = 9, 21


def next_call(attempts: int, now: dt.datetime, *, urgent: bool = False) -> dt.datetime:
    """When to call again after `attempts` calls nobody answered: 1 h, 4 h, then nine the next morning, Beijing time.

    A time in the night moves to nine in the morning, unless the plea threatens life (`urgent`).
    """
    if attempts <= len(_WAITS):
        return _by_day(now + _WAITS[max(attempts, 1) - 1], urgent)
    local = clock.beijing(now)
    return (local + dt.timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def _by_day(moment: dt.datetime, urgent: bool) -> dt.datetime:
    local = clock.beijing(moment)
    if urgent or MORNING <= local.hour < NIGHT:
        return moment
    day = local if local.hour < MORNING else local + dt.timedelta(days=1)
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def _row(record: Need | Offer) -> Retry | None:
    return Retry.objects.filter(**{kind_of(record): record}).first()


def count_attempt(
    *, actor: Actor, record: Need | Offer, act: Act, now: dt.datetime, group: uuid.UUID, urgent: bool = False
) -> Retry:
    """One more call that nobody answered: when to call again and, after the third, the proposal to close."""
    row = _row(record)
    attempts = (row.attempts if row else 0) + 1
    proposed = now if attempts >= MOST_ATTEMPTS else None
    values: dict[str, Any] = {
        "attempts": attempts, "next_at": next_call(attempts, now, urgent=urgent), "proposed_at": proposed,
    }  # fmt: skip
    if row is not None:
        return changes.apply(row, actor=actor, act=act, group=group, **values)
    return changes.create(Retry(**{kind_of(record): record}, **values), actor=actor, act=act, group=group)


def reached(*, actor: Actor, record: Need | Offer, act: Act, group: uuid.UUID) -> None:
    """Somebody was reached: the count begins anew."""
    row = _row(record)
    if row is not None:
        changes.apply(row, actor=actor, act=act, group=group, attempts=0, next_at=None, proposed_at=None)


def again(*, actor: Actor, record: Need | Offer, act: Act, now: dt.datetime, reason: str = "") -> None:
    """The proposal to close is declined: the count begins anew and it is called at once."""
    row = _row(record)
    if row is not None:
        changes.apply(row, actor=actor, act=act, reason=reason, attempts=0, next_at=now, proposed_at=None)
