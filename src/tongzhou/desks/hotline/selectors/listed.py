"""What a list may say of contacts and of people to be called: state, kind, times. No words, no number, no address."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.policies import COUNT_CALLS, listed
from tongzhou.desks.hotline.types import OPEN_STATES, RESUMABLE_FOR, CallbackState
from tongzhou.kernel.access import Actor, require

__all__ = ["LISTED", "CallsWaiting", "calls_waiting", "listed_contacts"]

#: The columns a list reads; whatever else a contact holds does not leave the database for it.
LISTED = (
    "line_id", "version", "channel", "state", "arrived_at", "answered_at", "ended_at", "done_at", "topic", "skill",
    "call_type", "counsellor_id", "supervisor_id", "joined_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallsWaiting:
    """People a line has to call: how many are due, how many in hand, since when each waits (the oldest first)."""

    due: int
    in_hand: int
    asked_at: tuple[dt.datetime, ...]

    @property
    def open(self) -> int:
        """How many in all."""
        return len(self.asked_at)


def listed_contacts(actor: Actor, line_id: uuid.UUID, now: dt.datetime) -> QuerySet[Contact]:
    """Contacts of a line in the actor's hands or those of the actor's people: open, or over for less than a day.

    Whoever was asked to join one has it too, for as long. Who waits for anybody is in nobody's hands and not here.
    """
    recent = Q(state__in=OPEN_STATES) | Q(ended_at__gt=now - RESUMABLE_FOR)
    return Contact.objects.filter(listed(actor), recent, line_id=line_id).only(*LISTED)


def calls_waiting(actor: Actor, line_id: uuid.UUID, now: dt.datetime) -> CallsWaiting:
    """How many people of a line wait to be called. Raises ``not_found`` without the right; the line is the caller's."""
    require(actor, COUNT_CALLS)
    rows = LineCallback.objects.filter(line_id=line_id, state=CallbackState.WAITING).order_by("created_at", "id")
    found = list(rows.values_list("created_at", "next_at", "held_until"))
    due = sum(1 for _asked, after, _held in found if after <= now)
    in_hand = sum(1 for _asked, _after, held in found if held is not None and held > now)
    return CallsWaiting(due, in_hand, tuple(asked for asked, _after, _held in found))
