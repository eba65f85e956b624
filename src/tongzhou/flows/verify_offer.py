"""Verifying an offer: the same as a need, simpler."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.intake.models import Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.services.editing import refresh_search
from tongzhou.chain.intake.types import OPEN_OFFERS, OfferState
from tongzhou.chain.triage.models import Check
from tongzhou.chain.triage.policies import VERIFY_OFFER
from tongzhou.chain.triage.selectors.queue import Filters, candidates, entered_by, still_waits
from tongzhou.chain.triage.services import checks, locks, retries
from tongzhou.chain.triage.types import Holding, Outcome, Tab, Verdict
from tongzhou.flows.release_need import keep_in_step
from tongzhou.flows.verify_need import take_back
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["take_next_offer", "take_offer", "undo_offer_check", "verify_offer"]


def _require_open(offer: Offer) -> None:
    if offer.state not in (*OPEN_OFFERS, OfferState.EXPIRED):
        raise Refusal("verify_closed", state=offer.get_state_display())


def take_offer(*, actor: Actor, offer: Offer, now: dt.datetime) -> Holding:
    """Take one offer in hand for ten minutes; refusals as for needs."""
    require(actor, VERIFY_OFFER, **target_of(offer))
    _require_open(offer)
    if entered_by(actor, [offer]):
        raise Refusal("own_entry")
    return locks.take(actor=actor, record=offer, now=now)


def take_next_offer(*, actor: Actor, filters: Filters, now: dt.datetime, tab: str = "") -> Offer:
    """Take the next offer; ``Refusal("queue_empty")`` when there is none."""
    for one in [tab] if tab else [Tab.NEW, Tab.AGAIN]:
        for offer in candidates(actor, "offer", one, filters, now):
            try:
                take_offer(actor=actor, offer=offer, now=now)
            except Refusal as refusal:
                if refusal.code in ("lock_held", "verify_closed"):
                    continue
                raise
            if still_waits(actor, offer, one, filters, now):
                found: Offer = offer
                return found
            locks.release(actor=actor, record=offer, now=now)  # somebody was faster between reading and taking
    raise Refusal("queue_empty")


@transaction.atomic
def verify_offer(*, actor: Actor, offer: Offer, verdict: Verdict, expect: int, now: dt.datetime) -> Check:
    """Record what the call found, for an offer in the actor's hands; refusals as for needs."""
    require(actor, VERIFY_OFFER, **target_of(offer))
    # Putting it back is the gate: of two answers sent at once (a double click) one passes; a rollback holds it again.
    if not locks.release(actor=actor, record=offer, now=now):
        raise Refusal("lock_lost")
    _require_open(offer)
    if entered_by(actor, [offer]):
        raise Refusal("own_entry")
    group = ids.new_id()
    check = checks.append(actor=actor, record=offer, verdict=verdict, act=VERIFY_OFFER, group=group, now=now)
    fields = checks.offer_fields(offer, verdict, now)
    changes.apply(offer, actor=actor, act=VERIFY_OFFER, expect=expect, reason=verdict.note, group=group, **fields)
    if verdict.outcome == Outcome.UNREACHABLE:
        retries.count_attempt(actor=actor, record=offer, act=VERIFY_OFFER, now=now, group=group)
    else:
        retries.reached(actor=actor, record=offer, act=VERIFY_OFFER, group=group)
    refresh_search(offer)
    keep_in_step(record=offer, actor=actor, now=now)
    return check


@transaction.atomic
def undo_offer_check(*, actor: Actor, check: Check, now: dt.datetime) -> Check:
    """Take an outcome back; refusals as for needs."""
    if check.offer is None or check.group is None:
        raise Refusal("not_found")
    require(actor, VERIFY_OFFER, **target_of(check.offer))
    if check.undone_at is not None:
        raise Refusal("check_undone")
    take_back(actor=actor, group=check.group, act=VERIFY_OFFER.name)
    return checks.mark_undone(actor=actor, check=check, act=VERIFY_OFFER, now=now)
