"""Builders for the people of the line: a service line in Wuhan, professionals (roles, no names), shifts."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

import polars as pl

from builders import WUHAN, a_place, a_response, an_account, an_organisation
from tongzhou.desks.professionals.models import (
    Acknowledgement,
    Availability,
    LineSkill,
    Professional,
    Roster,
    RosterSnapshot,
    ServiceLine,
    Shift,
    ShiftKind,
    SupervisionGroup,
    TrainingItem,
)
from tongzhou.desks.professionals.services.need import Need
from tongzhou.desks.professionals.services.task import pack
from tongzhou.kernel import clock, crypto, ids
from tongzhou_engines.staffing import DEMAND_SCHEMA, Person, RosterTask, Window
from tongzhou_engines.staffing import Shift as Kind

__all__ = ["a_group", "a_line", "a_professional", "a_roster", "a_shift", "a_task", "a_training"]

_count = itertools.count(1)


def a_line(name: str = "", **over: Any) -> ServiceLine:
    """A line of an association in Wuhan, open day and night, with two skills and three kinds of shift."""
    said: dict[str, Any] = {
        "name": name or f"测试热线{next(_count)}", "place": a_place(WUHAN), "languages": ["mandarin", "wuhan"],
    }  # fmt: skip
    said.setdefault("response", over.pop("response", None) or a_response())
    said.setdefault(
        "organisation", over.pop("organisation", None) or an_organisation(f"测试协会{next(_count)}", kind="association")
    )
    line = ServiceLine.objects.create(**(said | over))
    LineSkill.objects.create(line=line, code="support", name="心理援助", name_en="Counselling", share_percent=75)
    LineSkill.objects.create(line=line, code="medical", name="医务咨询", name_en="Medical advice", share_percent=25)
    for code, name_, start in (("D", "早班", 480), ("E", "晚班", 960), ("N", "夜班", 0)):
        ShiftKind.objects.create(line=line, code=code, name=name_, start_minute=start, minutes=480)
    return line


def a_training(line: ServiceLine, slug: str = "basics", *, kind: str = "training", **over: Any) -> TrainingItem:
    """Something to be read before a shift, published ten days ago."""
    published = clock.now() - dt.timedelta(days=10)
    said: dict[str, Any] = {"title": "接线基础", "title_en": "Basics", "body": "先听。", "published_at": published}
    return TrainingItem.objects.create(**({"line": line, "slug": slug, "kind": kind} | said | over))


def a_professional(line: ServiceLine, *, state: str = "active", supervisor: bool = False, **over: Any) -> Professional:
    """Somebody of the line, active with an account of its own unless told otherwise; has read every current item."""
    number = next(_count)
    sealed = {"name": f"合成人员{number}", "contact": "19000000001", "licence_number": f"TEST-{number:05d}"}
    sealed |= {key: over.pop(key) for key in tuple(sealed) if key in over}
    said: dict[str, Any] = {
        "line": line, "code": ids.new_code(), "alias": f"{'督导' if supervisor else '援助员'}{number}", "state": state,
        "state_at": clock.now(), "licence_kind": "psychotherapist", "licence_issuer": "测试发证机关",
        "licence_until": dt.date(2099, 12, 31), "years": 6, "skills": ["support"], "languages": ["mandarin"],
        "can_nights": True, "is_supervisor": supervisor,
    }  # fmt: skip
    if state in ("checked", "trained", "active", "paused"):
        said |= {"checked_by": uuid.uuid4(), "checked_at": clock.now(), "evidence": "看过原件"}
    if state in ("active", "paused"):
        said |= {"trained_by": uuid.uuid4(), "trained_on": dt.date(2020, 2, 1), "trained_evidence": "看过课堂签到"}
    if state in ("active", "paused") and "account" not in over:
        said["account"] = an_account("supervisor" if supervisor else "counsellor", area=WUHAN)
    person = Professional(**(said | over))
    crypto.prepare(person, f"line:{line.pk}")
    crypto.seal(person, **sealed)
    person.licence_index = crypto.phone_index(f"{number:06d}", f"line:{line.pk}")
    person.save(force_insert=True)
    for weekday in range(7):
        Availability.objects.create(professional=person, weekday=weekday, from_minute=0, until_minute=1440)
    for item in TrainingItem.objects.filter(line=line, withdrawn_at=None):
        Acknowledgement.objects.create(professional=person, item=item, at=clock.now())
    return person


def a_group(line: ServiceLine, supervisor: Professional, *members: Professional, **over: Any) -> SupervisionGroup:
    """A supervision group with its members."""
    said: dict[str, Any] = {"line": line, "name": f"第{next(_count)}组", "supervisor": supervisor}
    group = SupervisionGroup.objects.create(**(said | over))
    for member in members:
        member.group = group
        member.save(update_fields=["group"])
    return group


def a_roster(line: ServiceLine, **over: Any) -> Roster:
    """A published roster of the week that began yesterday."""
    now = clock.now()
    said: dict[str, Any] = {
        "line": line, "number": next(_count) + 1000, "state": "published", "days": 7, "beat_at": now,
        "start": now.astimezone(line.zone).date() - dt.timedelta(days=1), "published_at": now, "status": "complete",
        "least_shortage": 0, "shortage": 0,
    }  # fmt: skip
    return Roster.objects.create(**(said | over))


def a_shift(person: Professional, *, roster: Roster | None = None, **over: Any) -> Shift:
    """A shift that began an hour ago and ends in seven, in force."""
    now = clock.now()
    starts = over.get("starts_at", now - dt.timedelta(hours=1))
    said: dict[str, Any] = {
        "roster": roster or a_roster(person.line), "line": person.line, "professional": person, "kind": "D",
        "skill": person.skills[0], "starts_at": starts, "ends_at": starts + dt.timedelta(hours=8), "in_force": True,
        "date": starts.astimezone(person.line.zone).date(),
    }  # fmt: skip
    return Shift.objects.create(**(said | over))


def a_task(roster: Roster, *people: Professional, seats: int = 1) -> RosterSnapshot:
    """What a roster was made from: these people, always free, so many seats of "support" from 8 to 16 each day."""
    days = [roster.start + dt.timedelta(days=number) for number in range(roster.days)]
    eight = [dt.datetime.combine(day, dt.time(8)) for day in days]
    half_hours = [start + dt.timedelta(minutes=30 * number) for start in eight for number in range(16)]
    demand = pl.DataFrame([(at, "support", "seat", seats) for at in half_hours], schema=DEMAND_SCHEMA, orient="row")
    begins = dt.datetime.combine(roster.start, dt.time())
    free = (Window(begins, begins + dt.timedelta(days=roster.days + 1)),)
    who = tuple(Person(str(one.pk), frozenset(one.skills), free) for one in people)
    task = RosterTask(roster.start, roster.days, who, (Kind("D", 480, 480),), demand)
    schema = {"start": pl.Datetime("us"), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}
    snapshot = pack(roster, task, Need(pl.DataFrame([], schema=schema), demand, [], 0))
    snapshot.save(force_insert=True)
    return snapshot
