"""A need closes by what arrived, an offer by what was given: both in the transaction of the receipt, and back again."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.selectors.balances import of_needs, of_offers, stock_of
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, NeedState, OfferState, SolvedBy
from tongzhou.flows.release_need import release_for_need
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Actor

__all__ = ["NEED_SOLVED", "OFFER_GIVEN", "settle_need", "settle_offer"]

# What follows from a receipt stands in the trail under these names.
NEED_SOLVED = "delivery.need_solved"
OFFER_GIVEN = "delivery.offer_given"
_ENOUGH = gettext_noop("已经够了")
_BY_RECEIPT = gettext_noop("按收到的数量")


def settle_need(*, actor: Actor, need: Need, now: dt.datetime) -> Need:
    """Close a need that got what it lacks; open one again that a corrected receipt says is short. Caller locked it."""
    received = of_needs([need.pk])[need.pk][Balance.RECEIVED]
    enough = bool(need.quantity_planned) and received >= (need.quantity_planned or 0)
    if enough and need.state in OPEN_NEEDS:
        changes.apply(
            need, actor=actor, act=NEED_SOLVED, reason=_BY_RECEIPT, state=NeedState.SOLVED, solved_by=SolvedBy.HELPED
        )
        release_for_need(need=need, actor=actor, reason=_ENOUGH, now=now)
    elif not enough and need.state == NeedState.SOLVED and _closed_by(need, NEED_SOLVED):
        changes.apply(need, actor=actor, act=NEED_SOLVED, reason=_BY_RECEIPT, state=NeedState.VERIFIED, solved_by="")
    if need.submission_id is not None:
        type(need.submission).objects.filter(pk=need.submission_id).update(moved_at=now)
    return need


def settle_offer(*, actor: Actor, offer: Offer, now: dt.datetime) -> Offer:
    """Close an offer of which everything was given and has arrived or is lost; open it again when that was wrong."""
    sums, stock = of_offers([offer.pk])[offer.pk], stock_of(offer)
    gone = sums[Balance.RECEIVED] + sums[Balance.MISSING]
    given = bool(stock) and gone >= (stock or 0)
    if given and offer.state in OPEN_OFFERS:
        changes.apply(offer, actor=actor, act=OFFER_GIVEN, reason=_BY_RECEIPT, state=OfferState.USED_UP)
    elif not given and offer.state == OfferState.USED_UP and _closed_by(offer, OFFER_GIVEN):
        changes.apply(offer, actor=actor, act=OFFER_GIVEN, reason=_BY_RECEIPT, state=OfferState.VERIFIED)
    return offer


def _closed_by(record: Need | Offer, act: str) -> bool:
    """True when the last change of its state was made by a receipt."""
    rows = audit.history(record).exclude(changes={})
    return next((row.act == act for row in rows[:50] if "state" in row.changes), False)
