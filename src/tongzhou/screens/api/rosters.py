"""The people of a line and who works when: what its officers and supervisors look after, and everybody's own shifts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Status

from tongzhou.desks.professionals.models import Professional, ServiceLine, Shift, ShiftSwap, Sickness
from tongzhou.desks.professionals.policies import (
    LEAD_SHIFT,
    LIST_PEOPLE,
    LIST_ROSTERS,
    OWN_SHIFTS,
    WORK_SHIFT,
)
from tongzhou.desks.professionals.selectors.lines import get_line, own_record, people
from tongzhou.desks.professionals.selectors.periods import colleagues, own_shifts, own_swaps, shifts_between
from tongzhou.desks.professionals.services.sickness import report_sick
from tongzhou.desks.professionals.types import PersonState
from tongzhou.flows import line_rosters
from tongzhou.kernel import audit, clock, ids
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.api import schemas_line as out
from tongzhou.screens.api.common import Cursor, Key, actor_of, one_of, page_of, run_once
from tongzhou.screens.api.schemas import READING, REFUSALS, Day, Page

router = Router(tags=["line"])
own = Router(tags=["own shifts"])

#: Days of shifts in one question, as many as a roster can have.
MOST_DAYS = 62
_WEEK = 7


class PeopleFilter(Cursor):
    """Who."""

    state: out.PersonState | None = None


class PeriodFilter(Cursor):
    """Days of the line, both counted; without them the week from today. At most 62 days."""

    since: Day | None = None
    until: Day | None = None


def shown_person(row: Professional) -> dict[str, Any]:
    """Somebody as they go out: what is sealed is not read."""
    names = (
        "version", "alias", "state", "state_at", "licence_kind", "licence_until", "years", "skills", "languages",
        "can_nights", "week_hours", "is_supervisor",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "group": row.group.name if row.group else "",
        "synthetic": row.is_synthetic,
    }


def _own_shift(row: Shift) -> dict[str, Any]:
    return {
        "id": row.pk, "line": row.line_id, "roster": row.roster.number, "date": row.date, "kind": row.kind,
        "skill": row.skill, "starts_at": row.starts_at, "ends_at": row.ends_at,
    }  # fmt: skip


def _shift(row: Shift) -> dict[str, Any]:
    return _own_shift(row) | {"person": row.professional_id, "alias": row.professional.alias, "hole": row.hole_code}


@router.get("/{uuid:line_id}/people", response={200: Page[out.PersonOut], **READING}, operation_id="list_line_people")
@route(LIST_PEOPLE)
def list_line_people(request: HttpRequest, line_id: uuid.UUID, page: Annotated[PeopleFilter, Query()]) -> Any:
    """People of a line without names, telephones and licence numbers, those who came last first; logged."""
    actor = actor_of(request)
    line = get_line(actor, line_id)
    rows = people(actor, line)
    found = page_of(rows.filter(state=page.state) if page.state else rows, page, shown_person)
    if found["items"]:
        audit.looked(actor=actor, act=LIST_PEOPLE, obj=line, fields=["people"])
    return found


def _period(page: PeriodFilter, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day asked for."""
    first = page.since or today
    last = page.until or dt.date.fromordinal(min(first.toordinal() + _WEEK - 1, dt.date.max.toordinal()))
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refusal("bad_fields", fields={"until": f"not before since, and at most {MOST_DAYS} days"})
    return first, last


@router.get("/{uuid:line_id}/shifts", response={200: Page[out.ShiftOut], **READING}, operation_id="list_line_shifts")
@route(LIST_ROSTERS)
def list_line_shifts(request: HttpRequest, line_id: uuid.UUID, page: Annotated[PeriodFilter, Query()]) -> Any:
    """Shifts of published rosters in a period, as they hold after swaps and illness, in the order of time."""
    actor = actor_of(request)
    line = get_line(actor, line_id, LIST_ROSTERS)
    first, last = _period(page, clock.now().astimezone(line.zone).date())
    rows = shifts_between(actor, line, first, last)
    if page.cursor:
        rows = rows.filter(_after(line, page.cursor))
    found = list(rows.order_by("starts_at", "id")[: page.limit + 1])
    more = len(found) > page.limit
    found = found[: page.limit]
    return {"items": [_shift(row) for row in found], "next": str(found[-1].pk) if more else None}


def _after(line: ServiceLine, cursor: str) -> Q:
    """What comes after the shift whose id is the cursor, whether that one still holds or not."""
    named = ids.parse_id(cursor)
    last = Shift.objects.filter(line=line, pk=named).first() if named else None
    if last is None:
        raise Refusal("bad_cursor")
    return Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk)


def _sick(row: Sickness) -> dict[str, Any]:
    absent = sum(1 for one in row.moves if one["move"] == "absent")
    return {
        "id": row.pk, "version": row.version, "person": row.professional_id, "starts_at": row.starts_at,
        "ends_at": row.ends_at, "state": row.state, "shifts": absent, "changes": len(row.moves) - absent,
    }  # fmt: skip


