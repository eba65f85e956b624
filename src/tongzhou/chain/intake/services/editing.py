"""Changes made at the desk: edits, closing and opening again. What verification finds is triage's to write.

Every change goes through `kernel.changes` with the version the editor saw, and can be taken back. The actor must be
allowed where the record stands now and where the change would put it.
"""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import CHANGE_LEAD, CHANGE_NEED, CHANGE_OFFER, target_of
from tongzhou.chain.intake.services.amounts import plausibility
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.services.submit import masked, urgency_order
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, LeadState, NeedState, OfferState
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor, allows, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.selectors import categories

__all__ = ["EDITABLE", "change_act", "edit", "move_state", "moves", "refresh_search"]

R = TypeVar("R", Need, Offer, Lead)

#: What the desk may set. Confirmed quantities, checks and merging belong to verification.
EDITABLE: dict[type[Any], frozenset[str]] = {
    Need: frozenset(
        {
            "item",
            "specification",
            "category",
            "quantity_asked",
            "quantity_planned",
            "unit",
            "urgency",
            "place",
            "requester",
            "needed_by",
            "note",
            "vulnerability",
            "days_left",
            "prescription",
        }
    ),
    Offer: frozenset(
        {
            "item",
            "specification",
            "standard",
            "category",
            "quantity",
            "unit",
            "place",
            "giver",
            "may_go",
            "remote",
            "available_from",
            "available_until",
            "goods_expire_on",
            "can_deliver",
            "earmark",
            "note",
        }
    ),
    Lead: frozenset(
        {
            "source_name",
            "item",
            "category",
            "quantity",
            "unit",
            "place",
            "note",
            "source_link",
            "called_at",
        }
    ),
}

#: Texts in which somebody may have typed a phone number.
_FREE_TEXT = ("item", "specification", "note", "earmark")
_ACTS: dict[type[Any], Act] = {Need: CHANGE_NEED, Offer: CHANGE_OFFER, Lead: CHANGE_LEAD}


def change_act(record: Need | Offer | Lead) -> Act:
    """The act of changing a record of this kind."""
    return _ACTS[type(record)]


def moves(record: Need | Offer | Lead) -> tuple[str, ...]:
    """The states the desk may put it into from where it stands; verifying, refusing and merging are not among them."""
    if isinstance(record, Need):
        if record.state in OPEN_NEEDS:
            return (NeedState.SOLVED, NeedState.WITHDRAWN, NeedState.EXPIRED)
        return () if record.state == NeedState.MERGED else (NeedState.RECEIVED,)
    if isinstance(record, Offer):
        if record.state in OPEN_OFFERS:
            return (OfferState.USED_UP, OfferState.WITHDRAWN, OfferState.EXPIRED)
        return () if record.state == OfferState.MERGED else (OfferState.RECEIVED,)
    if record.state in (LeadState.NEW, LeadState.CALLED):
        return tuple(one for one in (LeadState.CALLED, LeadState.DROPPED) if one != record.state)
    return () if record.state == LeadState.PROMOTED else (LeadState.NEW,)


@transaction.atomic
def edit(*, actor: Actor, record: R, expect: int, reason: str = "", group: uuid.UUID | None = None, **fields: Any) -> R:
    """Set `fields` (of `EDITABLE`) of a record that still has version `expect`.

    Raises ``not_found`` (not allowed here), ``place_not_yours`` (not allowed there), ``version_stale``.
    """
    require(actor, change_act(record), **target_of(record))
    if unknown := fields.keys() - EDITABLE[type(record)]:
        raise ValueError(f"not editable: {sorted(unknown)}")
    fields |= {name: masked(fields[name]) for name in _FREE_TEXT if fields.get(name)}
    fields |= _derived(record, fields)
    there = target_of(record) | {"line": fields.get("line", record.line)}
    if fields.get("place") is not None:
        there["area"] = fields["place"].pk
    if not allows(actor, change_act(record), **there):
        raise Refusal("place_not_yours")
    changed = changes.apply(
        record, actor=actor, act=change_act(record), expect=expect, reason=reason, group=group, **fields
    )
    return refresh_search(changed)


def _derived(record: Need | Offer | Lead, fields: dict[str, Any]) -> dict[str, Any]:
    """What follows from the fields: the line of the category, the order of the urgency, whether the quantity is odd."""
    more: dict[str, Any] = {}
    category = fields.get("category", record.category)
    if category is not None and "category" in fields:
        more["line"] = category.line
    if fields.get("place") is not None:
        more["place_certain"] = True
    if not isinstance(record, Need):
        return more if not isinstance(record, Lead) else {k: v for k, v in more.items() if k != "site"}
    if "urgency" in fields:
        urgency = fields["urgency"]
        days = fields.get("days_left", record.days_left)
        more["urgency_order"] = urgency if urgency is not None else urgency_order(record.urgency_said, days)
    if {"quantity_asked", "category"} & fields.keys():
        seen = {one.key: one for one in categories(record.response_id, enabled_only=False)} if category else {}
        asked = fields.get("quantity_asked", record.quantity_asked)
        more["quantity_flag"] = plausibility(asked, seen.get(category.pk) if category else None, record.for_whom)
    return more


@transaction.atomic
def move_state(
    *, actor: Actor, record: R, expect: int, state: str, reason: str, group: uuid.UUID | None = None, **more: Any
) -> R:
    """Close a record or open it again, with the reason that stands in its history. Raises ``state_not_reachable``."""
    require(actor, change_act(record), **target_of(record))
    if state not in moves(record):
        raise Refusal("version_stale" if record.version != expect else "state_not_reachable")
    return changes.apply(
        record,
        actor=actor,
        act=change_act(record),
        expect=expect,
        reason=reason,
        group=group,
        state=state,
        state_reason=masked(reason)[:300],
        **more,
    )


def refresh_search(record: R) -> R:
    """Bring the searchable words up to date: derived from the row, so neither audited nor versioned."""
    before = record.search
    record.refresh_from_db(fields=["category", "place", "organisation"])
    if fill_search(record) != before:
        type(record)._default_manager.filter(pk=record.pk).update(search=record.search)
    return record
