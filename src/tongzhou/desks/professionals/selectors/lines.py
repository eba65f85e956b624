"""Reads of lines, calls and people, always with the actor."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from tongzhou.desks.professionals.models import (
    Acknowledgement,
    ArrivalCount,
    PeopleImport,
    Professional,
    RecruitmentCall,
    Roster,
    ServiceLine,
    SupervisionGroup,
    TrainingItem,
)
from tongzhou.desks.professionals.policies import (
    IMPORT_PEOPLE,
    LIST_PEOPLE,
    LIST_ROSTERS,
    WORK_SHIFT,
    allows_on,
    lines_for,
)
from tongzhou.desks.professionals.selectors.guides import guide_read
from tongzhou.desks.professionals.types import WAITING_STATES, CallState, PersonState
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "arrivals_known",
    "call_of",
    "current_items",
    "get_call",
    "get_import",
    "get_line",
    "get_person",
    "get_roster",
    "groups_of",
    "lines",
    "own_record",
    "people",
    "rosters",
    "unread_items",
    "unread_of",
]


def lines(actor: Actor, wanted: Act = LIST_PEOPLE) -> QuerySet[ServiceLine]:
    """Lines on which the actor may do `wanted`, with how many people work and wait there."""
    counted = Count("professionals", filter=Q(professionals__state=PersonState.ACTIVE))
    waiting = Count("professionals", filter=Q(professionals__state__in=WAITING_STATES))
    rows = ServiceLine.objects.filter(lines_for(actor, wanted), closed_at=None)
    return rows.select_related("organisation", "place").annotate(working=counted, waiting=waiting).order_by("name")


def get_line(actor: Actor, line_id: uuid.UUID, wanted: Act = LIST_PEOPLE) -> ServiceLine:
    """One line, or ``Refusal("not_found")``."""
    found = ServiceLine.objects.select_related("organisation", "place", "response").filter(pk=line_id).first()
    if found is None or not allows_on(actor, wanted, found):
        raise Refusal("not_found")
    return found


def people(actor: Actor, line: ServiceLine) -> QuerySet[Professional]:
    """The people of a line, without what is sealed."""
    if not allows_on(actor, LIST_PEOPLE, line):
        return Professional.objects.none()
    rows = Professional.objects.filter(line=line).defer("name", "contact", "licence_number", "record_key")
    return rows.select_related("group")


def get_person(actor: Actor, person_id: uuid.UUID, wanted: Act = LIST_PEOPLE) -> Professional:
    """One professional of a line of the actor's, or ``Refusal("not_found")``."""
    found = Professional.objects.select_related("line", "group", "call").filter(pk=person_id).first()
    if found is None or not allows_on(actor, wanted, found.line):
        raise Refusal("not_found")
    return found


def own_record(actor: Actor, line_id: uuid.UUID | None = None, wanted: Act = WORK_SHIFT) -> Professional:
    """The actor's own record, or ``Refusal("not_found")``."""
    from tongzhou.desks.professionals.selectors.shifts import own_professional

    found = own_professional(actor.account_id, line_id)
    if found is None or not allows_on(actor, wanted, found.line):
        raise Refusal("not_found")
    return found


def groups_of(actor: Actor, line: ServiceLine) -> QuerySet[SupervisionGroup]:
    """Supervision groups of a line with their size."""
    if not allows_on(actor, LIST_PEOPLE, line):
        return SupervisionGroup.objects.none()
    size = Count("members", filter=Q(members__state=PersonState.ACTIVE))
    return SupervisionGroup.objects.filter(line=line, closed_at=None).select_related("supervisor").annotate(size=size)


def call_of(line: ServiceLine) -> RecruitmentCall | None:
    """The call that is open, else the latest one."""
    calls = RecruitmentCall.objects.filter(line=line)
    return calls.filter(state=CallState.OPEN).first() or calls.first()


def get_call(code: str) -> RecruitmentCall:
    """A call by the code in its public address; anybody may read it. ``Refusal("not_found")`` for an invented one."""
    found = RecruitmentCall.objects.select_related("line__organisation", "line__place").filter(code=code).first()
    if found is None or found.line.closed_at is not None:
        raise Refusal("not_found")
    return found


def arrivals_known(line: ServiceLine, since: dt.datetime) -> dict[dt.datetime, tuple[int, bool]]:
    """Half hours from `since` on that are on record: their start (aware) > (contacts, counted by the platform)."""
    rows = ArrivalCount.objects.filter(line=line, start__gte=since)
    return {start: (calls, counted) for start, calls, counted in rows.values_list("start", "calls", "counted")}


def get_import(actor: Actor, import_id: uuid.UUID) -> PeopleImport:
    """A workbook that was brought in, or ``Refusal("not_found")``."""
    found = PeopleImport.objects.select_related("line").filter(pk=import_id).first()
    if found is None or not allows_on(actor, IMPORT_PEOPLE, found.line):
        raise Refusal("not_found")
    return found


def current_items(line_id: uuid.UUID) -> QuerySet[TrainingItem]:
    """What has to be acknowledged now."""
    return TrainingItem.objects.filter(line_id=line_id, withdrawn_at=None)


def unread_items(person: Professional, now: dt.datetime) -> list[TrainingItem]:
    """Current items the person has not acknowledged."""
    return unread_of([person], now)[person.pk]


def unread_of(people: Iterable[Professional], now: dt.datetime) -> dict[uuid.UUID, list[TrainingItem]]:
    """The same for many people of one line; two queries, and one for each guide somebody may have to read."""
    listed = list(people)
    items = list(current_items(listed[0].line_id).filter(published_at__lte=now)) if listed else []
    rows = Acknowledgement.objects.filter(professional__in=listed, item__in=items)
    said = set(rows.values_list("professional_id", "item_id"))
    return {
        one.pk: [
            item
            for item in items
            if not (guide_read(item.guide, one.account_id, now) if item.guide else (one.pk, item.pk) in said)
        ]
        for one in listed
    }


def rosters(actor: Actor, line: ServiceLine) -> QuerySet[Roster]:
    """Rosters of a line, the newest first."""
    return Roster.objects.filter(line=line) if allows_on(actor, LIST_ROSTERS, line) else Roster.objects.none()


def get_roster(actor: Actor, number: int, wanted: Act = LIST_ROSTERS) -> Roster:
    """One roster, or ``Refusal("not_found")``."""
    found = Roster.objects.select_related("line").filter(number=number).first()
    if found is None or not allows_on(actor, wanted, found.line):
        raise Refusal("not_found")
    return found
