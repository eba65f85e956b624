"""What a call found, appended to the record's checks, and what it makes of the record (the flow writes that)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.amounts import in_base_units
from tongzhou.chain.intake.services.submit import lifetimes
from tongzhou.chain.intake.types import NeedState, OfferState, Urgency
from tongzhou.chain.triage.models import Check
from tongzhou.chain.triage.selectors.locks import kind_of
from tongzhou.chain.triage.selectors.written import SCRIPT_EDITION
from tongzhou.chain.triage.services.quantities import planned_for
from tongzhou.chain.triage.types import CLOSING, Outcome, Verdict
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective

__all__ = ["append", "mark_undone", "need_fields", "offer_fields"]

_NEED_ENDS = {
    Outcome.SOLVED: NeedState.SOLVED, Outcome.FALSE: NeedState.REFUSED, Outcome.WITHDRAWN: NeedState.WITHDRAWN,
}  # fmt: skip
_OFFER_ENDS = {
    Outcome.SOLVED: OfferState.USED_UP, Outcome.FALSE: OfferState.REFUSED, Outcome.WITHDRAWN: OfferState.WITHDRAWN,
}  # fmt: skip


def append(
    *, actor: Actor, record: Need | Offer, verdict: Verdict, act: Act, group: uuid.UUID, now: dt.datetime
) -> Check:
    """Add one check. Nothing ever changes an earlier one."""
    if actor.account_id is None:
        raise Refusal("not_found")
    check = Check(
        **{kind_of(record): record}, by_id=actor.account_id, by_name=actor.name[:100], outcome=verdict.outcome,
        quantity_confirmed=verdict.quantity, urgency=verdict.urgency, place_id=verdict.place or None,
        category_id=verdict.category or None, note=verdict.note[:500], script=SCRIPT_EDITION, group=group,
        created_at=now,
    )  # fmt: skip
    return changes.create(check, actor=actor, act=act, group=group)


def mark_undone(*, actor: Actor, check: Check, act: Act, now: dt.datetime) -> Check:
    """Mark a check as taken back; it stays where it is."""
    return changes.apply(check, actor=actor, act=act, undone_at=now, undone_by=actor.name[:100])


def need_fields(need: Need, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    """What the outcome makes of a need: columns and values."""
    if verdict.outcome == Outcome.UNREACHABLE:
        # A need verified before stays verified until it expires; a new one waits for the next call.
        return {} if need.state == NeedState.VERIFIED else {"state": NeedState.WAITING}
    if verdict.outcome in CLOSING:
        fields: dict[str, Any] = {"state": _NEED_ENDS[Outcome(verdict.outcome)], "state_reason": verdict.note[:300]}
        return fields | ({"solved_by": verdict.solved_by} if verdict.outcome == Outcome.SOLVED else {})
    return _verified_need(need, verdict, now)


def _verified_need(need: Need, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    category = _category(verdict.category or need.category_id, need.response_id)
    urgency = verdict.urgency if verdict.urgency is not None else need.urgency
    order = urgency if urgency is not None else need.urgency_order
    stale_at, expires_at = lifetimes(category, Urgency(order), now)
    amounts = _amounts(need, verdict, category)
    after = Need(for_whom=need.for_whom, **amounts)
    planned = planned_for(after, category)
    return amounts | _placed(need, verdict, category) | {
        "state": NeedState.VERIFIED, "state_reason": "", "verified_at": now, "stale_at": stale_at,
        "expires_at": expires_at, "urgency": urgency, "urgency_order": order,
        "quantity_planned": planned.quantity, "quantity_flag": planned.flag,
    }  # fmt: skip


def _amounts(need: Need, verdict: Verdict, category: Effective | None) -> dict[str, Any]:
    """Asked, confirmed, unit and flag, all in the base unit of the confirmed category where that is possible."""
    confirmed = verdict.quantity if verdict.quantity is not None else need.quantity_confirmed
    found = {
        "quantity_confirmed": confirmed, "quantity_asked": need.quantity_asked, "unit": need.unit,
        "quantity_flag": need.quantity_flag,
    }  # fmt: skip
    if category is None or need.unit == category.unit:
        return found
    asked, unit, flag = in_base_units(need.quantity_asked, need.unit, category)
    if not flag:
        return found | {"quantity_asked": asked, "unit": unit, "quantity_flag": ""}
    if verdict.quantity is None:
        return found | {"quantity_confirmed": None, "quantity_flag": flag}
    # What was asked counts something else: it stays in the raw form and in the history, not beside the new unit.
    return found | {"quantity_asked": None, "unit": category.unit, "quantity_flag": ""}


def _placed(need: Need | Offer, verdict: Verdict, category: Effective | None) -> dict[str, Any]:
    """The confirmed place and category."""
    fields: dict[str, Any] = {}
    if verdict.place:
        fields |= {"place_id": verdict.place, "place_certain": True}
        if verdict.place != need.place_id:
            fields["site_id"] = None  # the compound belonged to the place written before
    if verdict.category and category is not None and category.key != need.category_id:
        fields |= {"category_id": category.key, "line": category.line}
    return fields


def _category(key: str | None, response_id: uuid.UUID) -> Effective | None:
    return catalogue.category(key, response_id) if key else None


def offer_fields(offer: Offer, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    """What the outcome makes of an offer: columns and values."""
    if verdict.outcome == Outcome.UNREACHABLE:
        return {} if offer.state == OfferState.VERIFIED else {"state": OfferState.WAITING}
    if verdict.outcome in CLOSING:
        return {"state": _OFFER_ENDS[Outcome(verdict.outcome)], "state_reason": verdict.note[:300]}
    category = _category(verdict.category or offer.category_id, offer.response_id)
    quantity = verdict.quantity if verdict.quantity is not None else offer.quantity_confirmed
    unit = {"unit": category.unit} if category is not None and verdict.quantity is not None else {}
    return unit | _placed(offer, verdict, category) | {
        "state": OfferState.VERIFIED, "state_reason": "", "verified_at": now, "quantity_confirmed": quantity,
        "stale_at": lifetimes(category, Urgency.ROUTINE, now)[0],
    }  # fmt: skip
