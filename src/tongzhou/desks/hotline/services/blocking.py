"""Not answering an address or a number for a day, by a supervisor's word; it ends by itself."""

from __future__ import annotations

import datetime as dt
import math
import uuid

from django.db import transaction

from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Block, Contact
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import EventKind
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LASTS", "block", "hours_left", "lift"]

LASTS = dt.timedelta(hours=24)


@transaction.atomic
def block(*, actor: Actor, contact: Contact, mac: str, now: dt.datetime) -> Block:
    """Do not answer whoever this was for 24 hours. Raises ``nothing_to_block``."""
    if not mac:
        raise Refusal("nothing_to_block")
    if actor.account_id is None:
        raise Refusal("not_found")
    row = Block(line_id=contact.line_id, mac=mac, until=now + LASTS, by_id=actor.account_id, contact=contact)
    changes.create(row, actor=actor, act=policies.WATCH_LINE)
    happened(contact, EventKind.BLOCKED, now=now, account_id=actor.account_id)
    return row


@transaction.atomic
def lift(*, actor: Actor, row: Block, now: dt.datetime) -> Block:
    """Answer them again before the time is over."""
    return changes.apply(row, actor=actor, act=policies.WATCH_LINE, lifted_at=now)


def hours_left(*, line_id: uuid.UUID, mac: str, now: dt.datetime) -> int:
    """Whole hours until this address or number is answered again; 0 when it is answered."""
    if not mac:
        return 0
    row = Block.objects.filter(line_id=line_id, mac=mac, until__gt=now, lifted_at=None).order_by("-until").first()
    return math.ceil((row.until - now) / dt.timedelta(hours=1)) if row else 0
