"""The line: what goes in and out. No name, number, address or word of a caller; of the people an alias and papers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from tongzhou.screens.api.schemas import Moment, _In

__all__ = [
    "CallsOut", "ColleagueOut", "FiguresOut", "HalfHourOut", "LineContactOut", "LineNowOut", "Month", "OwnShiftOut",
    "PercentilesOut", "PersonOut", "PersonState", "ServiceLineOut", "ShiftOut", "SickIn", "SickOfIn", "SickOut",
    "SwapIn", "SwapOut", "TopicOut",
]  # fmt: skip

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
PersonState = Literal["applied", "checked", "trained", "active", "paused", "ended", "refused"]


class ServiceLineOut(Schema):
    """A line as everybody may know it. `hours`: weekday ("0" Monday) to [from, until] in minutes of its own clock."""

    id: uuid.UUID
    name: str
    name_en: str
    response: str
    organisation: uuid.UUID
    organisation_name: str
    place: str
    languages: list[str]
    hours: dict[str, list[int]]
    time_zone: str
    is_open: bool


class LineNowOut(ServiceLineOut):
    """The same with the truth about waiting. `minutes` null: nobody can say how long."""

    waiting: int
    somebody_sits: bool
    minutes: int | None = Field(description="at the pace of the last hour")


class PersonOut(Schema):
    """Somebody of the line: an alias and the papers' dates. Names and numbers are opened on the desk alone."""

    id: uuid.UUID
    version: int
    alias: str
    state: str
    state_at: dt.datetime
    licence_kind: str
    licence_until: dt.date = Field(description="its last day")
    years: int
    skills: list[str]
    languages: list[str]
    can_nights: bool
    week_hours: int
    is_supervisor: bool
    group: str
    synthetic: bool


class ShiftOut(Schema):
    """A shift that holds. `hole`: why the person could not take contacts at its start (a refusal's code), or blank."""

    id: uuid.UUID
    roster: int
    date: dt.date
    kind: str
    skill: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    person: uuid.UUID
    alias: str
    hole: str


class OwnShiftOut(Schema):
    """One's own shift."""

    id: uuid.UUID
    line: uuid.UUID
    roster: int
    date: dt.date
    kind: str
    skill: str
    starts_at: dt.datetime
    ends_at: dt.datetime


class ColleagueOut(Schema):
    """Who could take a shift, and the shifts of theirs that could be had for it."""

    person: uuid.UUID
    alias: str
    shifts: list[OwnShiftOut]


class SwapIn(_In):
    """Whom to ask. Without `other_shift` the shift is given away, with it exchanged."""

    other: uuid.UUID
    other_shift: uuid.UUID | None = None


class SwapOut(Schema):
    """An exchange of shifts: asked, accepted, approved, declined or withdrawn."""

    id: uuid.UUID
    version: int
    state: str
    mine: bool = Field(description="asked by you; else you were asked")
    asker: str
    other: str
    shift: OwnShiftOut
    other_shift: OwnShiftOut | None
    answered_at: dt.datetime | None
    decided_at: dt.datetime | None
    created_at: dt.datetime


class SickIn(_In):
    """From when until when; at most 31 days. Nobody is asked why."""

    starts_at: Moment
    ends_at: Moment


class SickOfIn(SickIn):
    """Of whom."""

    person: uuid.UUID


class SickOut(Schema):
    """Somebody cannot come. `state`: reported (people are being looked for), covered, or short."""

    id: uuid.UUID
    version: int
    person: uuid.UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    shifts: int = Field(description="shifts taken away")
    changes: int = Field(description="changes of others' shifts that fill the places")


class PercentilesOut(Schema):
    """Seconds; null when fewer than 11 are behind it."""

    median: int | None
    p90: int | None


class HalfHourOut(Schema):
    """Arrivals in one half hour of the day, all days of the month together; null: few, not shown."""

    starts: str = Field(description="HH:MM of the line's clock")
    arrivals: int | None


class TopicOut(Schema):
    """How many contacts a topic had, by group and stage; null: few, or needed to hide few."""

    topic: str
    total: int | None
    groups: dict[str, int | None]
    stages: dict[str, int | None]


class FiguresOut(Schema):
    """A month of a line. Null is a count that is not shown: 1 to 10, and what would give those away."""

    line: uuid.UUID
    month: str
    counts: dict[str, int | None]
    service_percent: int | None = Field(description="answered within the line's target")
    waits: PercentilesOut
    lengths: PercentilesOut
    half_hours: list[HalfHourOut]
    topics: list[TopicOut]


class LineContactOut(Schema):
    """That there is a contact, and when. `part`: counsellor, supervisor or joined, as you stand to it."""

    id: uuid.UUID
    version: int
    line: uuid.UUID
    channel: str
    state: str
    part: Literal["counsellor", "supervisor", "joined"]
    topic: str = Field(description="a code, or blank")
    skill: str
    call_type: str = Field(description="blank until it is written up")
    waited_seconds: int = Field(description="from arrival to answer")
    arrived_at: dt.datetime
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    done_at: dt.datetime | None


class CallsOut(Schema):
    """People a line has to call: how many and since when; no number, no name."""

    line: uuid.UUID
    open: int
    due: int = Field(description="may be called now; the others were tried a short time ago")
    in_hand: int
    oldest_asked_at: dt.datetime | None
    waiting_minutes: list[int] = Field(description="of each, the longest first, 200 at most")
