"""Somebody comes to the line: no account, no name; a secret in their browser is all that makes them the caller."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.services import blocking, queue, returning
from tongzhou.desks.hotline.types import HELD_FOR_SAME, RESUMABLE_FOR, Channel, Urgency
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows import line_words
from tongzhou.flows.line_live import HUB
from tongzhou.kernel import clock, crypto, ids, throttle
from tongzhou.kernel.errors import Refusal

__all__ = ["Begun", "begin_contact", "contact_of_secret", "hash_of", "heard_of_caller", "take_up_again"]

#: New contacts of one network address in an hour: more go behind the others, many more are refused for a while.
SOFT, HARD, SECONDS = 8, 80, 3600


@dataclass(frozen=True, slots=True)
class Begun:
    """A new contact and the secret its caller's browser keeps; shown once, only its hash stays here."""

    contact: Contact
    secret: str
    code_known: bool

    def __repr__(self) -> str:
        return f"Begun({self.contact.pk})"


def hash_of(secret: str) -> str:
    """What is kept of a caller's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin_contact(
    *,
    line: ServiceLine,
    now: dt.datetime,
    channel: str = Channel.CHAT,
    language: str = "mandarin",
    place_id: str = "",
    topic: str = "",
    skill: str = "",
    urgent: bool = False,
    again_code: str = "",
    address: str = "",
) -> Begun:
    """Put somebody into the queue. Raises ``Refusal``: ``line_closed``, ``line_flooded``, ``line_blocked``.

    Many from one address go behind the others for a while (`held`), for a ward may share one address; only a flood is
    refused, for a short time, with the numbers to call.
    """
    if not line.is_open(now):
        raise Refusal("line_closed")
    mac = crypto.mac("line-address", address.encode()) if address else ""
    if hours := blocking.hours_left(line_id=line.pk, mac=mac, now=now):
        raise Refusal("line_blocked", hours=hours)
    wanted = returning.counsellor_of(line_id=line.pk, code=again_code, now=now) if again_code else None
    secret = ids.new_secret()
    with transaction.atomic():
        contact = Contact(
            line_id=line.pk,
            channel=channel,
            language=language,
            place_id=place_id[:4],  # city level: no finer
            topic=topic,
            skill=skill,
            urgency=Urgency.SOON if urgent else Urgency.ROUTINE,
            wanted_id=wanted,
            wanted_until=now + HELD_FOR_SAME if wanted else None,
            held=_many_from(address),
            caller_secret_hash=hash_of(secret),
            address_mac=mac,
        )
        queue.arrive(contact=contact, now=now)
        talking.open_conversation(contact_id=contact.pk, line_id=line.pk)
        HUB.nudge()
    return Begun(contact, secret, wanted is not None)


def _many_from(address: str) -> bool:
    """True when this address has begun more than a few lately. Raises ``line_flooded`` for a flood."""
    if not address:
        return False
    try:
        with transaction.atomic():
            throttle.hit("line-hard", address, limit=HARD, seconds=SECONDS)
    except Refusal as refusal:
        raise Refusal("line_flooded", minutes=max(1, int(refusal.params["seconds"]) // 60)) from refusal
    try:
        with transaction.atomic():
            throttle.hit("line-soft", address, limit=SOFT, seconds=SECONDS)
    except Refusal:
        return True
    return False


def contact_of_secret(secret: str, now: dt.datetime) -> Contact | None:
    """The contact whose caller holds this secret; None for a wrong one, or a day after it ended."""
    if not 16 <= len(secret) <= 64:
        return None
    contact = Contact.objects.filter(caller_secret_hash=hash_of(secret)).first()
    if contact is None or (contact.ended_at is not None and now - contact.ended_at > RESUMABLE_FOR):
        return None
    return contact


def heard_of_caller(contact: Contact, now: dt.datetime) -> None:
    """The caller's page was asked for: they are there."""
    if now - contact.caller_seen_at > dt.timedelta(seconds=15):
        Contact.objects.filter(pk=contact.pk).update(caller_seen_at=now)


@transaction.atomic
def take_up_again(*, contact_id: uuid.UUID, now: dt.datetime | None = None) -> Contact:
    """The caller is back after the conversation broke off: it goes on where it stopped."""
    now = now or clock.now()
    contact = Contact.objects.get(pk=contact_id)
    if queue.resume(contact=contact, now=now):
        talking.announce(contact_id=contact.pk, code=line_words.CALLER_BACK, now=now)
        HUB.nudge()
        contact.refresh_from_db()
    return contact