def _reported(request: HttpRequest, person: Professional, body: out.SickIn, key: str | None) -> Any:
    """Keep the report once for this key, then fill the places; a repeat is told how far that is."""
    actor, now = actor_of(request), clock.now()
    made: list[Sickness] = []

    def effect() -> str:
        made.append(report_sick(actor=actor, person=person, starts_at=body.starts_at, ends_at=body.ends_at, now=now))
        return str(made[0].pk)

    kept = run_once(request, key, body, f"line_shift.sick:{person.pk}", effect)
    for row in made:
        line_rosters.fill_places(row, now)
    return Status(201, _sick(Sickness.objects.get(pk=kept)))


@router.post("/{uuid:line_id}/sickness", response={201: out.SickOut, **REFUSALS}, operation_id="report_sickness")
@route(LEAD_SHIFT)
def report_sickness(request: HttpRequest, line_id: uuid.UUID, body: out.SickOfIn, key: Key = None) -> Any:
    """Say for somebody of the line that they cannot come; their shifts are taken away and others looked for at once."""
    line = get_line(actor_of(request), line_id, LEAD_SHIFT)
    person = Professional.objects.select_related("line").filter(pk=body.person, line=line).first()
    if person is None:
        raise Refusal("bad_fields", fields={"person": "nobody of this line has this id"})
    return _reported(request, person, body, key)


def _me(actor: Actor, *, writes: bool = False) -> Professional:
    return own_record(actor, wanted=WORK_SHIFT if writes else OWN_SHIFTS)


def _my_shift(me: Professional, shift_id: uuid.UUID) -> Shift:
    return one_of(Shift.objects.select_related("line", "roster__line", "professional").filter(professional=me),
                  pk=shift_id)  # fmt: skip


@own.get("/shifts", response={200: Page[out.OwnShiftOut], **READING}, operation_id="list_own_shifts")
@route(OWN_SHIFTS)
def list_own_shifts(request: HttpRequest) -> Any:
    """Your shifts that are not over, the next one first; at most 62, in one page."""
    rows = own_shifts(_me(actor_of(request)), clock.now())[:MOST_DAYS]
    return {"items": [_own_shift(row) for row in rows], "next": None}


@own.get(
    "/shifts/{uuid:shift_id}/colleagues", response={200: Page[out.ColleagueOut], **READING},
    operation_id="list_colleagues",
)  # fmt: skip
@route(OWN_SHIFTS)
def list_colleagues(request: HttpRequest, shift_id: uuid.UUID) -> Any:
    """Who could take a shift of yours, by alias, with the shifts that could be had for it; one page."""
    me = _me(actor_of(request))
    found = colleagues(me, _my_shift(me, shift_id), clock.now())
    rows = [
        {"person": one.pk, "alias": one.alias, "shifts": [_own_shift(shift) for shift in theirs]}
        for one, theirs in found
    ]
    return {"items": rows, "next": None}


def _swap(row: ShiftSwap, me: Professional) -> dict[str, Any]:
    names = ("version", "state", "answered_at", "decided_at", "created_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk, "mine": row.asker_id == me.pk, "asker": row.asker.alias, "other": row.other.alias,
        "shift": _own_shift(row.shift), "other_shift": _own_shift(row.other_shift) if row.other_shift else None,
    }  # fmt: skip


@own.post("/shifts/{uuid:shift_id}/swap", response={201: out.SwapOut, **REFUSALS}, operation_id="ask_swap")
@route(WORK_SHIFT)
def ask_swap(request: HttpRequest, shift_id: uuid.UUID, body: out.SwapIn, key: Key = None) -> Any:
    """Ask a colleague to take your shift, or to exchange it; 409 `swap_rule` says which rule forbids it.

    They answer, and a supervisor approves, on the desk.
    """
    actor = actor_of(request)
    me = _me(actor, writes=True)
    shift = _my_shift(me, shift_id)
    active = Professional.objects.select_related("line").filter(line=me.line_id, state=PersonState.ACTIVE)
    other = active.filter(pk=body.other).exclude(pk=me.pk).first()
    if other is None:
        raise Refusal("bad_fields", fields={"other": "no colleague of this line has this id"})
    theirs = Shift.objects.select_related("line").filter(professional=other, roster=shift.roster_id)
    other_shift = theirs.filter(pk=body.other_shift).first() if body.other_shift else None
    if body.other_shift and other_shift is None:
        raise Refusal("bad_fields", fields={"other_shift": "no shift of theirs in the same roster has this id"})

    def effect() -> str:
        asked = line_rosters.ask_swap(actor=actor, shift=shift, other=other, other_shift=other_shift, now=clock.now())
        return str(asked.pk)

    made = run_once(request, key, body, f"line_shift.swap:{shift.pk}", effect)
    return Status(201, _swap(one_of(own_swaps(me), pk=made), me))


@own.get("/swaps", response={200: Page[out.SwapOut], **READING}, operation_id="list_own_swaps")
@route(OWN_SHIFTS)
def list_own_swaps(request: HttpRequest, page: Annotated[Cursor, Query()]) -> Any:
    """Exchanges you asked for or were asked for, the newest first."""
    me = _me(actor_of(request))
    return page_of(own_swaps(me), page, lambda row: _swap(row, me))


@own.post("/sickness", response={201: out.SickOut, **REFUSALS}, operation_id="report_own_sickness")
@route(WORK_SHIFT)
def report_own_sickness(request: HttpRequest, body: out.SickIn, key: Key = None) -> Any:
    """Say that you cannot come, from when until when. Nobody asks why; others are looked for at once."""
    return _reported(request, _me(actor_of(request), writes=True), body, key)
