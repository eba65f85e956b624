"""Needs: list, read, create, change by version, withdraw. No contact is ever in an answer."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import StringConstraints

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import CHANGE_NEED, CREATE_NEED, LIST_NEEDS, target_of
from tongzhou.chain.intake.types import Channel, NeedLine, SaidContact, SaidNeed, Spot
from tongzhou.flows.edit_need import edit_record, move_record
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, require, route, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.selectors import get_response
from tongzhou.screens.api.common import (
    Cursor,
    Key,
    actor_of,
    checked_version,
    given,
    narrowed,
    one_of,
    own_organisation,
    page_of,
    place_of,
    plain,
)
from tongzhou.screens.api.schemas import (
    READING,
    REFUSALS,
    CategoryKey,
    Line,
    Moment,
    NeedIn,
    NeedOut,
    NeedPatch,
    NeedState,
    Page,
    PlaceCode,
    Slug,
    Withdraw,
)

router = Router(tags=["needs"])


class NeedFilter(Cursor):
    """Which needs. `place` takes in everything below it; `updated_since` helps to keep a copy up to date."""

    response: Slug | None = None
    state: NeedState | None = None
    urgency: Annotated[str, StringConstraints(pattern="^[0-3]$")] | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None
    line: Line | None = None
    updated_since: Moment | None = None


def visible(actor: Actor) -> QuerySet[Need]:
    """Every need the actor may read."""
    return Need.objects.filter(scope(actor, LIST_NEEDS)).select_related("response")


def shown(row: Need) -> dict[str, Any]:
    """A need as it goes out."""
    return {
        "id": row.pk, "code": row.code, "version": row.version, "response": row.response.slug, "line": row.line,
        "place": row.place_id, "place_certain": row.place_certain, "organisation": row.organisation_id,
        "for_whom": row.for_whom, "requester": row.requester, "category": row.category_id, "item": row.item,
        "specification": row.specification, "quantity_asked": row.quantity_asked,
        "quantity_confirmed": row.quantity_confirmed, "quantity_planned": row.quantity_planned, "unit": row.unit,
        "urgency_said": row.urgency_said, "urgency": row.urgency, "needed_by": row.needed_by, "state": row.state,
        "state_reason": row.state_reason, "solved_by": row.solved_by, "verified_at": row.verified_at,
        "stale_at": row.stale_at, "expires_at": row.expires_at, "channel": row.channel, "synthetic": row.synthetic,
        "created_at": row.created_at, "updated_at": row.updated_at,
    }  # fmt: skip


@router.get("", response={200: Page[NeedOut], **READING}, operation_id="list_needs")
@route(LIST_NEEDS)
def list_needs(request: HttpRequest, page: Annotated[NeedFilter, Query()]) -> Any:
    """Needs, the newest first."""
    rows = narrowed(visible(actor_of(request)), page)
    return page_of(rows.filter(urgency=int(page.urgency)) if page.urgency else rows, page, shown)


@router.get("/{uuid:id}", response={200: NeedOut, **READING}, operation_id="read_need")
@route(LIST_NEEDS)
def read_need(request: HttpRequest, id: uuid.UUID) -> Any:
    """One need."""
    return shown(one_of(visible(actor_of(request)), pk=id))


def _said(body: NeedIn, actor: Actor) -> SaidNeed:
    if body.for_whom == "other" and not body.consent:
        raise Refusal("bad_fields", fields={"consent": "ask only for somebody who agrees"})
    return SaidNeed(
        for_whom=body.for_whom,
        lines=(
            NeedLine(item=body.item, quantity=body.quantity, unit=body.unit, specification=body.specification),
        ),
        contact=SaidContact(**body.contact.dict()),
        spot=Spot(place_of(body.place).code),
        requester=body.requester if body.for_whom == "facility" else "",
        organisation=own_organisation(actor),
        urgency_said=body.urgency_said,
        needed_by=body.needed_by,
        note=body.note,
        consent=body.consent,
        raw=plain(body.dict()),
    )  # fmt: skip


@router.post("", response={201: NeedOut, **REFUSALS}, operation_id="create_need")
@route(CREATE_NEED)
def create_need(request: HttpRequest, body: NeedIn, key: Key = None) -> Any:
    """Write a need down. The same `Idempotency-Key` (or `id`) again answers with the same need."""
    actor = actor_of(request)
    done = submit_need(
        actor=actor,
        response=get_response(actor, body.response),
        key=key or str(body.id or ids.new_id()),
        said=_said(body, actor),
        channel=Channel.API,
        now=clock.now(),
    )
    return Status(201, shown(Need.objects.select_related("response").get(pk=done.records[0])))


@router.patch("/{uuid:id}", response={200: NeedOut, **REFUSALS}, operation_id="update_need")
@route(CHANGE_NEED)
def update_need(request: HttpRequest, id: uuid.UUID, body: NeedPatch) -> Any:
    """Change what is given, if the need still has `version`."""
    actor = actor_of(request)
    row = one_of(visible(actor), pk=id)
    require(actor, CHANGE_NEED, **target_of(row))
    checked_version(row, body.version)
    said = given(body, "place")
    if body.place:
        said["place"] = place_of(body.place)
    return shown(edit_record(actor=actor, record=row, expect=body.version, **said))


@router.post("/{uuid:id}/withdraw", response={200: NeedOut, **REFUSALS}, operation_id="withdraw_need")
@route(CHANGE_NEED)
def withdraw_need(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Withdraw a need; it leaves every public list at once and stays in the history."""
    actor = actor_of(request)
    row = one_of(visible(actor), pk=id)
    require(actor, CHANGE_NEED, **target_of(row))
    checked_version(row, body.version)
    return shown(move_record(actor=actor, record=row, expect=body.version, state="withdrawn", reason=body.reason))
