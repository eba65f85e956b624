"""A counsellor is not alone: quiet support of a supervisor, and escalation with one key."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F

from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import EventKind, State
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["ask", "escalate", "join", "over"]

_WITH_COUNSELLOR = (State.ACTIVE.value, State.WRAPPING.value)


@transaction.atomic
def ask(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """Ask a supervisor to read along. Asking twice changes nothing. Raises ``contact_over``."""
    rows = Contact.objects.filter(pk=contact.pk, counsellor_id=actor.account_id, state__in=_WITH_COUNSELLOR)
    if not rows.exists():
        raise Refusal("contact_over")
    if rows.filter(support_asked_at=None).update(support_asked_at=now, version=F("version") + 1):
        happened(contact, EventKind.SUPPORT_ASKED, now=now, account_id=actor.account_id)
        audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"support": ["", "asked"]})


@transaction.atomic
def join(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """A supervisor takes the wish for support. Raises ``support_taken`` when another did or it is over."""
    rows = Contact.objects.filter(pk=contact.pk, state__in=_WITH_COUNSELLOR, support_asked_at__isnull=False)
    if rows.filter(joined_id=actor.account_id).exists():
        return
    if not rows.filter(joined_id=None).update(joined_id=actor.account_id, version=F("version") + 1):
        raise Refusal("support_taken")
    happened(contact, EventKind.JOINED, now=now, account_id=actor.account_id)
    audit.record(actor=actor, act=policies.READ_CONTACT, obj=contact, changes={"joined": [None, "support"]})


@transaction.atomic
def over(*, actor: Actor, contact: Contact, now: dt.datetime) -> None:
    """Support is not needed any more; who joined reads it no longer."""
    rows = Contact.objects.filter(pk=contact.pk)
    if rows.exclude(joined_id=None, support_asked_at=None).update(
        joined_id=None, support_asked_at=None, version=F("version") + 1
    ):
        happened(contact, EventKind.SUPPORT_OVER, now=now, account_id=actor.account_id)
        audit.record(actor=actor, act=policies.READ_CONTACT, obj=contact, changes={"joined": ["support", None]})


@transaction.atomic
def escalate(*, actor: Actor, contact: Contact, supervisor_id: uuid.UUID | None, now: dt.datetime) -> bool:
    """Danger to life: a supervisor (when one can be reached) is joined at once. True when it is new."""
    rows = Contact.objects.filter(pk=contact.pk, counsellor_id=actor.account_id, state__in=_WITH_COUNSELLOR)
    if not rows.exists():
        raise Refusal("contact_over")
    if not rows.filter(escalated_at=None).update(
        escalated_at=now, urgency=0, support_asked_at=now, hard=True, version=F("version") + 1
    ):
        return False
    happened(contact, EventKind.ESCALATED, now=now, account_id=actor.account_id)
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"escalated": [False, True]})
    if supervisor_id is not None and rows.filter(joined_id=None).update(joined_id=supervisor_id):
        happened(contact, EventKind.JOINED, now=now, account_id=supervisor_id, detail="escalated")
    return True
