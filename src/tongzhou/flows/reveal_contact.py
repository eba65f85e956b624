"""Opening a contact: only for whoever has the record in hand, each time with a row in the trail."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.intake.models import Attachment, Need, Offer
from tongzhou.chain.intake.policies import SEE_CONTACT, target_of
from tongzhou.chain.intake.services.photos import open_photo
from tongzhou.chain.triage.policies import verify_act
from tongzhou.chain.triage.selectors.locks import kind_of
from tongzhou.chain.triage.services import locks
from tongzhou.kernel import audit, crypto
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["reveal_contact", "reveal_photo"]


def _require(actor: Actor, record: Need | Offer, now: dt.datetime) -> None:
    require(actor, verify_act(kind_of(record)), **target_of(record))
    locks.require_mine(actor=actor, record=record, now=now)


@transaction.atomic
def reveal_contact(*, actor: Actor, record: Need | Offer, now: dt.datetime) -> dict[str, str]:
    """The contact of a record in the actor's hands: {field: text} of what was given; logged by field, never content.

    Raises ``Refusal``: ``not_found``, ``lock_lost``, ``shredded`` (destroyed when its purpose ended).
    """
    _require(actor, record, now)
    contact = record.contact
    if contact is None:
        return {}
    if contact.record_key is None:
        raise Refusal("shredded")
    found = {name: crypto.unseal(contact, name) for name in contact.SEALED}
    shown = {name: text for name, text in found.items() if text}
    audit.looked(actor=actor, act=SEE_CONTACT, obj=contact, fields=sorted(shown), reason=record.code)
    return shown


@transaction.atomic
def reveal_photo(*, actor: Actor, record: Need | Offer, photo: Attachment, now: dt.datetime) -> bytes:
    """A photo that came with a record in the actor's hands, as JPEG bytes; logged."""
    _require(actor, record, now)
    if record.contact is None or photo.submission_id != record.submission_id:
        raise Refusal("not_found")
    audit.looked(actor=actor, act=SEE_CONTACT, obj=photo, fields=["photo"], reason=record.code)
    return open_photo(photo, record.contact)
