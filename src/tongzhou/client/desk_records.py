"""What the desks beside the chain answer: guides, bulletins, the directory of help, the line. Frozen dataclasses."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

__all__ = [
    "Acknowledged", "Bulletin", "Calls", "Colleague", "Correction", "Figures", "Guide", "GuideSource", "GuideStep",
    "HalfHour", "HelpService", "LineContact", "LineNow", "LineShift", "OwnShift", "Percentiles", "Person",
    "ServiceLine", "Sickness", "Swap", "Topic", "WholeGuide",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step; `key` stays the same in every version that has it."""

    key: str
    text: str
    text_en: str
    caution: bool


@dataclass(frozen=True, slots=True)
class GuideSource:
    """A public source; `date` is a year, a month or a day."""

    title: str
    publisher: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide in the version that is in force, or was withdrawn last. Empty `stages` and `roles` mean all."""

    slug: str
    kind: str
    group: str
    stages: list[str]
    roles: list[str]
    category: str | None
    number: int
    state: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    is_example: bool
    what_changed: str
    what_changed_en: str
    why: str
    why_en: str
    valid_from: dt.date
    review_by: dt.date | None
    withdrawn_reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class WholeGuide(Guide):
    """The same with its steps and sources."""

    steps: list[GuideStep]
    sources: list[GuideSource]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """When the account of the token acknowledged a version."""

    slug: str
    number: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong: `changed` names each field with the words before and after."""

    number: int
    published_at: dt.datetime
    reason: str
    reason_en: str
    changed: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A published bulletin as it stands. `showing`: current, corrected, coming, expired or ended."""

    id: uuid.UUID
    code: str
    kind: str
    showing: str
    title: str
    title_en: str
    body: str
    body_en: str
    said: str
    said_en: str
    verdict: str
    evidence: str
    source_name: str
    source_url: str
    source_number: str
    severity: str
    stages: list[str]
    places: list[str]
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    verified_at: dt.datetime | None
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    corrections: list[Correction]
    card: str
    cap: str


@dataclass(frozen=True, slots=True)
class HelpService:
    """A verified entry of the directory. Empty `groups`: for everybody; `stale`: to be verified again."""

    id: uuid.UUID
    name: str
    name_en: str
    agency: str
    agency_en: str
    topic: str
    status: str
    description: str
    phones: list[str]
    places: list[str]
    groups: list[str]
    minimum_age: int | None
    maximum_age: int | None
    capacity: str
    source: str
    verified_at: dt.datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A counselling line. `hours`: weekday ("0" Monday) to [from, until] in minutes of its own clock."""

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


@dataclass(frozen=True, slots=True)
class LineNow(ServiceLine):
    """The same with the truth about waiting; `minutes` None: nobody can say."""

    waiting: int
    somebody_sits: bool
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a line by alias, without name, number and licence number."""

    id: uuid.UUID
    version: int
    alias: str
    state: str
    state_at: dt.datetime
    licence_kind: str
    licence_until: dt.date
    years: int
    skills: list[str]
    languages: list[str]
    can_nights: bool
    week_hours: int
    is_supervisor: bool
    group: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class LineShift:
    """A shift that holds; `hole`: why the person could not take contacts at its start, or blank."""

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


@dataclass(frozen=True, slots=True)
class OwnShift:
    """One's own shift, or one that could be had for it."""

    id: uuid.UUID
    line: uuid.UUID
    roster: int
    date: dt.date
    kind: str
    skill: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who could take a shift, with the shifts that could be had for it."""

    person: uuid.UUID
    alias: str
    shifts: list[OwnShift]


@dataclass(frozen=True, slots=True)
class Swap:
    """An exchange of shifts: asked, accepted, approved, declined or withdrawn."""

    id: uuid.UUID
    version: int
    state: str
    mine: bool
    asker: str
    other: str
    shift: OwnShift
    other_shift: OwnShift | None
    answered_at: dt.datetime | None
    decided_at: dt.datetime | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sickness:
    """Somebody cannot come. `state`: reported, covered, short; `shifts` taken away, `changes` that fill the places."""

    id: uuid.UUID
    version: int
    person: uuid.UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    shifts: int
    changes: int


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds; None when fewer than 11 are behind it."""

    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class HalfHour:
    """Arrivals in one half hour of the day, all days of the month together; None: few, not shown."""

    starts: str
    arrivals: int | None


@dataclass(frozen=True, slots=True)
class Topic:
    """Contacts of a topic by group and stage; None: not shown."""

    topic: str
    total: int | None
    groups: dict[str, int | None]
    stages: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """A month of a line; None is a count that is not shown."""

    line: uuid.UUID
    month: str
    counts: dict[str, int | None]
    service_percent: int | None
    waits: Percentiles
    lengths: Percentiles
    half_hours: list[HalfHour]
    topics: list[Topic]


@dataclass(frozen=True, slots=True)
class LineContact:
    """That there is a contact, and when; never what was said. `part`: counsellor, supervisor or joined."""

    id: uuid.UUID
    version: int
    line: uuid.UUID
    channel: str
    state: str
    part: str
    topic: str
    skill: str
    call_type: str
    waited_seconds: int
    arrived_at: dt.datetime
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    done_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Calls:
    """People a line has to call: how many, and the minutes each has waited (the longest first)."""

    line: uuid.UUID
    open: int
    due: int
    in_hand: int
    oldest_asked_at: dt.datetime | None
    waiting_minutes: list[int]
