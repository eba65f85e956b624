"""A conversation that abuses the counsellor: ended with kind words; whoever it was is not answered for a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import Contact, PhoneCall
from tongzhou.desks.hotline.policies import WATCH_LINE, is_counsellor_of
from tongzhou.desks.hotline.services import blocking, queue
from tongzhou.desks.hotline.types import CallType, EndedBy, State
from tongzhou.flows import line_words
from tongzhou.flows.line_live import HUB
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = ["block_caller", "end_abuse"]


@transaction.atomic
def end_abuse(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """The counsellor ends it; the caller reads kind words and numbers to call. Raises ``contact_over``, ``not_found``.

    It is marked as abuse; the counsellor may still say otherwise when writing it up.
    """
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    if contact.state != State.ACTIVE:
        raise Refusal("contact_over")
    queue.end(contact_id=contact.pk, by=EndedBy.COUNSELLOR, now=now, actor=actor, detail=CallType.ABUSIVE)
    Contact.objects.filter(pk=contact.pk).update(call_type=CallType.ABUSIVE, hard=True)
    talking.announce(contact_id=contact.pk, code=line_words.ENDED_KINDLY, now=now)
    audit.record(actor=actor, act="contact.take", obj=contact, changes={"call_type": ["", CallType.ABUSIVE.value]})
    HUB.nudge()


@transaction.atomic
def block_caller(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """The supervisor of the contact has it not answered for 24 hours. Raises ``nothing_to_block``, ``not_found``."""
    if not may(actor, WATCH_LINE) or actor.account_id not in (contact.supervisor_id, contact.joined_id):
        raise Refusal("not_found")
    call = PhoneCall.objects.filter(contact=contact).first()
    blocking.block(actor=actor, contact=contact, mac=call.number_mac if call else contact.address_mac, now=now)
