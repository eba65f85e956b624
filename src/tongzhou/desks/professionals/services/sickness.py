"""Somebody cannot come: taken off the roster at once; then it is mended with as few changes as possible, each named.

The report is kept before anything is worked out, so it cannot be lost; the search runs outside every transaction.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction

from tongzhou.desks.professionals.models import Professional, Roster, Shift, Sickness
from tongzhou.desks.professionals.policies import LEAD_SHIFT, RUN_ROSTER, WORK_SHIFT, require_on
from tongzhou.desks.professionals.services.task import assignments_of, task_from_today
from tongzhou.desks.professionals.types import DONE_STATES, PersonState, RosterState, SicknessState
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import Absence, RosterTask, Window, repair_roster

__all__ = ["Mended", "mend", "report_sick"]

_LONGEST = dt.timedelta(days=31)
#: Nobody knows further ahead that they will be ill.
_AHEAD = dt.timedelta(days=366)
#: Seconds a repair may take: somebody waits for it.
_LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Mended:
    """The report, and the accounts whose shifts changed because of it."""

    sickness: Sickness
    told: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class _Found:
    roster: Roster
    task: RosterTask
    moves: list[dict[str, Any]]
    short: bool


@transaction.atomic
def report_sick(
    *, actor: Actor, person: Professional, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime
) -> Sickness:
    """Keep the report and take the person's shifts away; `mend` fills the places. Nobody is asked why.

    Raises ``Refusal`` sick_times, person_state, not_found.
    """
    own = actor.account_id is not None and actor.account_id == person.account_id
    require_on(actor, WORK_SHIFT if own else LEAD_SHIFT, person.line)
    too_long = ends_at - starts_at > _LONGEST or starts_at - now > _AHEAD
    if too_long or not starts_at < ends_at or ends_at <= now:
        raise Refusal("sick_times")
    if person.state in DONE_STATES:
        raise Refusal("person_state", state=person.get_state_display())
    sickness = Sickness(
        professional=person, line=person.line, starts_at=starts_at, ends_at=ends_at, reported_by=actor.account_id
    )
    changes.create(sickness, actor=actor, act=WORK_SHIFT if own else LEAD_SHIFT)
    missed = Shift.objects.filter(
        professional=person, in_force=True, starts_at__lt=ends_at, ends_at__gt=max(starts_at, now)
    )
    gone = list(missed)
    missed.update(in_force=False, withdrawn_at=now)
    moves = [_absent(one) for one in gone]
    return changes.apply(sickness, actor=actor, act=RUN_ROSTER, moves=moves)


def _absent(shift: Shift) -> dict[str, Any]:
    return {
        "move": "absent", "person": str(shift.professional_id), "date": shift.date.isoformat(),
        "shift_before": shift.kind, "skill_before": shift.skill, "shift": None, "skill": None,
        "roster": str(shift.roster_id),
    }  # fmt: skip


def mend(sickness: Sickness, now: dt.datetime) -> Mended:
    """Look for people who can stand in, and put them on the roster; what stays empty is said (state SHORT)."""
    rosters = {one["roster"] for one in sickness.moves if one["move"] == "absent"}
    told: set[uuid.UUID] = set()
    moves, short = list(sickness.moves), False
    for roster in Roster.objects.filter(pk__in=rosters, state=RosterState.PUBLISHED).select_related("line"):
        try:
            found = _search(roster, sickness, now)
        except InputError:  # the roster no longer fits its own task (people left, shifts changed): people must decide
            short = True
            continue
        with transaction.atomic():
            told |= _carry_out(found, now)
        moves += [{**row, "date": row["date"].isoformat()} for row in found.moves]
        short = short or found.short
    state = SicknessState.SHORT if short else SicknessState.COVERED
    changes.apply(sickness, actor=SYSTEM, act=RUN_ROSTER, state=state, moves=moves)
    return Mended(sickness, frozenset(told))


def _search(roster: Roster, sickness: Sickness, now: dt.datetime) -> _Found:
    """Which shifts change. What runs already is worked as it is."""
    zone, who = roster.line.zone, str(sickness.professional_id)
    task = task_from_today(roster, now, without=sickness)
    lost = [
        (one["person"], dt.date.fromisoformat(one["date"]), one["shift_before"], one["skill_before"])
        for one in sickness.moves
        if one["move"] == "absent" and one["roster"] == str(roster.pk) and one["date"] >= task.start.isoformat()
    ]
    here = assignments_of(roster, task)
    before = pl.concat([here, pl.DataFrame(lost, schema=here.schema, orient="row")]).sort("date", "shift", "person")
    task = _only_able(task, before, roster, now)
    since = max(sickness.starts_at, now).astimezone(zone).replace(tzinfo=None)
    absence = Absence(who, since, sickness.ends_at.astimezone(zone).replace(tzinfo=None))
    repaired = repair_roster(task, before, [absence], seconds=_LIMIT)
    begun = Shift.objects.filter(roster=roster, in_force=True, starts_at__lte=now)
    fixed = {(str(one), date) for one, date in begun.values_list("professional_id", "date")}
    wanted = [row for row in repaired.moves.iter_rows(named=True) if row["move"] != "absent"]
    kinds = {one.code: one for one in task.shifts}
    here_now = now.astimezone(zone).replace(tzinfo=None)
    moves = [
        row
        for row in wanted
        if (row["person"], row["date"]) not in fixed
        and (row["shift"] is None or kinds[row["shift"]].ends(row["date"]) > here_now)
    ]
    return _Found(roster, task, moves, repaired.new_shortage > 0 or len(moves) < len(wanted))


def _only_able(task: RosterTask, before: pl.DataFrame, roster: Roster, now: dt.datetime) -> RosterTask:
    """The task with nobody to be asked who has left, pauses or has no licence since the roster was made.

    They keep the times of the shifts they have (whether those are worked is judged when they begin) and get no others.
    """
    today = now.astimezone(roster.line.zone).date()
    rows = Professional.objects.filter(
        pk__in=[one.code for one in task.people], state=PersonState.ACTIVE, licence_until__gte=today
    )
    until = {str(pk): day for pk, day in rows.values_list("pk", "licence_until")}
    kinds = {one.code: one for one in task.shifts}
    own: dict[str, list[Window]] = defaultdict(list)
    for person, day, kind in before.select("person", "date", "shift").iter_rows():
        own[person].append(Window(kinds[kind].begins(day), kinds[kind].ends(day)))
    people = []
    for one in task.people:
        last = dt.datetime.combine(until.get(one.code, dt.date.min), dt.time()) + dt.timedelta(days=1)
        inside = [window for window in one.windows if window.end <= last]
        cut = [dataclasses.replace(window, end=last) for window in one.windows if window.start < last < window.end]
        windows = {*inside, *cut, *(window for window in own[one.code] if window.end > last)}
        ordered = tuple(sorted(windows, key=lambda window: (window.start, window.end)))
        people.append(
            one if one.code in until and ordered == one.windows else dataclasses.replace(one, windows=ordered)
        )
    return dataclasses.replace(task, people=tuple(people))


def _carry_out(found: _Found, now: dt.datetime) -> set[uuid.UUID]:
    kinds, zone = {one.code: one for one in found.task.shifts}, found.roster.line.zone
    people = {str(one.pk): one for one in Professional.objects.filter(pk__in={row["person"] for row in found.moves})}
    added = []
    for row in found.moves:
        person = people[row["person"]]
        if row["move"] != "added":
            old = Shift.objects.filter(roster=found.roster, professional=person, date=row["date"], withdrawn_at=None)
            for shift in old:
                changes.apply(shift, actor=SYSTEM, act=RUN_ROSTER, in_force=False, withdrawn_at=now)
        if row["shift"]:
            kind = kinds[row["shift"]]
            one = Shift(
                id=ids.new_id(), roster=found.roster, line=found.roster.line, professional=person, date=row["date"],
                kind=kind.code, skill=row["skill"], in_force=True,
                starts_at=kind.begins(row["date"]).replace(tzinfo=zone),
                ends_at=kind.ends(row["date"]).replace(tzinfo=zone),
            )  # fmt: skip
            added.append(one)
    changes.create_many(added, actor=SYSTEM, act=RUN_ROSTER)
    return {one.account_id for one in people.values() if one.account_id is not None}
