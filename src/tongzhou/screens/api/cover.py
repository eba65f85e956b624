"""Cover: list, write down, end, withdraw."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from tongzhou.flows.reading import organisation_named
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, require, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.cover import selectors, services
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.policies import LIST_COVER, WRITE_COVER, target_of
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.selectors import under
from tongzhou.registers.responses.selectors import get_response
from tongzhou.screens.api.common import (
    Cursor,
    Key,
    actor_of,
    checked_version,
    one_of,
    page_of,
    place_of,
    run_once,
)
from tongzhou.screens.api.schemas import READING, REFUSALS, CategoryKey, Day, Page, PlaceCode, Slug, Withdraw
from tongzhou.screens.api.schemas_cover import CoverEnd, CoverIn, CoverOut

router = Router(tags=["cover"])


class CoverFilter(Cursor):
    """Which cover. `place` takes in everything below it; `on`: what counts on that day only."""

    response: Slug | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None
    on: Day | None = None


def visible(actor: Actor) -> QuerySet[Cover]:
    """Every row the actor may read."""
    return selectors.covers(actor).select_related("response")


def shown(row: Cover) -> dict[str, Any]:
    """A row as it goes out."""
    return {
        "id": row.pk, "version": row.version, "response": row.response.slug, "place": row.place_id,
        "category": row.category_id, "line": row.line, "by": row.by, "by_name": row.by_name,
        "organisation": row.organisation_id, "quantity": row.quantity, "starts_on": row.starts_on,
        "ends_on": row.ends_on, "source": row.source, "withdrawn_at": row.withdrawn_at, "updated_at": row.updated_at,
    }  # fmt: skip


@router.get("", response={200: Page[CoverOut], **READING}, operation_id="list_cover")
@route(LIST_COVER)
def list_cover(request: HttpRequest, page: Annotated[CoverFilter, Query()]) -> Any:
    """Cover of the own line and area, the newest first."""
    rows = visible(actor_of(request))
    for column, value in (("response__slug", page.response), ("category_id", page.category)):
        if value is not None:
            rows = rows.filter(**{column: value})
    if page.place:
        rows = rows.filter(under("place_id", page.place))
    return page_of(rows.filter(selectors.counts_on(page.on)) if page.on else rows, page, shown)


@router.post("", response={201: CoverOut, **REFUSALS}, operation_id="create_cover")
@route(WRITE_COVER)
def create_cover(request: HttpRequest, body: CoverIn, key: Key = None) -> Any:
    """Write down what somebody covers; the next plan takes it off."""
    actor = actor_of(request)

    def effect() -> str:
        category = Category.objects.filter(key=body.category).first()
        if category is None:
            raise Refusal("bad_fields", fields={"category": f"no category has the key {body.category}"})
        named = organisation_named(body.by_name)
        said = body.dict(exclude={"response", "place", "category"})
        row = services.add_cover(
            actor=actor, response=get_response(actor, body.response), place=place_of(body.place), category=category,
            organisation=Organisation.objects.get(pk=named) if named else None, now=clock.now(), **said,
        )  # fmt: skip
        return str(row.pk)

    made = run_once(request, key, body, "cover.create", effect)
    return Status(201, shown(Cover.objects.select_related("response").get(pk=made)))


@router.post("/{uuid:id}/end", response={200: CoverOut, **REFUSALS}, operation_id="end_cover")
@route(WRITE_COVER)
def end_cover(request: HttpRequest, id: uuid.UUID, body: CoverEnd) -> Any:
    """Say its last day; what it counted for until then stays."""
    actor = actor_of(request)
    row = one_of(visible(actor), pk=id)
    require(actor, WRITE_COVER, **target_of(row))
    checked_version(row, body.version)
    return shown(
        services.end_cover(
            actor=actor, cover=row, ends_on=body.ends_on, reason=body.reason, now=clock.now(), expect=body.version
        )
    )


@router.post("/{uuid:id}/withdraw", response={200: CoverOut, **REFUSALS}, operation_id="withdraw_cover")
@route(WRITE_COVER)
def withdraw_cover(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Take it back; the row and its history stay."""
    actor = actor_of(request)
    row = one_of(visible(actor), pk=id)
    require(actor, WRITE_COVER, **target_of(row))
    checked_version(row, body.version)
    return shown(
        services.withdraw_cover(actor=actor, cover=row, reason=body.reason, now=clock.now(), expect=body.version)
    )
