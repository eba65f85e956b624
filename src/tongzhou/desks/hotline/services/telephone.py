"""Calls of a telephone exchange, told event by event: in any order, some twice. What a call is follows from all of it.

Every event only fills in a time that was not known; the state of the contact is then worked out from the times, so the
order in which they come does not matter.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from tongzhou.desks.hotline.models import Contact, LineExchange, PhoneCall, PhoneEvent
from tongzhou.desks.hotline.services import blocking
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import Channel, EndedBy, EventKind, State
from tongzhou.kernel import changes, crypto, ids
from tongzhou.kernel.access import Act, Actor

__all__ = ["KINDS", "Told", "close_exchange", "may_be_ours", "open_exchange", "take_in"]

KINDS = ("offered", "answered", "ended", "missed")
#: A signature is good for so long, either way.
FRESH = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """One event: what happened to which call, and when."""

    event_id: str
    kind: str
    call: str = field(repr=False)
    at: dt.datetime
    number: str = field(default="", repr=False)


@transaction.atomic
def open_exchange(*, actor: Actor, act: Act, line_id: uuid.UUID, name: str) -> tuple[LineExchange, str]:
    """A new exchange and the secret it signs with, shown once."""
    secret = ids.new_secret()
    row = LineExchange(line_id=line_id, name=name)
    crypto.prepare(row, f"line:{line_id}")
    crypto.seal(row, secret=secret)
    return changes.create(row, actor=actor, act=act), secret


@transaction.atomic
def close_exchange(*, actor: Actor, act: Act, row: LineExchange, now: dt.datetime) -> LineExchange:
    """Nothing of it is taken in any more."""
    return changes.apply(row, actor=actor, act=act, ended_at=now)


def may_be_ours(
    row: LineExchange, *, event_id: str, timestamp: str, signature: str, body: bytes, now: dt.datetime
) -> bool:
    """Whether the exchange signed this: HMAC-SHA256 over ``id.timestamp.body``, at most five minutes ago."""
    if not (event_id and timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return False
    said = f"{event_id}.{timestamp}.".encode() + body
    digest = hmac.new(crypto.unseal(row, "secret").encode(), said, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signature.split(" "))


def _mac(row: LineExchange, kind: str, text: str) -> str:
    return crypto.mac(f"line-phone-{kind}", f"{row.line_id if kind == 'number' else row.pk}|{text}".encode())


@transaction.atomic
def take_in(
    *, exchange: LineExchange, told: Told, counsellor_id: uuid.UUID | None, supervisor_id: uuid.UUID | None,
    now: dt.datetime,
) -> tuple[PhoneCall, bool]:  # fmt: skip
    """Take one event in; (the call, False when this event was known). The number stays as a keyed hash alone."""
    LineExchange.objects.filter(pk=exchange.pk).update(last_heard_at=now)  # the row is ours until the commit
    _event, new = PhoneEvent.objects.get_or_create(
        exchange=exchange, event_mac=_mac(exchange, "event", told.event_id), defaults={"at": now}
    )
    call = _call(exchange, told, now)
    if not new:
        return call, False
    filled: dict[str, Any] = {f"{told.kind}_at": told.at} if getattr(call, f"{told.kind}_at") is None else {}
    if told.number and not call.number_mac:
        filled["number_mac"] = _mac(exchange, "number", crypto.normal_phone(told.number))
        hours = blocking.hours_left(line_id=exchange.line_id, mac=filled["number_mac"], now=now)
        filled["blocked"] = hours > 0
    if counsellor_id is not None and call.counsellor_id is None:
        filled["counsellor_id"] = counsellor_id
    if filled:
        PhoneCall.objects.filter(pk=call.pk).update(**filled)
        call.refresh_from_db()
    _work_out(call, supervisor_id, now)
    return call, True


def _call(exchange: LineExchange, told: Told, now: dt.datetime) -> PhoneCall:
    """The call, with a contact of its own from its first event on."""
    mac = _mac(exchange, "call", told.call)
    found = PhoneCall.objects.select_related("contact").filter(exchange=exchange, call_mac=mac).first()
    if found is not None:
        return found
    contact = Contact(
        line_id=exchange.line_id, channel=Channel.PHONE, state=State.OFFERED, arrived_at=told.at, queued_at=told.at,
        offered_at=told.at,
    )  # fmt: skip
    contact.save(force_insert=True)
    happened(contact, EventKind.ARRIVED, now=now)
    return PhoneCall.objects.create(exchange=exchange, call_mac=mac, contact=contact)


def _work_out(call: PhoneCall, supervisor_id: uuid.UUID | None, now: dt.datetime) -> None:
    """The state of the contact from everything told so far; what a counsellor has finished is left alone."""
    known = [at for at in (call.offered_at, call.answered_at, call.ended_at, call.missed_at) if at is not None]
    over = call.ended_at or (call.missed_at if call.answered_at is None else None)
    said: dict[str, Any] = {"arrived_at": min(known), "queued_at": min(known), "offered_at": min(known)}
    said |= {"answered_at": call.answered_at, "ended_at": over}
    if supervisor_id is not None:  # only the event that names the counsellor knows it
        said["supervisor_id"] = supervisor_id
    if over is not None:
        said["ended_by"] = EndedBy.CALLER if call.ended_at is not None else EndedBy.SYSTEM
    if call.answered_at is not None:
        said |= _answered(call, over)
    elif over is not None:
        said["state"] = State.MISSED if call.missed_at is not None or call.blocked else State.ABANDONED
    rows = Contact.objects.filter(pk=call.contact_id, done_at=None)
    before = rows.values_list("state", flat=True).first()
    if rows.update(version=F("version") + 1, **said) and "state" in said and said["state"] != before:
        _tell(call, str(said["state"]), now)


def _answered(call: PhoneCall, over: dt.datetime | None) -> dict[str, Any]:
    """An answered call whose counsellor is known is written up by them; otherwise it is only counted."""
    if call.counsellor_id is None:
        return {"state": State.ENDED} if over is not None else {}
    state = State.WRAPPING if over is not None else State.ACTIVE
    return {"state": state, "counsellor_id": call.counsellor_id}


_EVENTS = {
    State.ACTIVE.value: EventKind.ANSWERED, State.WRAPPING.value: EventKind.ENDED, State.ENDED.value: EventKind.ENDED,
    State.MISSED.value: EventKind.MISSED, State.ABANDONED.value: EventKind.ABANDONED,
}  # fmt: skip


def _tell(call: PhoneCall, state: str, now: dt.datetime) -> None:
    kind = EventKind.BLOCKED if call.blocked and state == State.MISSED else _EVENTS[state]
    happened(call.contact, kind, now=now, account_id=call.counsellor_id, detail="phone")
