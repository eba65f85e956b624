"""Coming to the line, being answered, ending: every change is one conditional UPDATE, so two cannot have the same."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F

from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import HELD_FOR_SAME, CallType, Channel, EndedBy, EventKind, SeatState, State
from tongzhou.kernel import audit
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "arrive", "end", "finish", "into_hands", "leave", "resume", "return_to_front", "take", "voice_begins",
]  # fmt: skip


def _move(contact_id: uuid.UUID, states: tuple[str, ...], **fields: Any) -> bool:
    """The one door: change a contact if it is still in one of `states`."""
    rows = Contact.objects.filter(pk=contact_id, state__in=states)
    return rows.update(version=F("version") + 1, **fields) == 1


@transaction.atomic
def arrive(*, contact: Contact, now: dt.datetime) -> Contact:
    """Put a new contact into the queue."""
    contact.arrived_at = contact.queued_at = contact.caller_seen_at = now
    contact.save(force_insert=True)
    happened(contact, EventKind.ARRIVED, now=now)
    if contact.held:
        happened(contact, EventKind.HELD, now=now)
    return contact


@transaction.atomic
def take(*, actor: Actor, contact_id: uuid.UUID, supervisor_id: uuid.UUID | None, now: dt.datetime) -> Contact:
    """Answer a waiting contact. Raises ``contact_taken`` (somebody was faster, or the caller left), ``seat_busy``."""
    me = actor.account_id
    if me is None:
        raise Refusal("not_found")
    if not _move(
        contact_id, (State.WAITING, State.OFFERED), state=State.ACTIVE, counsellor_id=me, supervisor_id=supervisor_id,
        answered_at=now, front=False, ended_at=None, ended_by="",
    ):  # fmt: skip
        raise Refusal("contact_taken")
    contact = Contact.objects.get(pk=contact_id)
    seats = Seat.objects.filter(account_id=me, line_id=contact.line_id, state=SeatState.OPEN, contact=None)
    if not seats.update(state=SeatState.BUSY, contact=contact, since=now, heard_at=now, version=F("version") + 1):
        raise Refusal("seat_busy")
    happened(contact, EventKind.ANSWERED, now=now, account_id=me)
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact)
    return contact


@transaction.atomic
def end(*, contact_id: uuid.UUID, by: str, now: dt.datetime, actor: Actor = SYSTEM, detail: str = "") -> str:
    """The conversation is over, or the caller did not wait: the state it has now. Ending twice changes nothing.

    One that was answered goes to its counsellor to be written up; one that was not is abandoned, or missed when the
    line itself ended it.
    """
    ended: dict[str, Any] = {"ended_at": now, "ended_by": by, "front": False}
    if _move(contact_id, (State.ACTIVE,), state=State.WRAPPING, **ended):
        contact = Contact.objects.get(pk=contact_id)
        Seat.objects.filter(contact=contact).exclude(state=SeatState.OFF).update(
            state=SeatState.WRAPPING, since=now, version=F("version") + 1
        )
        happened(contact, EventKind.ENDED, now=now, account_id=actor.account_id, detail=detail or by)
        if actor.account_id is not None:
            audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes={"state": ["active", "wrapping"]})
        return contact.state
    missed = by == EndedBy.SYSTEM and detail != "caller_gone"
    state, kind = (State.MISSED, EventKind.MISSED) if missed else (State.ABANDONED, EventKind.ABANDONED)
    if _move(contact_id, (State.WAITING, State.OFFERED), state=state, **ended):
        contact = Contact.objects.get(pk=contact_id)
        happened(contact, kind, now=now, detail=detail or by)
        return contact.state
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise Refusal("not_found")
    return found.state


@transaction.atomic
def finish(*, actor: Actor, contact_id: uuid.UUID, call_type: str, hard: bool, then: str, now: dt.datetime) -> Contact:
    """The notes are written: say what it was, and what the seat does `then` (``open``, ``break`` or ``off``).

    Raises ``call_type_missing``, ``contact_over``.
    """
    if call_type not in CallType.values:
        raise Refusal("call_type_missing")
    if then not in (SeatState.OPEN, SeatState.BREAK, SeatState.OFF):
        raise Refusal("bad_request")
    if not _move(
        contact_id, (State.WRAPPING,), state=State.ENDED, call_type=call_type, hard=hard, done_at=now, joined_id=None,
        support_asked_at=None,
    ):  # fmt: skip
        raise Refusal("contact_over")
    contact = Contact.objects.get(pk=contact_id)
    counted = {"since_break": F("since_break") + 1, "hard_since_break": F("hard_since_break") + int(hard)}
    rested = {"since_break": 0, "hard_since_break": 0, "last_break_at": now}
    Seat.objects.filter(contact=contact).update(
        state=then, contact=None, since=now, version=F("version") + 1, **(counted if then == "open" else rested)
    )
    happened(contact, EventKind.DONE, now=now, account_id=actor.account_id, detail=call_type)
    said = {"state": ["wrapping", "ended"], "call_type": ["", call_type], "hard": [False, hard]}
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes=said)
    return contact


@transaction.atomic
def return_to_front(*, contact_id: uuid.UUID, now: dt.datetime, for_whom: uuid.UUID | None = None) -> bool:
    """Its counsellor is lost or leaves: the caller goes before everybody, for five minutes kept for somebody named.

    True when that changed something.
    """
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is None or not _move(
        contact_id, (State.ACTIVE,), state=State.WAITING, front=True, queued_at=now,
        wanted_id=for_whom or contact.counsellor_id, wanted_until=now + HELD_FOR_SAME if for_whom else now,
        counsellor_id=None, supervisor_id=None, joined_id=None, support_asked_at=None,
    ):  # fmt: skip
        return False
    Seat.objects.filter(contact_id=contact_id).update(
        state=SeatState.OFF, contact=None, since=now, version=F("version") + 1
    )
    happened(contact, EventKind.RETURNED, now=now, account_id=contact.counsellor_id)
    return True


@transaction.atomic
def leave(*, contact: Contact, now: dt.datetime) -> str:
    """The caller has not been heard for too long; the conversation can be taken up again for a day."""
    happened(contact, EventKind.CALLER_LEFT, now=now)
    return end(contact_id=contact.pk, by=EndedBy.SYSTEM, now=now, detail="caller_gone")


@transaction.atomic
def resume(*, contact: Contact, now: dt.datetime) -> bool:
    """The caller is back after a break-off: with the same counsellor if they still have it, else in the queue.

    False when nothing was to be done: it still goes on, or it was ended on purpose.
    """
    if contact.ended_by != EndedBy.SYSTEM:
        return False
    back: dict[str, Any] = {"ended_at": None, "ended_by": "", "caller_seen_at": now}
    if _move(contact.pk, (State.WRAPPING,), state=State.ACTIVE, **back):
        Seat.objects.filter(contact_id=contact.pk, state=SeatState.WRAPPING).update(
            state=SeatState.BUSY, since=now, version=F("version") + 1
        )
    elif not _move(
        contact.pk, (State.ENDED, State.ABANDONED, State.MISSED), state=State.WAITING, queued_at=now,
        wanted_id=contact.counsellor_id, wanted_until=now, counsellor_id=None, supervisor_id=None, **back,
    ):  # fmt: skip
        return False
    happened(contact, EventKind.RESUMED, now=now)
    return True


@transaction.atomic
def voice_begins(*, contact_id: uuid.UUID, now: dt.datetime) -> None:
    """The two browsers agreed to talk: a contact that was written until now is by voice from here on. Once."""
    if _move(contact_id, (State.ACTIVE,), channel=Channel.VOICE):
        contact = Contact.objects.get(pk=contact_id)
        if not contact.events.filter(kind=EventKind.VOICE).exists():
            happened(contact, EventKind.VOICE, now=now)


@transaction.atomic
def into_hands(
    *, actor: Actor, contact: Contact, account_id: uuid.UUID, supervisor_id: uuid.UUID | None, now: dt.datetime
) -> Contact:
    """A contact that is over goes to another counsellor, who writes it up or follows it up; the one before reads it no
    longer. Raises ``contact_taken`` when it has moved on meanwhile."""
    rows = Contact.objects.filter(
        pk=contact.pk, state__in=(State.WRAPPING, State.ENDED), counsellor_id=contact.counsellor_id
    )
    if not rows.update(counsellor_id=account_id, supervisor_id=supervisor_id, version=F("version") + 1):
        raise Refusal("contact_taken")
    Seat.objects.filter(contact_id=contact.pk).update(
        state=SeatState.OFF, contact=None, since=now, version=F("version") + 1
    )
    happened(contact, EventKind.HANDED_OVER, now=now, account_id=account_id)
    said = {"counsellor_id": [str(contact.counsellor_id), str(account_id)]}
    audit.record(actor=actor, act=policies.TAKE_CONTACT, obj=contact, changes=said)
    contact.refresh_from_db()
    return contact
