"""Offers and leads: list, read, create, change by version, withdraw. No contact is ever in an answer."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from tongzhou.chain.intake.models import Lead, Offer
from tongzhou.chain.intake.policies import (
    CHANGE_LEAD,
    CHANGE_OFFER,
    CREATE_LEAD,
    CREATE_OFFER,
    LIST_LEADS,
    LIST_OFFERS,
    target_of,
)
from tongzhou.chain.intake.types import Channel, OfferLine, SaidContact, SaidOffer, Spot
from tongzhou.flows.add_lead import add_lead
from tongzhou.flows.edit_need import edit_record, move_record
from tongzhou.flows.submit_offer import submit_offer
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
    run_once,
)
from tongzhou.screens.api.schemas import (
    READING,
    REFUSALS,
    CategoryKey,
    LeadIn,
    LeadOut,
    LeadPatch,
    LeadState,
    Line,
    Moment,
    OfferIn,
    OfferOut,
    OfferPatch,
    OfferState,
    Page,
    PlaceCode,
    Slug,
    Withdraw,
)

router = Router(tags=["offers"])
leads = Router(tags=["leads"])


class _Filter(Cursor):
    response: Slug | None = None
    place: PlaceCode | None = None
    category: CategoryKey | None = None
    line: Line | None = None
    updated_since: Moment | None = None


class OfferFilter(_Filter):
    """Which offers. `place` takes in everything below it."""

    state: OfferState | None = None


class LeadFilter(_Filter):
    """Which leads. `place` takes in everything below it."""

    state: LeadState | None = None


def visible_offers(actor: Actor) -> QuerySet[Offer]:
    """Every offer the actor may read."""
    return Offer.objects.filter(scope(actor, LIST_OFFERS)).select_related("response")


def visible_leads(actor: Actor) -> QuerySet[Lead]:
    """Every lead the actor may read."""
    return Lead.objects.filter(scope(actor, LIST_LEADS)).select_related("response")


def shown_offer(row: Offer) -> dict[str, Any]:
    """An offer as it goes out."""
    return {
        "id": row.pk, "code": row.code, "version": row.version, "response": row.response.slug, "line": row.line,
        "place": row.place_id, "place_certain": row.place_certain, "organisation": row.organisation_id,
        "giver": row.giver, "category": row.category_id, "item": row.item, "specification": row.specification,
        "standard": row.standard, "quantity": row.quantity, "quantity_confirmed": row.quantity_confirmed,
        "unit": row.unit, "may_go": row.may_go, "remote": row.remote, "available_from": row.available_from,
        "available_until": row.available_until, "goods_expire_on": row.goods_expire_on, "earmark": row.earmark,
        "state": row.state, "state_reason": row.state_reason, "verified_at": row.verified_at, "channel": row.channel,
        "synthetic": row.synthetic, "created_at": row.created_at, "updated_at": row.updated_at,
    }  # fmt: skip


def shown_lead(row: Lead) -> dict[str, Any]:
    """A lead as it goes out."""
    return {
        "id": row.pk, "code": row.code, "version": row.version, "response": row.response.slug, "line": row.line,
        "place": row.place_id, "source_name": row.source_name, "category": row.category_id, "item": row.item,
        "quantity": row.quantity, "unit": row.unit, "state": row.state, "state_reason": row.state_reason,
        "called_at": row.called_at, "synthetic": row.synthetic, "created_at": row.created_at,
        "updated_at": row.updated_at,
    }  # fmt: skip


@router.get("", response={200: Page[OfferOut], **READING}, operation_id="list_offers")
@route(LIST_OFFERS)
def list_offers(request: HttpRequest, page: Annotated[OfferFilter, Query()]) -> Any:
    """Offers, the newest first."""
    return page_of(narrowed(visible_offers(actor_of(request)), page), page, shown_offer)


@router.get("/{uuid:id}", response={200: OfferOut, **READING}, operation_id="read_offer")
@route(LIST_OFFERS)
def read_offer(request: HttpRequest, id: uuid.UUID) -> Any:
    """One offer."""
    return shown_offer(one_of(visible_offers(actor_of(request)), pk=id))


def _said(body: OfferIn, actor: Actor) -> SaidOffer:
    if body.available_from and body.available_until and body.available_until < body.available_from:
        raise Refusal("bad_fields", fields={"available_until": "before available_from"})
    line = OfferLine(
        item=body.item, quantity=body.quantity, unit=body.unit, specification=body.specification,
        standard=body.standard, goods_expire_on=body.goods_expire_on, remote=body.remote,
    )  # fmt: skip
    return SaidOffer(
        lines=(line,), contact=SaidContact(**body.contact.dict()), spot=Spot(place_of(body.place).code),
        giver=body.giver, organisation=own_organisation(actor), may_go=tuple(body.may_go),
        available_from=body.available_from, available_until=body.available_until, earmark=body.earmark,
        note=body.note, raw=plain(body.dict()),
    )  # fmt: skip


@router.post("", response={201: OfferOut, **REFUSALS}, operation_id="create_offer")
@route(CREATE_OFFER)
def create_offer(request: HttpRequest, body: OfferIn, key: Key = None) -> Any:
    """Write an offer down. The same `Idempotency-Key` (or `id`) again answers with the same offer."""
    actor = actor_of(request)
    done = submit_offer(
        actor=actor,
        response=get_response(actor, body.response),
        key=key or str(body.id or ids.new_id()),
        said=_said(body, actor),
        channel=Channel.API,
        now=clock.now(),
    )
    return Status(201, shown_offer(Offer.objects.select_related("response").get(pk=done.records[0])))


@router.patch("/{uuid:id}", response={200: OfferOut, **REFUSALS}, operation_id="update_offer")
@route(CHANGE_OFFER)
def update_offer(request: HttpRequest, id: uuid.UUID, body: OfferPatch) -> Any:
    """Change what is given, if the offer still has `version`."""
    return shown_offer(_updated(actor_of(request), visible_offers, CHANGE_OFFER, id, body))


@router.post("/{uuid:id}/withdraw", response={200: OfferOut, **REFUSALS}, operation_id="withdraw_offer")
@route(CHANGE_OFFER)
def withdraw_offer(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Withdraw an offer; nothing is deleted."""
    return shown_offer(_moved(actor_of(request), visible_offers, CHANGE_OFFER, id, body, "withdrawn"))


