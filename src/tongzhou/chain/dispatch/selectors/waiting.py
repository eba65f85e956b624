"""Assignments that have waited too long for somebody: an answer, the arrival, the receiver's word."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import AssignmentState

__all__ = ["LATE_AFTER", "NEAR_LAPSE", "UNCONFIRMED_AFTER", "Waits", "waits_q", "with_waits"]

#: So long before an unanswered one lapses somebody should ask.
NEAR_LAPSE = dt.timedelta(minutes=30)
#: Sent and not there; brought and not confirmed.
LATE_AFTER = dt.timedelta(hours=24)
UNCONFIRMED_AFTER = dt.timedelta(hours=24)


class Waits(StrEnum):
    """What it waits for, too long."""

    ANSWER = "answer"
    ARRIVAL = "arrival"
    WORD = "word"


def waits_q(waits: Waits, now: dt.datetime) -> Q:
    """The rows that wait too long in this way."""
    if waits == Waits.ANSWER:
        return Q(state=AssignmentState.PROPOSED, lapses_at__lte=now + NEAR_LAPSE)
    if waits == Waits.ARRIVAL:
        return Q(state=AssignmentState.IN_TRANSIT, sent_at__lte=now - LATE_AFTER)
    return Q(state=AssignmentState.DELIVERED, delivered_at__lte=now - UNCONFIRMED_AFTER)


def with_waits(rows: QuerySet[Assignment], now: dt.datetime) -> QuerySet[Assignment]:
    """`rows` with `waits`: a `Waits` value, "" when nothing is late."""
    cases = [When(waits_q(one, now), then=Value(one.value)) for one in Waits]
    return rows.annotate(waits=Case(*cases, default=Value(""), output_field=CharField()))
