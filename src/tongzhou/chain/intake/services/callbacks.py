"""People who asked to be called: one in one person's hands for ten minutes, tried again later, never forgotten."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import CallbackRequest, Submission
from tongzhou.chain.intake.selectors.submissions import callbacks
from tongzhou.chain.intake.services.submit import masked, scope_of
from tongzhou.chain.intake.types import CallState, WantedTime
from tongzhou.kernel import audit, changes, clock, crypto
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "HELD_FOR",
    "LATER",
    "MOST_ATTEMPTS",
    "Opened",
    "ask",
    "finish",
    "give_back",
    "missed",
    "open_held",
    "take",
    "wanted_from",
]

HELD_FOR = dt.timedelta(minutes=10)
#: After a call nobody answered: how long until the next one.
LATER = (dt.timedelta(minutes=15), dt.timedelta(hours=1), dt.timedelta(hours=3), dt.timedelta(hours=18))
MOST_ATTEMPTS = 5
#: First hour of each wanted time of the day in Beijing, and the hour it ends.
_HOURS = {WantedTime.MORNING: (8, 12), WantedTime.AFTERNOON: (12, 18), WantedTime.EVENING: (18, 22)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A callback in somebody's hands, with what only they may see now (the look is logged)."""

    request: CallbackRequest
    phone: str
    reason: str
    place_text: str

    def __repr__(self) -> str:
        return f"Opened({self.request.pk})"


def wanted_from(wanted: str, now: dt.datetime) -> dt.datetime:
    """The first moment from `now` on that lies in the wanted time of the day."""
    hours = _HOURS.get(WantedTime(wanted))
    if hours is None:
        return now
    local = clock.beijing(now)
    if hours[0] <= local.hour < hours[1]:
        return now
    start = local.replace(hour=hours[0], minute=0, second=0, microsecond=0)
    return start if start > local else start + dt.timedelta(days=1)


@transaction.atomic
def ask(
    *, actor: Actor, response_id: uuid.UUID, phone: str, now: dt.datetime, reason: str = "", place_text: str = "",
    place: str | None = None, wanted: str = WantedTime.ANY,
) -> tuple[CallbackRequest, bool]:  # fmt: skip
    """Queue a wish to be called; (the request, True when new). A number that waits already is not queued twice."""
    request = CallbackRequest(
        response_id=response_id,
        place_id=place,
        wanted=wanted,
        next_at=wanted_from(wanted, now),
    )
    scope = scope_of(request.response_id)
    index = crypto.phone_index(phone, scope)
    waiting = CallbackRequest.objects.filter(
        response_id=response_id,
        phone_index=index,
        state=CallState.WAITING,
    ).first()
    if waiting is not None and index:
        return waiting, False
    crypto.prepare(request, scope)
    crypto.seal(request, phone=phone, reason=reason, place_text=place_text)
    request.phone_index = index
    return changes.create(request, actor=actor, act=policies.CALLBACK_ASKED), True


def _mine(actor: Actor, request: CallbackRequest, now: dt.datetime) -> CallbackRequest:
    """The row again, if the actor has it in hand."""
    found = callbacks(actor).filter(pk=request.pk).first()
    if found is None:
        if CallbackRequest.objects.filter(pk=request.pk).exclude(state=CallState.WAITING).exists():
            raise Refusal("callback_over")
        raise Refusal("not_found")
    if found.holder_id != actor.account_id or found.held_until is None or found.held_until <= now:
        raise Refusal("callback_held", name=found.holder_name or "—")
    return found


def _opened(actor: Actor, found: CallbackRequest) -> Opened:
    audit.looked(actor=actor, act=policies.TAKE_CALLBACK, obj=found, fields=["phone", "reason", "place_text"])
    return Opened(
        found, crypto.unseal(found, "phone"), crypto.unseal(found, "reason"), crypto.unseal(found, "place_text")
    )


@transaction.atomic
def take(*, actor: Actor, request: CallbackRequest, now: dt.datetime) -> Opened:
    """Take it in hand for ten minutes and see the number (logged). Raises callback_held, not_found, version_stale."""
    found = callbacks(actor).filter(pk=request.pk).first()
    if found is None:
        raise Refusal("not_found")
    held = found.held_until is not None and found.held_until > now
    if held and found.holder_id != actor.account_id:
        raise Refusal("callback_held", name=found.holder_name)
    changes.apply(
        found, actor=actor, act=policies.TAKE_CALLBACK, holder_id=actor.account_id, holder_name=actor.name[:100],
        held_until=now + HELD_FOR,
    )  # fmt: skip
    return _opened(actor, found)


@transaction.atomic
def give_back(*, actor: Actor, request: CallbackRequest, now: dt.datetime) -> CallbackRequest:
    """Let it go without having called."""
    return changes.apply(
        _mine(actor, request, now), actor=actor, act=policies.TAKE_CALLBACK, held_until=None, holder_id=None,
        holder_name="",
    )  # fmt: skip


@transaction.atomic
def missed(*, actor: Actor, request: CallbackRequest, now: dt.datetime) -> CallbackRequest:
    """Nobody answered: tried again later, and after `MOST_ATTEMPTS` times given up."""
    found = _mine(actor, request, now)
    attempts = found.attempts + 1
    over = attempts >= MOST_ATTEMPTS
    later = now + LATER[min(attempts, len(LATER)) - 1]
    return changes.apply(
        found, actor=actor, act=policies.TAKE_CALLBACK, attempts=attempts, last_attempt_at=now,
        state=CallState.GIVEN_UP if over else CallState.WAITING, next_at=later, held_until=None, holder_id=None,
        holder_name="",
    )  # fmt: skip


@transaction.atomic
def finish(
    *, actor: Actor, request: CallbackRequest, now: dt.datetime, state: str, outcome: str = "",
    submission: Submission | None = None,
) -> CallbackRequest:  # fmt: skip
    """The call was made (`CallState.REACHED`) or is not wanted (`WRONG`); `submission`: what was written down in it."""
    found = _mine(actor, request, now)
    return changes.apply(
        found, actor=actor, act=policies.TAKE_CALLBACK, attempts=found.attempts + 1, last_attempt_at=now,
        state=CallState(state).value, outcome=masked(outcome)[:300], submission=submission, held_until=None,
    )  # fmt: skip


@transaction.atomic
def open_held(*, actor: Actor, request: CallbackRequest, now: dt.datetime) -> Opened:
    """See again what one has in hand (logged again). ``Refusal``: callback_held, callback_over, not_found."""
    found = _mine(actor, request, now)
    return _opened(actor, found)
