"""What staffing takes in: lines, targets, shifts, people, rules. All times are local wall-clock times, no zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tongzhou_engines.base.errors import InputError

__all__ = [
    "ARRIVALS_SCHEMA",
    "ASSIGNMENTS_SCHEMA",
    "DEMAND_SCHEMA",
    "HALF_HOUR",
    "LEAST_SEATS",
    "Absence",
    "Line",
    "Person",
    "RosterTask",
    "Rules",
    "Shift",
    "SpecialDay",
    "Targets",
    "WhatIf",
    "Window",
    "Wish",
    "between",
    "half_hours",
    "invalid",
    "weekly_windows",
]

HALF_HOUR = dt.timedelta(minutes=30)
#: Seats that every open line has at every half hour, whatever the forecast (notice 肺炎机制发〔2020〕18号).
LEAST_SEATS = 2

#: History of calls: how many began in the interval that starts at `start`.
ARRIVALS_SCHEMA: dict[str, pl.DataType] = {"start": pl.Datetime("us"), "calls": pl.Int64()}
#: What must be staffed. `kind`: "seat" (a person sits at this line and does nothing else) or "present" (somebody with
#: this skill is among those on duty, at whatever line). A half hour without a row is closed.
DEMAND_SCHEMA: dict[str, pl.DataType] = {
    "start": pl.Datetime("us"),
    "skill": pl.String(),
    "kind": pl.String(),
    "seats": pl.Int64(),
}
#: A roster: `date` is the day on which the shift starts, `shift` a code, `skill` the line at which the person sits.
ASSIGNMENTS_SCHEMA: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "shift": pl.String(),
    "skill": pl.String(),
}


def invalid(code: str, zh: str, en: str, todo_zh: str, todo_en: str) -> InputError:
    """An InputError of this room (codes arrivals_invalid, line_invalid, roster_invalid)."""
    return InputError(code, zh, en, todo_zh, todo_en)


def between(name: str, value: float, low: float, high: float) -> None:
    """line_invalid unless low <= value <= high (so neither a NaN passes)."""
    if not low <= value <= high:
        raise invalid(
            "line_invalid",
            f"{name} 是 {value}，不在 {low} 到 {high} 之间",
            f"{name} is {value}, not between {low} and {high}",
            "请改正这个数",
            "Correct this number",
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """What a line promises. None: no such target.

    service_level: share of calls answered within `answer_within_seconds`; `counted` names the denominator:
    "offered" (every call), "answered" (calls that were answered) or "patient" (every call but those that hung up
    within `answer_within_seconds`). abandonment: greatest share of calls that hang up. occupancy: greatest share of
    time a seat is talking.
    """

    service_level: float | None = 0.8
    answer_within_seconds: float = 20.0
    counted: str = "offered"
    abandonment: float | None = 0.05
    occupancy: float | None = 0.85

    def __post_init__(self) -> None:
        """line_invalid for shares outside 0..1 and unknown denominators."""
        for name, share in (("service_level", self.service_level), ("abandonment", self.abandonment)):
            if share is not None:
                between(name, share, 0.0, 0.9999)
        if self.occupancy is not None:
            between("occupancy", self.occupancy, 0.01, 1.0)
        between("answer_within_seconds", self.answer_within_seconds, 0.0, 3600.0)
        if self.counted not in ("offered", "answered", "patient"):
            raise invalid(
                "line_invalid",
                f"不认识的分母 {self.counted!r}",
                f"unknown denominator {self.counted!r}",
                "请用 offered、answered 或 patient",
                "Use offered, answered or patient",
            )


@dataclass(frozen=True, slots=True)
class Line:
    """One line (queue): calls of one kind, answered by people with one skill.

    skill: the skill it needs, also its name. handle_seconds: mean time a call keeps a seat busy, notes included.
    patience_seconds: mean time a caller would wait before hanging up; None: callers never hang up (Erlang C).
    share: part of the forecast calls that belong to this line. least_seats: never fewer (not below 2).
    """

    skill: str
    handle_seconds: float
    patience_seconds: float | None = None
    share: float = 1.0
    targets: Targets = field(default_factory=Targets)
    least_seats: int = LEAST_SEATS

    def __post_init__(self) -> None:
        """line_invalid for times that are not positive and for fewer than two seats."""
        between("handle_seconds", self.handle_seconds, 1.0, 86400.0)
        if self.patience_seconds is not None:
            between("patience_seconds", self.patience_seconds, 1.0, 86400.0)
        between("share", self.share, 0.0, 1.0)
        between("least_seats", self.least_seats, LEAST_SEATS, 100000)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not like its weekday: it has the profile of weekday `like` (0 Monday .. 6), times `factor`."""

    date: dt.date
    like: int | None = None
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Calls are multiplied by `factor` from `start` until before `end` (None: until the end)."""

    factor: float
    start: dt.datetime
    end: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift: it starts `start_minute` after midnight (0..1439) and lasts `minutes` (whole half hours).

    breaks: (minutes after the start, length) of each break, whole half hours; on a break a person fills no seat.
    night: whether it counts as a night; None: it does when it touches 00:00 to 05:00.
    """

    code: str
    start_minute: int
    minutes: int
    breaks: tuple[tuple[int, int], ...] = ()
    night: bool | None = None

    @property
    def is_night(self) -> bool:
        """Whether it counts as a night."""
        if self.night is not None:
            return self.night
        first, last = self.start_minute, self.start_minute + self.minutes
        return any(first < base + 300 and last > base for base in (0, 1440))

    def begins(self, day: dt.date) -> dt.datetime:
        """When the shift that starts on `day` begins."""
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=self.start_minute)

    def ends(self, day: dt.date) -> dt.datetime:
        """When the shift that starts on `day` ends."""
        return self.begins(day) + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which somebody can work: a shift must lie in it whole (windows that touch are one)."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be rostered.

    code: an id without meaning. skills: lines they may sit at and anything else that counts (supervisor, dialect).
    windows: when they can work. week_minutes: most minutes of shifts that start in one week from Monday to Sunday
    (breaks count). nights: most nights in any 28 days; None: the rule's.
    """

    code: str
    skills: frozenset[str]
    windows: tuple[Window, ...]
    week_minutes: int = 40 * 60
    nights: int | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody cannot work from `start` until `end` (sick, on leave): no shift may touch it."""

    person: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks for a day off; respected where possible, never at the cost of a seat. weight: 1..10."""

    person: str
    date: dt.date
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """What every roster keeps.

    rest_minutes: least rest between two shifts. days_in_row: most days in a row on which shifts start. nights: most
    nights per person in any 28 days. day_after_night: whether, on the day after a night, a shift that is no night may
    start. supervisor: the skill of which at least one is on duty in every open half hour; None: none needed.
    """

    rest_minutes: int = 11 * 60
    days_in_row: int = 6
    nights: int = 8
    day_after_night: bool = False
    supervisor: str | None = "supervisor"


@dataclass(frozen=True, slots=True)
class RosterTask:
    """Everything a roster is made from.

    start, days: the period. demand: DEMAND_SCHEMA; rows outside the period are an error. before: assignments
    (ASSIGNMENTS_SCHEMA) of the days before `start`, so that rest, days in a row, hours and nights carry over; they
    are never changed. A shift may reach into the day after the period.
    """

    start: dt.date
    days: int
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    demand: pl.DataFrame
    rules: Rules = field(default_factory=Rules)
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    before: pl.DataFrame | None = None


def weekly_windows(
    start: dt.date, days: int, hours: Mapping[int, tuple[int, int]], *, extra_days: int = 1
) -> tuple[Window, ...]:
    """Windows repeated every week over the period.

    hours: weekday (0 Monday .. 6) to (from, until) in minutes after midnight; until may exceed 1440 (next day).
    extra_days: days after the period that are covered too, so that a last night may end there.
    """
    made = []
    for n in range(-1, days + extra_days):
        day = dt.datetime.combine(start + dt.timedelta(days=n), dt.time())
        if day.weekday() in hours:
            first, last = hours[day.weekday()]
            made.append(Window(day + dt.timedelta(minutes=first), day + dt.timedelta(minutes=last)))
    return tuple(made)


def half_hours(start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """The half hours from `start` until before `end`."""
    made = []
    while start < end:
        made.append(start)
        start += HALF_HOUR
    return made
