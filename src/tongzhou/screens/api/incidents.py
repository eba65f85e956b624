"""What went wrong: list, read, report, handle. What was said is sealed and never goes out here."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.policies import HANDLE_INCIDENT, LIST_INCIDENTS, REPORT_INCIDENT
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.flows import report_incident
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, require, route, scope
from tongzhou.screens.api.common import Cursor, Key, actor_of, checked_version, movement_key, one_of, page_of, run_once
from tongzhou.screens.api.schemas import READING, REFUSALS, Page, Slug
from tongzhou.screens.api.way_schemas import HandleIn, IncidentIn, IncidentOut, IncidentState

router = Router(tags=["incidents"])


class IncidentFilter(Cursor):
    """Which reports."""

    response: Slug | None = None
    state: IncidentState | None = None
    assignment: uuid.UUID | None = None


def visible(actor: Actor) -> QuerySet[IncidentReport]:
    """Every report the actor may read about."""
    rows = IncidentReport.objects.filter(scope(actor, LIST_INCIDENTS, organisation=""))
    return rows.select_related("response").defer("text")


def shown(row: IncidentReport) -> dict[str, Any]:
    """A report as it goes out, without its words."""
    return {
        "id": row.pk, "version": row.version, "response": row.response.slug, "assignment": row.assignment_id,
        "line": row.line, "place": row.place_id, "kind": row.kind, "state": row.state, "outcome": row.outcome,
        "handled_at": row.handled_at, "created_at": row.created_at, "updated_at": row.updated_at,
    }  # fmt: skip


@router.get("", response={200: Page[IncidentOut], **READING}, operation_id="list_incidents")
@route(LIST_INCIDENTS)
def list_incidents(request: HttpRequest, page: Annotated[IncidentFilter, Query()]) -> Any:
    """Reports, the newest first."""
    rows = visible(actor_of(request))
    for column, value in (
        ("response__slug", page.response), ("state", page.state), ("assignment_id", page.assignment)
    ):  # fmt: skip
        rows = rows.filter(**{column: value}) if value is not None else rows
    return page_of(rows, page, shown)


@router.get("/{uuid:id}", response={200: IncidentOut, **READING}, operation_id="read_incident")
@route(LIST_INCIDENTS)
def read_incident(request: HttpRequest, id: uuid.UUID) -> Any:
    """One report."""
    return shown(one_of(visible(actor_of(request)), pk=id))


@router.post("", response={201: IncidentOut, **REFUSALS}, operation_id="create_incident")
@route(REPORT_INCIDENT)
def create_incident(request: HttpRequest, body: IncidentIn, key: Key = None) -> Any:
    """Report that something went wrong with an assignment that is yours or lies in your area."""
    actor = actor_of(request)
    one = one_of(Assignment.objects.select_related("need__submission", "offer__submission"), pk=body.assignment)
    report_incident.require_right(actor, one)

    def effect() -> str:
        made = report_incident.report(
            actor=actor, assignment=one, kind=body.kind, text=body.text, key=movement_key(actor, key), now=clock.now()
        )
        return str(made.pk)

    made = run_once(request, key, body, "incident.create", effect)
    return Status(201, shown(one_of(IncidentReport.objects.select_related("response").filter(assignment=one), pk=made)))


@router.post("/{uuid:id}/handle", response={200: IncidentOut, **REFUSALS}, operation_id="handle_incident")
@route(HANDLE_INCIDENT)
def handle_incident(request: HttpRequest, id: uuid.UUID, body: HandleIn, key: Key = None) -> Any:
    """Write down what was done about it."""
    actor = actor_of(request)
    row = one_of(visible(actor), pk=id)
    require(actor, HANDLE_INCIDENT, line=row.line, area=row.place_id, response=row.response_id)

    def effect() -> str:
        checked_version(row, body.version)
        return str(report_incident.handle(actor=actor, incident=row, outcome=body.outcome, now=clock.now()).pk)

    run_once(request, key, body, f"incident.handle:{row.pk}", effect)
    return shown(one_of(visible(actor), pk=row.pk))
