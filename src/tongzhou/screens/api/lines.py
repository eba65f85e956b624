"""The line as everybody may know it, its figures, and what its own people may list. Nothing that was said."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from ninja import Query, Router, Schema

from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import COUNT_CALLS, LIST_CONTACTS, READ_FIGURES
from tongzhou.desks.hotline.selectors.listed import calls_waiting, listed_contacts
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_read import doors, heard_by_caller, lines_of
from tongzhou.flows.line_figures import Cross, lines_with_figures, month_of, shown_figures
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import PUBLIC, Act, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.api.common import Cursor, actor_of, page_of
from tongzhou.screens.api.schemas import READING, Page
from tongzhou.screens.api.schemas_line import CallsOut, FiguresOut, LineContactOut, LineNowOut, Month, ServiceLineOut

router = Router(tags=["line"])

#: Ages of waiting calls in one answer.
MOST_AGES = 200


class MonthFilter(Schema):
    """Which month; without one the present one, so far."""

    month: Month | None = None


def shown(row: ServiceLine, now: dt.datetime) -> dict[str, Any]:
    """A line as it goes out."""
    return {
        "id": row.pk, "name": row.name, "name_en": row.name_en, "response": row.response.slug,
        "organisation": row.organisation_id, "organisation_name": row.organisation.name, "place": row.place_id,
        "languages": row.languages, "hours": row.hours, "time_zone": row.time_zone, "is_open": row.is_open(now),
    }  # fmt: skip


def _one(lines: list[ServiceLine], line_id: uuid.UUID) -> ServiceLine:
    found = next((one for one in lines if one.pk == line_id), None)
    if found is None:
        raise Refusal("not_found")
    return found


def _own(actor: Actor, wanted: Act, line_id: uuid.UUID) -> ServiceLine:
    """A line the actor works on, or the actor's grants reach; ``not_found``."""
    return _one(lines_of(actor, wanted), line_id)


@router.get("", response={200: Page[ServiceLineOut], **READING}, operation_id="list_lines")
@route(PUBLIC)
def list_lines(request: HttpRequest) -> Any:
    """Lines that exist, the oldest first; the whole list comes in one page."""
    lines, now = doors(actor_of(request)), clock.now()
    prefetch_related_objects(lines, "organisation")
    return {"items": [shown(row, now) for row in lines], "next": None}


@router.get("/{uuid:line_id}", response={200: LineNowOut, **READING}, operation_id="read_line")
@route(PUBLIC)
def read_line(request: HttpRequest, line_id: uuid.UUID) -> Any:
    """One line, with how many wait and about how long: what its own door says."""
    line, now = _one(doors(actor_of(request)), line_id), clock.now()
    seen, minutes = heard_by_caller(line.pk, now)
    said = {"waiting": len(seen.queue), "somebody_sits": seen.open_seats > 0, "minutes": minutes}
    return shown(line, now) | said


def _cross(group: Cross, stage: Cross) -> list[dict[str, Any]]:
    return [
        {
            "topic": topic, "total": group.totals[topic],
            "groups": {value: group.cells[topic, value] for value, _label in group.columns},
            "stages": {value: stage.cells[topic, value] for value, _label in stage.columns},
        }
        for topic, _label in group.topics
    ]  # fmt: skip


@router.get("/{uuid:line_id}/figures", response={200: FiguresOut, **READING}, operation_id="read_line_figures")
@route(READ_FIGURES)
def read_line_figures(request: HttpRequest, line_id: uuid.UUID, wanted: Annotated[MonthFilter, Query()]) -> Any:
    """A month of a line, arrivals by half hour of the day among them; few are hidden as on its page."""
    line, at = _one(lines_with_figures(actor_of(request)), line_id), clock.now()
    if wanted.month:
        at = dt.datetime(int(wanted.month[:4]), int(wanted.month[5:]), 1, 12, tzinfo=line.zone)
    found = shown_figures(line, at)
    return {
        "line": line.pk, "month": f"{month_of(at, line)[0]:%Y-%m}", "counts": found.counts,
        "service_percent": found.service_percent,
        "waits": dict(zip(("median", "p90"), found.waits, strict=True)),
        "lengths": dict(zip(("median", "p90"), found.lengths, strict=True)),
        "half_hours": [{"starts": starts, "arrivals": count} for starts, count in found.day],
        "topics": _cross(found.by_group, found.by_stage),
    }  # fmt: skip


def _shown_contact(row: Contact, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    parts = {row.joined_id: "joined", row.supervisor_id: "supervisor", row.counsellor_id: "counsellor"}
    waited = (row.answered_at or row.ended_at or now) - row.arrived_at
    return {
        "id": row.pk, "version": row.version, "line": row.line_id, "channel": row.channel, "state": row.state,
        "part": parts[actor.account_id], "topic": row.topic, "skill": row.skill, "call_type": row.call_type,
        "waited_seconds": int(waited.total_seconds()), "arrived_at": row.arrived_at, "answered_at": row.answered_at,
        "ended_at": row.ended_at, "done_at": row.done_at,
    }  # fmt: skip


@router.get(
    "/{uuid:line_id}/contacts", response={200: Page[LineContactOut], **READING}, operation_id="list_line_contacts"
)
@route(LIST_CONTACTS)
def list_line_contacts(request: HttpRequest, line_id: uuid.UUID, page: Annotated[Cursor, Query()]) -> Any:
    """Contacts in your hands or your people's: open, or over for less than a day. State, kind and times; logged."""
    actor, now = actor_of(request), clock.now()
    line = _own(actor, LIST_CONTACTS, line_id)
    found = page_of(listed_contacts(actor, line.pk, now), page, lambda row: _shown_contact(row, actor, now))
    if found["items"]:
        audit.looked(actor=actor, act=LIST_CONTACTS, obj=line, fields=["contacts"])
    return found


@router.get("/{uuid:line_id}/callbacks", response={200: CallsOut, **READING}, operation_id="count_line_callbacks")
@route(COUNT_CALLS)
def count_line_callbacks(request: HttpRequest, line_id: uuid.UUID) -> Any:
    """How many people wait to be called, and how long they have waited."""
    actor, now = actor_of(request), clock.now()
    line = _own(actor, COUNT_CALLS, line_id)
    found = calls_waiting(actor, line.pk, now)
    ages = [max(0, int((now - asked).total_seconds() // 60)) for asked in found.asked_at[:MOST_AGES]]
    return {
        "line": line.pk, "open": found.open, "due": found.due, "in_hand": found.in_hand,
        "oldest_asked_at": next(iter(found.asked_at), None), "waiting_minutes": ages,
    }  # fmt: skip
