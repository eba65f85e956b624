"""Organisations and their present standing; papers are verified by a person on the desk."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import StringConstraints

from tongzhou.kernel.access import route
from tongzhou.registers.organisations import selectors
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.policies import (
    ADD_ORGANISATION,
    CHANGE_ORGANISATION,
    LIST_ORGANISATIONS,
)
from tongzhou.registers.organisations.services import records
from tongzhou.screens.api.common import (
    Cursor,
    Key,
    actor_of,
    checked_version,
    given,
    one_of,
    page_of,
    place_of,
    run_once,
)
from tongzhou.screens.api.schemas import (
    READING,
    REFUSALS,
    OrganisationIn,
    OrganisationKind,
    OrganisationOut,
    OrganisationPatch,
    Page,
    PlaceCode,
    Withdraw,
)

router = Router(tags=["organisations"])


class OrganisationFilter(Cursor):
    """Which organisations."""

    q: Annotated[str, StringConstraints(max_length=60)] = ""
    kind: OrganisationKind | None = None
    place: PlaceCode | None = None


def shown(row: Any) -> dict[str, Any]:
    """An organisation as it goes out; `row` carries its standing (`selectors.with_standing`)."""
    return {
        "id": row.pk, "version": row.version, "name": row.name, "short_name": row.short_name, "kind": row.kind,
        "is_charity": row.is_charity, "credit_code": row.credit_code, "place": row.place_id,
        "standing": getattr(row, "standing", "") or selectors.standing_at(row.pk),
        "website": row.website,
    }  # fmt: skip


@router.get("", response={200: Page[OrganisationOut], **READING}, operation_id="list_organisations")
@route(LIST_ORGANISATIONS)
def list_organisations(request: HttpRequest, page: Annotated[OrganisationFilter, Query()]) -> Any:
    """Organisations, the newest first."""
    rows = selectors.organisations(actor_of(request), text=page.q, kind=page.kind or "", place=page.place or "")
    return page_of(rows, page, shown)


@router.get("/{uuid:id}", response={200: OrganisationOut, **READING}, operation_id="read_organisation")
@route(LIST_ORGANISATIONS)
def read_organisation(request: HttpRequest, id: uuid.UUID) -> Any:
    """One organisation."""
    return shown(selectors.get_organisation(actor_of(request), id))


@router.post("", response={201: OrganisationOut, **REFUSALS}, operation_id="create_organisation")
@route(ADD_ORGANISATION)
def create_organisation(request: HttpRequest, body: OrganisationIn, key: Key = None) -> Any:
    """Record an organisation."""
    actor = actor_of(request)

    def effect() -> str:
        said = body.dict(exclude={"place"})
        return str(records.add_organisation(actor=actor, place=place_of(body.place), **said).pk)

    made = run_once(request, key, body, "organisation.create", effect)
    return Status(201, shown(one_of(Organisation.objects.all(), pk=made)))


@router.patch("/{uuid:id}", response={200: OrganisationOut, **REFUSALS}, operation_id="update_organisation")
@route(CHANGE_ORGANISATION)
def update_organisation(request: HttpRequest, id: uuid.UUID, body: OrganisationPatch) -> Any:
    """Correct an organisation."""
    actor = actor_of(request)
    row = selectors.get_organisation(actor, id)
    checked_version(row, body.version)
    said = given(body, "place")
    if body.place:
        said["place"] = place_of(body.place)
    return shown(records.change_organisation(actor=actor, organisation=row, expect=body.version, **said))


@router.post("/{uuid:id}/withdraw", response={200: OrganisationOut, **REFUSALS}, operation_id="withdraw_organisation")
@route(CHANGE_ORGANISATION)
def withdraw_organisation(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Take an organisation off the register; its history stays."""
    actor = actor_of(request)
    row = selectors.get_organisation(actor, id)
    checked_version(row, body.version)
    return shown(records.withdraw_organisation(actor=actor, organisation=row, expect=body.version, reason=body.reason))
