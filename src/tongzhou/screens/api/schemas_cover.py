"""Cover, gaps and what is needed: what goes in and out. Quantities are whole base units of the category."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from tongzhou.kernel.quantity import LARGEST
from tongzhou.screens.api.schemas import CategoryKey, Day, PlaceCode, Slug, Withdraw, _In, _text

__all__ = [
    "CallOutOut", "ChangeOut", "CoverEnd", "CoverIn", "CoverOut", "FigureOut", "GapOut", "NeededOut", "OverlapOut",
    "SituationOut", "WorstGapOut",
]  # fmt: skip


class CoverOut(Schema):
    """What somebody covers at a place and below; `quantity` null: all of it."""

    id: uuid.UUID
    version: int
    response: str
    place: str
    category: str
    line: str
    by: str
    by_name: str
    organisation: uuid.UUID | None
    quantity: int | None
    starts_on: dt.date
    ends_on: dt.date | None
    source: str
    withdrawn_at: dt.datetime | None
    updated_at: dt.datetime


class CoverIn(_In):
    """Somebody covers so much from a day until another, and how that is known."""

    response: Slug
    place: PlaceCode
    category: CategoryKey
    by: Literal["government", "company", "organisation", "committee"]
    by_name: _text(120, 2)  # type: ignore[valid-type]
    quantity: Annotated[int, Field(ge=1, le=LARGEST, strict=True)] | None = Field(
        default=None, description="null: all of it"
    )
    starts_on: Day
    ends_on: Day | None = None
    source: _text(300, 4)  # type: ignore[valid-type]


class CoverEnd(Withdraw):
    """Its last day (yesterday or later), and why it ends."""

    ends_on: Day


class GapOut(Schema):
    """Who does what where: one category at one district (or above, where no district is known)."""

    place: str
    category: str
    needs: int
    needed: int
    planned: int
    accepted: int
    in_transit: int
    received: int
    received_all: int
    covered: int
    gap: int
    over: int
    unreached: int = Field(description="how much of the gap the plan cannot reach either; the rest waits for approval")
    reason: str = Field(description="why there is a gap; blank when there is none or no plan has looked there")
    who: list[str]


class NeededOut(Schema):
    """What the public is told: needed, arranged, taken, enough or pending. `quantity` null: none is said."""

    place: str
    category: str
    state: str
    quantity: int | None
    few_households_more: bool
    card: str


class OverlapOut(Schema):
    """What is double, too much or uneven. `quantity`: base units beyond need; `beside`: neighbours nobody serves."""

    kind: str = Field(description="double, over or uneven")
    place: str
    category: str
    quantity: int
    who: list[str]
    beside: list[str]


class CallOutOut(Schema):
    """Volunteers called for in a city, or no longer (`filled`). Base units; null where few households stand behind."""

    place: str
    category: str
    filled: bool
    needed: int | None
    able: int | None
    lacking: int | None
    card: str


class FigureOut(Schema):
    """One of the four figures: a count, or a share 0..1 (null: nothing to count); its source, and when it changed."""

    key: str
    value: float | None
    what: str
    more: str
    source: str
    changed_at: dt.datetime | None


class ChangeOut(Schema):
    """How often something happened in the last 24 hours."""

    key: str
    value: int
    what: str


class WorstGapOut(Schema):
    """One of the worst gaps, in base units; `unreached`: what the plan cannot reach either."""

    place: str
    category: str
    urgency: int
    needed: int
    gap: int
    unreached: int
    reason: str


class SituationOut(Schema):
    """The situation sheet of a place, as data. Words are in the reader's language."""

    response: str
    place: str
    as_of: dt.datetime
    plan: int | None = Field(description="the newest of `plans`")
    plans: list[int] = Field(description="plans it rests on, the newest first")
    figures: list[FigureOut]
    gaps: list[WorstGapOut]
    gaps_total: int
    changes: list[ChangeOut]
    asks: list[str]
