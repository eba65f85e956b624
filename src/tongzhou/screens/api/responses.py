"""Responses."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.registers.responses import selectors, services
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.policies import CHANGE_RESPONSE, CLOSE_RESPONSE, OPEN_RESPONSE
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
    Closing,
    Page,
    ResponseIn,
    ResponseOut,
    ResponsePatch,
)

router = Router(tags=["responses"])


def shown(row: Response) -> dict[str, Any]:
    """A response as it goes out."""
    return {
        "id": row.pk, "version": row.version, "slug": row.slug, "name": row.name, "name_en": row.name_en,
        "area": row.area_id,
        "started_on": row.started_on, "ended_on": row.ended_on, "state": row.state, "is_exercise": row.is_exercise,
    }  # fmt: skip


@router.get("", response={200: Page[ResponseOut], **READING}, operation_id="list_responses")
@route(PUBLIC)
def list_responses(request: HttpRequest, page: Annotated[Cursor, Query()]) -> Any:
    """Every response; an exercise only for those who work here."""
    return page_of(selectors.responses(actor_of(request)), page, shown)


@router.get("/{uuid:id}", response={200: ResponseOut, **READING}, operation_id="read_response")
@route(PUBLIC)
def read_response(request: HttpRequest, id: uuid.UUID) -> Any:
    """One response."""
    return shown(one_of(selectors.responses(actor_of(request)), pk=id))


@router.post("", response={201: ResponseOut, **REFUSALS}, operation_id="create_response")
@route(OPEN_RESPONSE)
def create_response(request: HttpRequest, body: ResponseIn, key: Key = None) -> Any:
    """Open a response."""
    actor = actor_of(request)

    def effect() -> str:
        said = body.dict(exclude={"area"})
        return str(services.open_response(actor=actor, area=place_of(body.area), **said).pk)

    made = run_once(request, key, body, "response.create", effect)
    return Status(201, shown(Response.objects.get(pk=made)))


@router.patch("/{uuid:id}", response={200: ResponseOut, **REFUSALS}, operation_id="update_response")
@route(CHANGE_RESPONSE)
def update_response(request: HttpRequest, id: uuid.UUID, body: ResponsePatch) -> Any:
    """Correct a response."""
    actor = actor_of(request)
    row = one_of(selectors.responses(actor), pk=id)
    checked_version(row, body.version)
    said = {"name": row.name, "name_en": row.name_en, "description": row.description,
            "description_en": row.description_en, "area": row.area, "started_on": row.started_on,
            **given(body)}  # fmt: skip
    return shown(services.change_response(actor=actor, response=row, expect=body.version, **said))


@router.post("/{uuid:id}/close", response={200: ResponseOut, **REFUSALS}, operation_id="close_response")
@route(CLOSE_RESPONSE)
def close_response(request: HttpRequest, id: uuid.UUID, body: Closing) -> Any:
    """End a response; nothing is deleted."""
    actor = actor_of(request)
    row = one_of(selectors.responses(actor), pk=id)
    checked_version(row, body.version)
    return shown(
        services.close_response(
            actor=actor, response=row, expect=body.version, ended_on=body.ended_on, reason=body.reason
        )
    )
