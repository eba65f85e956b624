"""A lead that somebody called and that has committed becomes an offer, which is then to be verified like any other."""

from __future__ import annotations

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer, Submission
from tongzhou.chain.intake.policies import CHANGE_LEAD, CREATE_OFFER, target_of
from tongzhou.chain.intake.services.codes import free_code
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.types import LeadState, OfferState
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

__all__ = ["demote_lead", "promote_lead"]

_OPEN = (LeadState.NEW, LeadState.CALLED)


@transaction.atomic
def promote_lead(
    *, actor: Actor, lead: Lead, expect: int, item: str, quantity: int | None, unit: str, reason: str
) -> Offer:
    """Make the offer and tie the lead to it. Raises ``lead_over`` when it is no longer open, ``version_stale``."""
    require(actor, CHANGE_LEAD, **target_of(lead))
    require(actor, CREATE_OFFER, **target_of(lead))
    if lead.state not in _OPEN:
        raise Refusal("version_stale" if lead.version != expect else "lead_over")
    offer = Offer(
        id=ids.new_id(),
        code=free_code(Submission, Need, Offer, Lead),
        response=lead.response,
        line=lead.line,
        place=lead.place,
        place_certain=lead.place_certain,
        organisation=lead.organisation,
        giver=lead.source_name,
        category=lead.category,
        item=item[:200],
        quantity=quantity,
        unit=unit[:20],
        note=lead.note,
        channel=lead.channel,
        contact=lead.contact,
        synthetic=lead.synthetic,
    )
    fill_search(offer)
    group = ids.new_id()
    changes.create(offer, actor=actor, act=CREATE_OFFER, reason=reason, group=group)
    changes.apply(
        lead,
        actor=actor,
        act=CHANGE_LEAD,
        expect=expect,
        reason=reason,
        group=group,
        state=LeadState.PROMOTED,
        offer=offer,
        called_at=lead.called_at or clock.now(),
    )
    return offer


@transaction.atomic
def demote_lead(*, actor: Actor, entry: AuditEntry) -> Lead:
    """Take a promotion back: the lead is as before, the offer is withdrawn if nobody has touched it since."""
    lead = Lead.objects.select_related("offer").get(pk=entry.object_id)
    require(actor, CHANGE_LEAD, **target_of(lead))
    offer = lead.offer
    if offer is None or offer.version != 1:
        raise Refusal("undo_stale")
    changes.undo(entry, actor=actor)
    changes.apply(offer, actor=actor, act="undo", expect=1, state=OfferState.WITHDRAWN, group=entry.group)
    lead.refresh_from_db()
    return lead
