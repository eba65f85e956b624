"""What `Desk` gives back of gaps, call-outs and the situation. Quantities are base units of the category."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["CallOut", "Overlap", "Situation", "SituationChange", "SituationFigure", "WorstGap"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What is ``double``, ``over`` or ``uneven``; `quantity` beyond need; `beside`: neighbours that nobody serves."""

    kind: str
    place: str
    category: str
    quantity: int
    who: list[str]
    beside: list[str]


@dataclass(frozen=True, slots=True)
class CallOut:
    """Volunteers called for in a city, or no longer (`filled`); None where a few households stand behind a figure."""

    place: str
    category: str
    filled: bool
    needed: int | None
    able: int | None
    lacking: int | None
    card: str


@dataclass(frozen=True, slots=True)
class SituationFigure:
    """A count or a share 0..1 (None: nothing to count), where it is from, and when that last changed."""

    key: str
    value: float | None
    what: str
    more: str
    source: str
    changed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SituationChange:
    """How often something happened in the last 24 hours."""

    key: str
    value: int
    what: str


@dataclass(frozen=True, slots=True)
class WorstGap:
    """One of the worst gaps; `unreached`: what the plan cannot reach either."""

    place: str
    category: str
    urgency: int
    needed: int
    gap: int
    unreached: int
    reason: str


@dataclass(frozen=True, slots=True)
class Situation:
    """The situation sheet of a place as data."""

    response: str
    place: str
    as_of: dt.datetime
    plan: int | None
    plans: list[int]
    figures: list[SituationFigure]
    gaps: list[WorstGap]
    gaps_total: int
    changes: list[SituationChange]
    asks: list[str]
