"""The counsellor writes notes; they are kept while they are typed. Counsellor and supervisor read them, nobody else."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.desks.casework.services import noting
from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["keep_note", "read_note"]


@transaction.atomic
def keep_note(*, actor: Actor, contact: Contact, text: str, base: int, now: dt.datetime) -> int:
    """Keep the notes as they stand; the number of the version. Raises ``note_stale``, ``note_long``, ``not_found``."""
    if not policies.is_counsellor_of(actor, contact) or actor.account_id is None:
        raise Refusal("not_found")
    number = noting.keep_note(contact_id=contact.pk, account_id=actor.account_id, text=text, base=base, now=now)
    if number != base:
        audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"note": [base, number]})
    return number


def read_note(*, actor: Actor, contact: Contact) -> tuple[str, int]:
    """The notes and the number of their version; that they were looked at is logged by `contact_read.open_contact`."""
    if not Contact.objects.filter(policies.readable(actor), pk=contact.pk).exists():
        raise Refusal("not_found")
    return noting.note_of(contact.pk)
