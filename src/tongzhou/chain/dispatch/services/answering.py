"""Taking an assignment on, declining it, giving it up, standing in reserve. The caller has locked the assignment."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress

from django.db import IntegrityError, transaction

from tongzhou.chain.dispatch.models import Assignment, Reserve
from tongzhou.chain.dispatch.policies import CLAIM
from tongzhou.chain.dispatch.services.assignments import give_back, own_key
from tongzhou.chain.dispatch.services.movements import append
from tongzhou.chain.dispatch.services.states import require_free
from tongzhou.chain.dispatch.types import LAPSES_AFTER, MOST_CLAIMS, AssignmentState, Balance, DeclineReason, Via
from tongzhou.chain.intake.services.submit import masked
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "ask_next", "decline", "due_after", "lapse", "open_claims", "propose_again", "require_claims_left", "reserve",
    "take",
]  # fmt: skip

#: Hours until a claim runs out unsent: life-critical and urgent ones, others.
DUE_SOON, DUE = dt.timedelta(hours=4), dt.timedelta(hours=24)
_RESERVE = "assignment.reserve"


def due_after(urgency: int) -> dt.timedelta:
    """How long a volunteer has for a claim before it goes to somebody else."""
    return DUE_SOON if urgency <= 1 else DUE


def take(
    *, actor: Actor, one: Assignment, act: Act | str, holder_id: uuid.UUID | None, holder_name: str, key: str,
    now: dt.datetime, via: str, due: dt.timedelta | None = None,
) -> Assignment:  # fmt: skip
    """The first who takes it has it. Raises ``already_covered``, ``lapsed``, ``assignment_over``."""
    require_free(one, now)
    steps = [(Balance.PLANNED, Balance.ACCEPTED, one.quantity)]
    append(actor=actor, assignment=one, steps=steps, key=key, now=now, via=via)
    if holder_id is not None:
        for mine in Reserve.objects.filter(assignment=one, account_id=holder_id, left_at=None):
            changes.apply(mine, actor=actor, act=_RESERVE, left_at=now)
    return changes.apply(
        one, actor=actor, act=act, state=AssignmentState.ACCEPTED, accepted_at=now, holder_id=holder_id,
        holder_name=holder_name[:100], due_at=now + due if due is not None else None, state_reason="",
    )  # fmt: skip


def decline(
    *, actor: Actor, one: Assignment, act: Act | str, reason: str, note: str, key: str, now: dt.datetime, via: str
) -> Assignment:
    """Say no: it is free for the next plan at once. Raises as `take`."""
    require_free(one, now)
    return give_back(
        actor=actor, one=one, act=act, reason=masked(note), ended=AssignmentState.DECLINED, now=now, key=key,
        via=via, decline_reason=DeclineReason(reason).value,
    )  # fmt: skip


def lapse(*, actor: Actor, one: Assignment, act: Act | str, reason: str, now: dt.datetime) -> Assignment:
    """Nobody answered in time."""
    return give_back(
        actor=actor, one=one, act=act, reason=reason, ended=AssignmentState.LAPSED, now=now, via=Via.SYSTEM
    )


def propose_again(
    *, actor: Actor, one: Assignment, act: Act | str, reason: str, now: dt.datetime, key: str = "",
    via: str = Via.PAGE, lapses_after: dt.timedelta = LAPSES_AFTER,
) -> Assignment:  # fmt: skip
    """Its holder gives it up, or did not send it in time: it waits again, for the same need, with a new time limit.

    What had been sent and received of it stays; then, or when the pair has a newer assignment waiting, the rest ends.
    """
    rival = Assignment.objects.filter(need_id=one.need_id, offer_id=one.offer_id, state=AssignmentState.PROPOSED)
    key = key or own_key("again", one)
    steps = [(Balance.ACCEPTED, Balance.OUTSIDE, one.quantity), (Balance.OUTSIDE, Balance.PLANNED, one.quantity)]
    if one.sent_at is None and not rival.exclude(pk=one.pk).exists():
        with suppress(IntegrityError), transaction.atomic():  # the pair may get a newer one at this very moment
            append(actor=actor, assignment=one, steps=steps, key=key, now=now, via=via, reason=reason)
            return changes.apply(
                one, actor=actor, act=act, reason=reason, state=AssignmentState.PROPOSED, state_reason=reason[:300],
                lapses_at=now + lapses_after, accepted_at=None, due_at=None, holder_id=None, holder_name="",
            )  # fmt: skip
    return give_back(
        actor=actor, one=one, act=act, reason=reason, ended=AssignmentState.WITHDRAWN, now=now, key=key, via=via
    )


def open_claims(account_id: uuid.UUID) -> int:
    """Claims of a volunteer that are not delivered yet."""
    going = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT)
    return Assignment.objects.filter(holder_id=account_id, team__isnull=False, state__in=going).count()


def require_claims_left(account_id: uuid.UUID) -> None:
    """``Refusal("claims_full")`` for somebody who has enough in hand; the caller has locked their profile."""
    if open_claims(account_id) >= MOST_CLAIMS:
        raise Refusal("claims_full", most=MOST_CLAIMS)


def reserve(*, actor: Actor, one: Assignment, account_id: uuid.UUID) -> int:
    """Stand in reserve, once; the place in the row, beginning with 1."""
    waiting = Reserve.objects.filter(assignment=one, left_at=None).order_by("created_at", "pk")
    order = list(waiting.values_list("account_id", flat=True))
    if account_id not in order:
        changes.create(Reserve(assignment=one, account_id=account_id), actor=actor, act=CLAIM)
        order.append(account_id)
    return order.index(account_id) + 1


def ask_next(*, actor: Actor, one: Assignment, now: dt.datetime) -> Reserve | None:
    """The first in reserve who was not asked yet is asked; the flow tells them."""
    waiting = Reserve.objects.filter(assignment=one, left_at=None, asked_at=None).order_by("created_at", "pk")
    first = waiting.first()
    return changes.apply(first, actor=actor, act=_RESERVE, asked_at=now) if first is not None else None
