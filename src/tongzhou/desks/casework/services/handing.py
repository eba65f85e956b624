"""Handing over what is still open: to somebody, with a sealed note; taken by one; or settled. Each step once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tongzhou.desks.casework.models import HandedMatter
from tongzhou.desks.casework.policies import ERASE
from tongzhou.desks.casework.types import MatterKind
from tongzhou.kernel import audit, changes, crypto, erasures
from tongzhou.kernel.access import SYSTEM, Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "LONGEST", "Hands", "forget_old", "hand", "note_of", "open_of", "settle", "settled_contacts", "take", "went_on",
]  # fmt: skip

#: Characters of a note.
LONGEST = 1_000
#: A matter that hangs from no conversation is kept so long.
_KEPT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Hands:
    """Into whose hands: an account and what colleagues call it; nobody means the supervisors of the line."""

    account_id: uuid.UUID | None = None
    name: str = ""


def _of(kind: str, item: uuid.UUID) -> dict[str, uuid.UUID]:
    return {"callback_id" if kind == MatterKind.CALLBACK else "contact_id": item}


def open_of(*, kind: str, item: uuid.UUID) -> HandedMatter | None:
    """The one that is open about this contact or callback."""
    return HandedMatter.objects.filter(**_of(kind, item), taken_at=None, settled_at=None).first()


@transaction.atomic
def hand(
    *, actor: Actor, act: Act, line_id: uuid.UUID, kind: str, item: uuid.UUID, by: str, to: Hands, note: str,
    now: dt.datetime,
) -> HandedMatter:  # fmt: skip
    """Hand it over, or into other hands when it was handed before and nobody took it.

    `item` is the contact or the callback, `by` what colleagues call the actor. A blank note keeps the one before.
    Raises ``message_long``, ``matter_taken`` (somebody did so at the same moment).
    """
    if len(note) > LONGEST:
        raise Refusal("message_long", most=LONGEST, length=len(note))
    if actor.account_id is None:
        raise Refusal("not_found")
    before = HandedMatter.objects.select_for_update().filter(**_of(kind, item), taken_at=None, settled_at=None).first()
    said: dict[str, Any] = {
        "from_id": actor.account_id, "from_name": by[:100], "to_id": to.account_id, "to_name": to.name[:100],
        "handed_at": now,
    }  # fmt: skip
    if before is not None:
        if note.strip():
            said["note"] = crypto.seal_bytes(before, "note", note.strip().encode())
        return changes.apply(before, actor=actor, act=act, **said)
    row = HandedMatter(line_id=line_id, kind=kind, **_of(kind, item), **said)
    crypto.prepare(row, f"line:{line_id}")
    crypto.seal(row, note=note.strip())
    try:
        with transaction.atomic():
            return changes.create(row, actor=actor, act=act)
    except IntegrityError as error:
        raise Refusal("matter_taken") from error


@transaction.atomic
def take(*, actor: Actor, act: Act, row: HandedMatter, now: dt.datetime) -> HandedMatter:
    """One of two who take it gets it. Raises ``matter_taken``."""
    rows = HandedMatter.objects.filter(pk=row.pk, taken_at=None, settled_at=None)
    if not rows.update(taken_by=actor.account_id, taken_at=now, version=F("version") + 1):
        raise Refusal("matter_taken")
    audit.record(actor=actor, act=act, obj=row, changes={"taken": [None, str(actor.account_id)]})
    row.refresh_from_db()
    return row


def went_on(*, actor: Actor, act: Act, contact_id: uuid.UUID, now: dt.datetime) -> None:
    """Somebody answered the caller out of the queue: with that they have what was handed over about it."""
    row = open_of(kind=MatterKind.CONTACT, item=contact_id)
    if row is not None:
        take(actor=actor, act=act, row=row, now=now)


@transaction.atomic
def settle(
    *, actor: Actor, act: Act, line_id: uuid.UUID, kind: str, item: uuid.UUID, by: str, now: dt.datetime
) -> HandedMatter:
    """Nothing is left to do about it; who said so and when stays."""
    row = hand(
        actor=actor, act=act, line_id=line_id, kind=kind, item=item, by=by, to=Hands(actor.account_id, by), note="",
        now=now,
    )  # fmt: skip
    return changes.apply(row, actor=actor, act=act, settled_at=now)


def settled_contacts(contacts: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Contacts about which somebody said that nothing is left to do."""
    rows = HandedMatter.objects.filter(contact_id__in=contacts, settled_at__isnull=False)
    return {one for one in rows.values_list("contact_id", flat=True) if one is not None}


def note_of(row: HandedMatter) -> str:
    """The note ("" for none, or once it was destroyed). Who may read it was asked before, and logged."""
    return crypto.unseal(row, "note") if row.record_key is not None else ""


def forget_old(now: dt.datetime) -> int:
    """Destroy notes about callbacks after a month, open or not (those about contacts go with the conversation)."""
    old = HandedMatter.objects.filter(Q(contact_id=None), record_key__isnull=False, handed_at__lt=now - _KEPT)
    return sum(erasures.destroy(one, HandedMatter.objects.all(), actor=SYSTEM, act=ERASE) for one in old[:200])
