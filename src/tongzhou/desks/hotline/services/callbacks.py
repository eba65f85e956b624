"""People the line has to call: in one pair of hands at a time, tried again later, never forgotten."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from tongzhou.desks.hotline import policies
from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.services.events import happened
from tongzhou.desks.hotline.types import CallbackState, EventKind
from tongzhou.kernel import audit, changes, crypto
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = ["HELD_FOR", "LATER", "OpenedCall", "ask", "finish", "give_back", "missed", "open_held", "take"]

HELD_FOR = dt.timedelta(minutes=10)
#: After a call nobody answered: how long until the next one; the last repeats, so nobody is dropped.
LATER = (dt.timedelta(minutes=15), dt.timedelta(hours=1), dt.timedelta(hours=3), dt.timedelta(hours=18))


@dataclass(frozen=True, slots=True)
class OpenedCall:
    """A callback in somebody's hands, with what only they may see now (the look is logged)."""

    row: LineCallback
    phone: str
    words: str

    def __repr__(self) -> str:
        return f"OpenedCall({self.row.pk})"


@transaction.atomic
def ask(
    *, actor: Actor, line_id: uuid.UUID, phone: str, words: str, language: str, now: dt.datetime,
    contact: Contact | None = None,
) -> tuple[LineCallback, bool]:  # fmt: skip
    """Queue a wish to be called; (the row, True when new). A number that waits already is not queued twice."""
    scope = f"line:{line_id}"
    row = LineCallback(line_id=line_id, language=language, contact=contact, next_at=now)
    crypto.prepare(row, scope)
    row.phone_index = crypto.phone_index(phone, scope)
    waiting = LineCallback.objects.select_for_update().filter(
        line_id=line_id, phone_index=row.phone_index, state=CallbackState.WAITING
    )
    found = waiting.first()
    if found is not None:
        if words:  # nothing that was said is lost
            both = "\n".join(part for part in (crypto.unseal(found, "words"), words) if part)
            crypto.seal(found, words=both[-2000:])
            found.save(update_fields=["words"])
        return found, False
    crypto.seal(row, phone=phone, words=words)
    changes.create(row, actor=actor, act=policies.CALLER)
    if contact is not None:
        happened(contact, EventKind.CALLBACK, now=now)
    return row, True


def _waiting(row: LineCallback) -> LineCallback:
    found = LineCallback.objects.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise Refusal("not_found")
    if found.state != CallbackState.WAITING:
        raise Refusal("callback_over")
    return found


def _mine(actor: Actor, row: LineCallback, now: dt.datetime) -> LineCallback:
    found = _waiting(row)
    if found.holder_id != actor.account_id or found.held_until is None or found.held_until <= now:
        raise Refusal("callback_held", name=found.holder_name or "—")
    return found


def _opened(actor: Actor, found: LineCallback) -> OpenedCall:
    audit.looked(actor=actor, act=policies.TAKE_CALL, obj=found, fields=["phone", "words"])
    return OpenedCall(found, crypto.unseal(found, "phone"), crypto.unseal(found, "words"))


@transaction.atomic
def take(*, actor: Actor, row: LineCallback, now: dt.datetime) -> OpenedCall:
    """Take it in hand for ten minutes and see the number (logged). Raises ``callback_held``, ``callback_over``."""
    if not may(actor, policies.TAKE_CALL):
        raise Refusal("not_found")
    found = _waiting(row)
    if found.held_until is not None and found.held_until > now and found.holder_id != actor.account_id:
        raise Refusal("callback_held", name=found.holder_name)
    changes.apply(
        found, actor=actor, act=policies.TAKE_CALL, holder_id=actor.account_id, holder_name=actor.name[:100],
        held_until=now + HELD_FOR,
    )  # fmt: skip
    return _opened(actor, found)


@transaction.atomic
def open_held(*, actor: Actor, row: LineCallback, now: dt.datetime) -> OpenedCall:
    """See again what one has in hand (logged again)."""
    return _opened(actor, _mine(actor, row, now))


@transaction.atomic
def give_back(*, actor: Actor, row: LineCallback, now: dt.datetime) -> LineCallback:
    """Let it go without having called."""
    return changes.apply(
        _mine(actor, row, now), actor=actor, act=policies.TAKE_CALL, held_until=None, holder_id=None, holder_name=""
    )


@transaction.atomic
def missed(*, actor: Actor, row: LineCallback, now: dt.datetime) -> LineCallback:
    """Nobody answered: the same person is called again, later each time, and never dropped."""
    found = _mine(actor, row, now)
    attempts = found.attempts + 1
    later = now + LATER[min(attempts, len(LATER)) - 1]
    return changes.apply(
        found, actor=actor, act=policies.TAKE_CALL, attempts=attempts, last_attempt_at=now, next_at=later,
        held_until=None, holder_id=None, holder_name="",
    )  # fmt: skip


@transaction.atomic
def finish(*, actor: Actor, row: LineCallback, state: str, now: dt.datetime) -> LineCallback:
    """The call was made (``reached``), is not wanted (``wrong``), or is given up by a person's decision."""
    if state not in (CallbackState.REACHED, CallbackState.WRONG, CallbackState.GIVEN_UP):
        raise Refusal("bad_request")
    found = _mine(actor, row, now)
    return changes.apply(
        found, actor=actor, act=policies.TAKE_CALL, attempts=found.attempts + 1, last_attempt_at=now, state=state,
        held_until=None,
    )  # fmt: skip


def free(now: dt.datetime, account_id: uuid.UUID | None) -> Q:
    """Callbacks nobody else has in hand."""
    return Q(held_until=None) | Q(held_until__lte=now) | Q(holder_id=account_id)