@leads.get("", response={200: Page[LeadOut], **READING}, operation_id="list_leads")
@route(LIST_LEADS)
def list_leads(request: HttpRequest, page: Annotated[LeadFilter, Query()]) -> Any:
    """Leads, the newest first."""
    return page_of(narrowed(visible_leads(actor_of(request)), page), page, shown_lead)


@leads.get("/{uuid:id}", response={200: LeadOut, **READING}, operation_id="read_lead")
@route(LIST_LEADS)
def read_lead(request: HttpRequest, id: uuid.UUID) -> Any:
    """One lead."""
    return shown_lead(one_of(visible_leads(actor_of(request)), pk=id))


@leads.post("", response={201: LeadOut, **REFUSALS}, operation_id="create_lead")
@route(CREATE_LEAD)
def create_lead(request: HttpRequest, body: LeadIn, key: Key = None) -> Any:
    """Note a lead."""
    actor = actor_of(request)

    def effect() -> str:
        said = body.dict(exclude={"response", "place"})
        place, response = place_of(body.place), get_response(actor, body.response)
        return str(add_lead(actor=actor, response=response, place=place, channel=Channel.API, **said).pk)

    made = run_once(request, key, body, "lead.create", effect)
    return Status(201, shown_lead(Lead.objects.select_related("response").get(pk=made)))


@leads.patch("/{uuid:id}", response={200: LeadOut, **REFUSALS}, operation_id="update_lead")
@route(CHANGE_LEAD)
def update_lead(request: HttpRequest, id: uuid.UUID, body: LeadPatch) -> Any:
    """Change what is given, if the lead still has `version`."""
    return shown_lead(_updated(actor_of(request), visible_leads, CHANGE_LEAD, id, body))


@leads.post("/{uuid:id}/withdraw", response={200: LeadOut, **REFUSALS}, operation_id="withdraw_lead")
@route(CHANGE_LEAD)
def withdraw_lead(request: HttpRequest, id: uuid.UUID, body: Withdraw) -> Any:
    """Drop a lead; nothing is deleted."""
    return shown_lead(_moved(actor_of(request), visible_leads, CHANGE_LEAD, id, body, "dropped"))


def _updated(actor: Actor, visible: Any, act: Any, id: uuid.UUID, body: Any) -> Any:
    row = one_of(visible(actor), pk=id)
    require(actor, act, **target_of(row))
    checked_version(row, body.version)
    said = given(body, "place")
    if body.place:
        said["place"] = place_of(body.place)
    return edit_record(actor=actor, record=row, expect=body.version, **said)


def _moved(actor: Actor, visible: Any, act: Any, id: uuid.UUID, body: Withdraw, state: str) -> Any:
    row = one_of(visible(actor), pk=id)
    require(actor, act, **target_of(row))
    checked_version(row, body.version)
    return move_record(actor=actor, record=row, expect=body.version, state=state, reason=body.reason)
