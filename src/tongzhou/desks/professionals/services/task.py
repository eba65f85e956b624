"""A line and its people as the engine's task, and back: the task of a roster is kept so that others can check it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from tongzhou.desks.professionals.models import Professional, Roster, RosterSnapshot, Shift, Sickness
from tongzhou.desks.professionals.services.need import Need
from tongzhou.desks.professionals.services.training import rosterable
from tongzhou.desks.professionals.types import DayOffKind, PersonState
from tongzhou_engines.staffing import (
    ASSIGNMENTS_SCHEMA,
    DEMAND_SCHEMA,
    Absence,
    Person,
    RosterTask,
    Rules,
    Window,
    Wish,
    weekly_windows,
)
from tongzhou_engines.staffing import Shift as Kind

__all__ = ["SPEAKS", "assignments_of", "pack", "read_task", "task_from_today", "unpack", "working"]

#: Before the code of a language, so that it is never taken for a skill.
SPEAKS = "speaks "
_BEFORE = dt.timedelta(days=28)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def working(roster: Roster) -> list[Professional]:
    """Active people of the line whose licence holds when the roster begins."""
    rows = Professional.objects.filter(line=roster.line, state=PersonState.ACTIVE, licence_until__gte=roster.start)
    return list(rows.prefetch_related("windows", "days_off").order_by("code"))


def _windows(person: Professional, start: dt.date, days: int) -> tuple[Window, ...]:
    """When the person can work in the period, cut off at the end of the licence."""
    ends = _midnight(person.licence_until + dt.timedelta(days=1))
    found: list[Window] = []
    for one in person.windows.all():
        hours = {one.weekday: (one.from_minute, one.until_minute)}
        found += weekly_windows(start, days, hours)
    cut = (dataclasses.replace(one, end=min(one.end, ends)) for one in found if one.start < ends)
    return tuple(sorted(cut, key=lambda one: (one.start, one.end)))


def _person(person: Professional, start: dt.date, days: int) -> Person:
    skills = {*person.skills, *(SPEAKS + one for one in person.languages)}
    if person.is_supervisor:
        skills.add("supervisor")
    return Person(
        code=str(person.pk), skills=frozenset(skills), windows=_windows(person, start, days),
        week_minutes=person.week_minutes, nights=None if person.can_nights else 0,
    )  # fmt: skip


def _off(people: Iterable[Professional], first: dt.date, last: dt.date) -> tuple[list[Absence], list[Wish]]:
    absences, wishes = [], []
    for person in people:
        for off in person.days_off.all():
            if off.last < first or off.first > last:
                continue
            if off.kind == DayOffKind.CANNOT:
                ends = _midnight(off.last + dt.timedelta(days=1))
                absences.append(Absence(str(person.pk), _midnight(off.first), ends))
            else:
                span = range(max(0, (off.first - first).days), (min(off.last, last) - first).days + 1)
                wishes += [Wish(str(person.pk), first + dt.timedelta(days=n)) for n in span]
    return absences, wishes


def _sick(roster: Roster, first: dt.date, known: set[str], without: Sickness | None = None) -> list[Absence]:
    zone = roster.line.zone
    rows = Sickness.objects.filter(line=roster.line, ends_at__gt=dt.datetime.combine(first, dt.time(), zone))
    return [
        Absence(
            str(one.professional_id),
            one.starts_at.astimezone(zone).replace(tzinfo=None),
            one.ends_at.astimezone(zone).replace(tzinfo=None),
        )
        for one in rows
        if str(one.professional_id) in known and one != without
    ]


def _table(shifts: Iterable[Shift], known: set[str], kinds: set[str]) -> pl.DataFrame:
    rows = [
        (str(one.professional_id), one.date, one.kind, one.skill)
        for one in shifts
        if str(one.professional_id) in known and one.kind in kinds
    ]
    return pl.DataFrame(sorted(rows), schema=ASSIGNMENTS_SCHEMA, orient="row")


def _kinds(roster: Roster) -> tuple[Kind, ...]:
    rows = roster.line.shift_kinds.filter(withdrawn_at=None).order_by("start_minute", "code")
    return tuple(Kind(one.code, one.start_minute, one.minutes, tuple((a, b) for a, b in one.breaks)) for one in rows)


def _least(roster: Roster, demand: pl.DataFrame) -> pl.DataFrame:
    """The demand raised to the seats that a kind of shift fills in any case, while the line is open."""
    least: dict[tuple[dt.datetime, str], int] = {}
    for kind in roster.line.shift_kinds.filter(withdrawn_at=None):
        free = {after + n for after, length in kind.breaks for n in range(0, length, 30)}
        worked = [n for n in range(0, kind.minutes, 30) if n not in free]
        for day in range(-1, roster.days):  # one that began the evening before reaches into the first day
            begins = _midnight(roster.start + dt.timedelta(days=day)) + dt.timedelta(minutes=kind.start_minute)
            for skill, seats in kind.least.items():
                for n in worked:
                    at = (begins + dt.timedelta(minutes=n), skill)
                    least[at] = max(least.get(at, 0), seats)
    rows = [
        (start, skill, what, max(seats, least.get((start, skill), 0)) if what == "seat" else seats)
        for start, skill, what, seats in demand.select(list(DEMAND_SCHEMA)).iter_rows()
    ]
    return pl.DataFrame(rows, schema=DEMAND_SCHEMA, orient="row")


def _present(roster: Roster, demand: pl.DataFrame) -> pl.DataFrame:
    """Somebody who speaks each of the languages asked for, whenever the line is open."""
    starts = demand["start"].unique().sort().to_list()
    rows = [(at, SPEAKS + one, "present", 1) for one in roster.asked.get("languages", []) for at in starts]
    extra = pl.DataFrame(rows, schema=DEMAND_SCHEMA, orient="row")
    return pl.concat([demand.select(list(DEMAND_SCHEMA)), extra])


def read_task(roster: Roster, need: Need, now: dt.datetime) -> tuple[RosterTask, list[Professional]]:
    """What the engine is asked: need, trained people with their times, shifts, rules, what was worked before."""
    people, _left_out = rosterable(working(roster), now)
    made = [_person(one, roster.start, roster.days) for one in people]
    last = roster.start + dt.timedelta(days=roster.days - 1)
    absences, wishes = _off(people, roster.start, last)
    known, kinds = {one.code for one in made}, _kinds(roster)
    earlier = Shift.objects.filter(
        line=roster.line, in_force=True, date__lt=roster.start, date__gte=roster.start - _BEFORE
    )
    skills = {skill for person in made for skill in person.skills}
    supervised = Rules() if "supervisor" in skills else Rules(supervisor=None)
    task = RosterTask(
        start=roster.start, days=roster.days, people=tuple(made), shifts=kinds,
        demand=_present(roster, _least(roster, need.demand)), rules=supervised,
        absences=(*absences, *_sick(roster, roster.start, known)), wishes=tuple(wishes),
        before=_table(earlier, known, {one.code for one in kinds}),
    )  # fmt: skip
    return task, people


def _said(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be kept")


def pack(roster: Roster, task: RosterTask, need: Need) -> RosterSnapshot:
    """The task and the forecast behind it, as a row (not saved). The same task gives the same bytes."""
    said = {
        "format": "tongzhou-roster/1", "start": task.start, "days": task.days,
        "people": [dataclasses.asdict(one) for one in task.people],
        "shifts": [dataclasses.asdict(one) for one in task.shifts], "rules": dataclasses.asdict(task.rules),
        "absences": [dataclasses.asdict(one) for one in task.absences],
        "wishes": [dataclasses.asdict(one) for one in task.wishes],
        "demand": task.demand.rows(), "before": [] if task.before is None else task.before.rows(),
        "forecast": need.frame.rows(), "daily": [] if need.daily is None else need.daily.rows(),
    }  # fmt: skip
    plain = json.dumps(said, default=_said, ensure_ascii=False, separators=(",", ":")).encode()
    content = gzip.compress(plain, 6, mtime=0)
    return RosterSnapshot(roster=roster, content=content, sha256=hashlib.sha256(content).hexdigest())


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def unpack(roster: Roster) -> tuple[RosterTask, pl.DataFrame]:
    """The task a roster was made for, and its forecast (start, calls, low, high)."""
    said = json.loads(gzip.decompress(bytes(RosterSnapshot.objects.get(roster=roster).content)))
    people = tuple(
        Person(
            one["code"],
            frozenset(one["skills"]),
            tuple(Window(_time(w["start"]), _time(w["end"])) for w in one["windows"]),
            one["week_minutes"],
            one["nights"],
        )
        for one in said["people"]
    )
    kinds = tuple(
        Kind(one["code"], one["start_minute"], one["minutes"], tuple((a, b) for a, b in one["breaks"]), one["night"])
        for one in said["shifts"]
    )
    demand = pl.DataFrame([(_time(a), *more) for a, *more in said["demand"]], schema=DEMAND_SCHEMA, orient="row")
    before = [(a, dt.date.fromisoformat(b), c, d) for a, b, c, d in said["before"]]
    schema = {"start": pl.Datetime("us"), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}
    frame = pl.DataFrame([(_time(a), *more) for a, *more in said["forecast"]], schema=schema, orient="row")
    task = RosterTask(
        start=dt.date.fromisoformat(said["start"]), days=said["days"], people=people, shifts=kinds, demand=demand,
        rules=Rules(**said["rules"]),
        absences=tuple(Absence(a["person"], _time(a["start"]), _time(a["end"])) for a in said["absences"]),
        wishes=tuple(Wish(w["person"], dt.date.fromisoformat(w["date"]), w["weight"]) for w in said["wishes"]),
        before=pl.DataFrame(before, schema=ASSIGNMENTS_SCHEMA, orient="row"),
    )  # fmt: skip
    return task, frame


def assignments_of(roster: Roster, task: RosterTask) -> pl.DataFrame:
    """Who works when now, swaps and illness included, as the engine takes it; only the days of `task`."""
    last = task.start + dt.timedelta(days=task.days - 1)
    rows = Shift.objects.filter(roster=roster, withdrawn_at=None, date__gte=task.start, date__lte=last)
    return _table(rows, {one.code for one in task.people}, {one.code for one in task.shifts})


def task_from_today(roster: Roster, now: dt.datetime, *, without: Sickness | None = None) -> RosterTask:
    """The task of a roster from today on: what was worked stands, who is ill is known (but for `without`)."""
    task, _frame = unpack(roster)
    by_kind: dict[str, Kind] = {one.code: one for one in task.shifts}
    known = {one.code for one in task.people}
    today = max(task.start, now.astimezone(roster.line.zone).date())
    skipped = (today - task.start).days
    worked = Shift.objects.filter(roster=roster, withdrawn_at=None, date__lt=today)
    before = _table(worked, known, set(by_kind))
    if task.before is not None:
        before = pl.concat([task.before, before])
    absences = {
        (one.person, one.start, one.end): one for one in (*task.absences, *_sick(roster, today, known, without))
    }
    return dataclasses.replace(
        task, start=today, days=max(1, task.days - skipped), before=before, absences=tuple(absences.values()),
        demand=task.demand.filter(pl.col("start") >= _midnight(today)),
        wishes=tuple(one for one in task.wishes if one.date >= today),
    )  # fmt: skip
