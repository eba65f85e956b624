"""The seats: sitting down, breaks, being heard of, being lost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F

from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.types import SEAT_LOST_AFTER, SeatState
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["callers_heard", "change", "lost", "seats_heard"]

#: What somebody may set by hand; the rest follows from the contact.
_BY_HAND = (SeatState.OPEN.value, SeatState.BREAK.value, SeatState.OFF.value)


@transaction.atomic
def change(*, actor: Actor, line_id: uuid.UUID, state: str, now: dt.datetime) -> Seat:
    """Sit down (``open``), take a break, or leave. Raises ``seat_busy`` while a contact is in hand."""
    if state not in _BY_HAND or actor.account_id is None:
        raise Refusal("bad_request")
    seat = Seat.objects.select_for_update().filter(account_id=actor.account_id).first()
    if seat is None:
        seat = Seat(account_id=actor.account_id, line_id=line_id)
        seat.save(force_insert=True)
    if seat.contact_id is not None:
        raise Refusal("seat_busy")
    before = seat.state
    fresh: dict[str, Any] = {}
    if before == SeatState.OFF and state == SeatState.OPEN:
        fresh = {"sitting_since": now, "since_break": 0, "hard_since_break": 0}
    if state == SeatState.BREAK:
        fresh = {"last_break_at": now, "since_break": 0, "hard_since_break": 0}
    Seat.objects.filter(pk=seat.pk).update(
        state=state, since=now, heard_at=now, line_id=line_id, account_name=actor.name[:100],
        version=F("version") + 1, **fresh,
    )  # fmt: skip
    seat.refresh_from_db()
    if before != state:
        audit.record(actor=actor, act=policies.SIT, obj=seat, changes={"state": [before, state]})
    return seat


def seats_heard(*, accounts: Collection[uuid.UUID], now: dt.datetime) -> None:
    """The browsers of these accounts listen; a seat given up as lost whose contact is unfinished comes back."""
    if accounts:
        seats = Seat.objects.filter(account_id__in=list(accounts))
        seats.update(heard_at=now)
        seats.filter(state=SeatState.OFF, contact__state="wrapping").update(state=SeatState.WRAPPING)


def callers_heard(*, contacts: Collection[uuid.UUID], now: dt.datetime) -> None:
    """The browsers of these callers listen."""
    if contacts:
        Contact.objects.filter(pk__in=list(contacts)).update(caller_seen_at=now)


def lost(*, now: dt.datetime) -> list[Seat]:
    """Seats in use whose browser has been silent too long."""
    silent = Seat.objects.filter(heard_at__lt=now - SEAT_LOST_AFTER).exclude(state=SeatState.OFF)
    return list(silent.select_related("contact").order_by("heard_at")[:200])
