"""What the line did between two moments: contacts, waiting, length, the day in half hours, topics. Counts only.

Waiting is from arrival to answer; length from answer to end. The service level is the share answered within the line's
target among all real contacts that were answered, abandoned or missed. Calls that are not contacts (silent, wrong
number, abusive, test) count apart. A percentile is the smallest value that so many per cent do not exceed.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
import zoneinfo
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.types import NON_DATA, State

__all__ = ["HALF_HOUR", "Day", "Figures", "arrivals", "day_of", "figures", "percentile", "real"]

HALF_HOUR = dt.timedelta(minutes=30)
_ANSWERED = (State.ACTIVE.value, State.WRAPPING.value, State.ENDED.value)


@dataclass(frozen=True, slots=True)
class Figures:
    """The line in a period."""

    arrivals: int
    answered: int
    abandoned: int
    missed: int
    still_waiting: int
    within_target: int
    waits: tuple[int, ...]
    lengths: tuple[int, ...]
    non_data: dict[str, int]

    @property
    def service_percent(self) -> int | None:
        """Answered within the target, of all that were answered, abandoned or missed; None when there are none."""
        over = self.answered + self.abandoned + self.missed
        return round(100 * self.within_target / over) if over else None


@dataclass(frozen=True, slots=True)
class Day:
    """One half hour of the day, all days of the period together."""

    minute: int
    arrivals: int
    answered: int


def percentile(values: Iterable[int], percent: int) -> int | None:
    """The smallest of the values that at least `percent` per cent do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else None


def figures(line_id: uuid.UUID, since: dt.datetime, until: dt.datetime, *, target_seconds: int) -> Figures:
    """Contacts that arrived in ``[since, until)``; one query."""
    rows = Contact.objects.filter(line_id=line_id, arrived_at__gte=since, arrived_at__lt=until)
    listed = rows.values_list("state", "call_type", "arrived_at", "answered_at", "ended_at")
    states: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    waits, lengths, within = [], [], 0
    for state, call_type, arrived, answered, ended in listed.iterator(chunk_size=2000):
        if call_type in NON_DATA:
            apart[call_type] += 1
            continue
        kind = "answered" if answered is not None and state in _ANSWERED else state
        states[kind] += 1
        if answered is None or kind != "answered":
            continue
        wait = int((answered - arrived).total_seconds())
        waits.append(wait)
        within += wait <= target_seconds
        if ended is not None:
            lengths.append(int((ended - answered).total_seconds()))
    waiting = states[State.WAITING] + states[State.OFFERED]
    return Figures(
        sum(states.values()), states["answered"], states[State.ABANDONED], states[State.MISSED], waiting, within,
        tuple(sorted(waits)), tuple(sorted(lengths)), dict(apart),
    )  # fmt: skip


def arrivals(line_id: uuid.UUID, since: dt.datetime, until: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """Real contacts per half hour from `since` on, zeros included: (start, how many). What rosters are made from."""
    steps = max(0, math.ceil((until - since) / HALF_HOUR))
    counts = [0] * steps
    rows = Contact.objects.filter(line_id=line_id, arrived_at__gte=since, arrived_at__lt=until)
    for at in rows.exclude(call_type__in=NON_DATA).values_list("arrived_at", flat=True).iterator(chunk_size=2000):
        counts[(at - since) // HALF_HOUR] += 1
    return [(since + number * HALF_HOUR, count) for number, count in enumerate(counts)]


def day_of(line_id: uuid.UUID, since: dt.datetime, until: dt.datetime, zone: zoneinfo.ZoneInfo) -> list[Day]:
    """The 48 half hours of the line's own clock, all days together."""
    came: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    rows = Contact.objects.filter(line_id=line_id, arrived_at__gte=since, arrived_at__lt=until)
    listed = rows.exclude(call_type__in=NON_DATA).values_list("arrived_at", "answered_at", "state")
    for arrived, at, state in listed.iterator(chunk_size=2000):
        here = arrived.astimezone(zone)
        slot = here.hour * 2 + here.minute // 30
        came[slot] += 1
        answered[slot] += at is not None and state in _ANSWERED
    return [Day(slot * 30, came[slot], answered[slot]) for slot in range(48)]


def real(line_id: uuid.UUID, since: dt.datetime, until: dt.datetime) -> QuerySet[Contact]:
    """Contacts of the period without the calls that are none."""
    rows = Contact.objects.filter(line_id=line_id, arrived_at__gte=since, arrived_at__lt=until)
    return rows.exclude(call_type__in=NON_DATA)
