"""What is said in a conversation: numbered without a gap, once each, sealed before it reaches the database."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from tongzhou.desks.casework.models import Conversation, Message, Signal
from tongzhou.desks.casework.services import sealing
from tongzhou.desks.casework.types import LONGEST_MESSAGE, Audience, Side
from tongzhou.kernel import crypto
from tongzhou.kernel.errors import Refusal

__all__ = [
    "Said",
    "announce",
    "counters",
    "forget_signals",
    "open_conversation",
    "said_after",
    "say",
    "signal",
    "signals_after",
    "tidy",
]

#: Signals are worth nothing after this.
_SIGNAL_LIVES = dt.timedelta(seconds=60)
_LONGEST_SIGNAL = 16_000


@dataclass(frozen=True, slots=True)
class Said:
    """A message, opened for somebody who may read it."""

    conversation_id: uuid.UUID
    seq: int
    side: str
    audience: str
    client_id: str
    text: str
    at: dt.datetime

    def __repr__(self) -> str:
        return f"Said({self.conversation_id}/{self.seq})"


@transaction.atomic
def open_conversation(*, contact_id: uuid.UUID, line_id: uuid.UUID) -> Conversation:
    """The sealed place for what is said in a new contact."""
    conversation = Conversation(id=contact_id, line_id=line_id)
    crypto.prepare(conversation, f"line:{line_id}")
    conversation.save(force_insert=True)
    return conversation


#: Joiners that scripts and emoji need; every other invisible sign (turned text, zero width) is left out.
_JOINERS = "\u200c\u200d"


def tidy(text: str) -> str:
    """`text` without signs that are not seen but change how the rest is shown; line breaks and tabs stay."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    hidden = ("Cc", "Cf", "Cs")
    return "".join(
        one for one in plain if one in "\n\t" or one in _JOINERS or unicodedata.category(one) not in hidden
    ).strip()


@transaction.atomic
def say(
    *,
    contact_id: uuid.UUID,
    side: str,
    client_id: str,
    text: str,
    now: dt.datetime,
    account_id: uuid.UUID | None = None,
    audience: str = Audience.BOTH,
) -> tuple[int, bool]:
    """Keep one message; (its number, True when it is new). The same `client_id` of one side again changes nothing.

    Raises ``Refusal``: ``message_long``, ``message_empty``, ``key_reused`` (the id was used for other words),
    ``shredded``.
    """
    said = tidy(text)
    if not said:
        raise Refusal("message_empty")
    if len(said) > LONGEST_MESSAGE:
        raise Refusal("message_long", most=LONGEST_MESSAGE, length=len(said))
    rows = Conversation.objects.filter(pk=contact_id)
    # The row is ours until the commit: numbers and commits come in one order.
    if not rows.update(last_seq=F("last_seq") + 1):
        raise Refusal("not_found")
    conversation = rows.get()
    before = Message.objects.filter(conversation=conversation, side=side, client_id=client_id).first()
    if before is not None:
        rows.update(last_seq=F("last_seq") - 1)
        if sealing.open_messages([(conversation, before)]) != [said]:
            raise Refusal("key_reused")
        return before.seq, False
    seq = conversation.last_seq
    Message.objects.create(
        conversation=conversation, seq=seq, side=side, audience=audience, client_id=client_id, account_id=account_id,
        sealed=sealing.seal_message(conversation, seq, said), at=now,
    )  # fmt: skip
    return seq, True


def announce(*, contact_id: uuid.UUID, code: str, now: dt.datetime, audience: str = Audience.BOTH) -> int:
    """A line of the system in the conversation: a code that each reader's page puts into words."""
    seq, _ = say(
        contact_id=contact_id, side=Side.SYSTEM, client_id=f"{code}-{uuid.uuid4().hex[:20]}", text=code, now=now,
        audience=audience,
    )  # fmt: skip
    return seq


def said_after(after: dict[uuid.UUID, int]) -> list[Said]:
    """Every message beyond the number given for its conversation, in order; three queries however many they are."""
    if not after:
        return []
    grown = {one.pk: one for one in Conversation.objects.filter(pk__in=list(after)) if one.last_seq > after[one.pk]}
    if not grown:
        return []
    lowest = min(after[pk] for pk in grown)
    rows = Message.objects.filter(conversation__in=list(grown), seq__gt=lowest).order_by("conversation_id", "seq")
    pairs = [(grown[row.conversation_id], row) for row in rows if row.seq > after[row.conversation_id]]
    texts = sealing.open_messages(pairs)
    return [
        Said(row.conversation_id, row.seq, row.side, row.audience, row.client_id, text, row.at)
        for (_, row), text in zip(pairs, texts, strict=True)
    ]


def counters(conversations: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Conversation > (number of its last message, number of its last signal); one query, nothing opened."""
    found = Conversation.objects.filter(pk__in=list(conversations)).values_list("pk", "last_seq", "last_signal")
    return {pk: (seq, number) for pk, seq, number in found}


@transaction.atomic
def signal(*, contact_id: uuid.UUID, to: str, payload: dict[str, Any], now: dt.datetime) -> int:
    """Pass something to the other side's browser; sealed, in order, gone after a minute. Raises ``message_long``."""
    plain = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    if len(plain) > _LONGEST_SIGNAL:
        raise Refusal("message_long", most=_LONGEST_SIGNAL, length=len(plain))
    rows = Conversation.objects.filter(pk=contact_id)
    if not rows.update(last_signal=F("last_signal") + 1):
        raise Refusal("not_found")
    conversation = rows.get()
    number = conversation.last_signal
    sealed = crypto.seal_bytes(conversation, f"signal {number}", plain)
    Signal.objects.create(conversation=conversation, number=number, to=to, sealed=sealed, at=now)
    return number


def signals_after(after: dict[uuid.UUID, int], *, now: dt.datetime) -> list[tuple[uuid.UUID, int, str, str]]:
    """Signals beyond the number given for their conversation: (conversation, number, to whom, JSON)."""
    if not after:
        return []
    rows = list(
        Signal.objects.filter(conversation__in=list(after), at__gt=now - _SIGNAL_LIVES)
        .select_related("conversation")
        .order_by("conversation_id", "number")
    )
    fresh = [row for row in rows if row.number > after[row.conversation_id] and row.conversation.record_key is not None]
    opened = crypto.unseal_many([(row.conversation, f"signal {row.number}", bytes(row.sealed)) for row in fresh])
    return [(row.conversation_id, row.number, row.to, text.decode()) for row, text in zip(fresh, opened, strict=True)]


def forget_signals(*, now: dt.datetime) -> int:
    """Drop signals older than a minute; how many. Called by the tick."""
    return Signal.objects.filter(at__lt=now - _SIGNAL_LIVES).delete()[0]
