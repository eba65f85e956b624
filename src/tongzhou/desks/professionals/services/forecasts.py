"""What was forecast before it happened: read back out of the rosters that were made from it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tongzhou.desks.professionals.models import Roster, RosterSnapshot, ServiceLine

__all__ = ["LEVEL_PERCENT", "Expected", "Forecasts", "forecasts_made"]

#: Of a hundred half hours so many should fall within their interval (the level the forecast is made for).
LEVEL_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Expected:
    """Contacts expected, and the interval in which nine of ten such half hours (or days) should lie."""

    calls: float
    low: int
    high: int

    def holds(self, came: int) -> bool:
        """Whether what came lies within it."""
        return self.low <= came <= self.high


@dataclass(frozen=True, slots=True)
class Forecasts:
    """By half hour (aware) and by day (the line's own), each from the latest roster made before it began."""

    half_hours: dict[dt.datetime, Expected] = field(default_factory=dict)
    days: dict[dt.date, Expected] = field(default_factory=dict)


def forecasts_made(line: ServiceLine, since: dt.datetime, until: dt.datetime) -> Forecasts:
    """What was expected of ``[since, until)`` by rosters that were published and rest on a record of contacts.

    A roster made from a number that somebody typed forecasts nothing and is passed over.
    """
    first, last = (at.astimezone(line.zone).date() for at in (since, until))
    rosters = Roster.objects.filter(line=line, published_at__isnull=False, is_what_if=False, ready_at__isnull=False)
    rosters = rosters.filter(start__lte=last, start__gt=first - dt.timedelta(days=62)).order_by("ready_at", "number")
    made = Forecasts()
    for roster in rosters:
        said = _said(roster)
        for start, expected in _rows(said["forecast"] if said.get("daily") else []):
            at = start.replace(tzinfo=line.zone)
            if since <= at < until and _before(roster, at):
                made.half_hours[at] = expected
        for start, expected in _rows(said.get("daily", [])):
            midnight = start.replace(tzinfo=line.zone)
            if since <= midnight < until and _before(roster, midnight):
                made.days[start.date()] = expected
    return made


def _before(roster: Roster, at: dt.datetime) -> bool:
    return roster.ready_at is not None and roster.ready_at <= at


def _said(roster: Roster) -> dict[str, Any]:
    row = RosterSnapshot.objects.filter(roster=roster).first()
    found: dict[str, Any] = json.loads(gzip.decompress(bytes(row.content))) if row is not None else {}
    return found


def _rows(listed: list[list[Any]]) -> Iterator[tuple[dt.datetime, Expected]]:
    for start, calls, low, high in listed:
        yield dt.datetime.fromisoformat(start), Expected(float(calls), int(low), int(high))
