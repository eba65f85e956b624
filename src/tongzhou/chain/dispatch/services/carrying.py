"""Sending and bringing. The caller has locked the assignment and judged who may."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.services.assignments import into_state
from tongzhou.chain.dispatch.services.movements import append
from tongzhou.chain.dispatch.types import AssignmentState, Balance
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["UNUSABLE", "deliver", "require_going", "send", "take_return"]

#: Why a movement counts what came back as missing.
UNUSABLE = gettext_noop("退回时已不能用")

_GOING = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)


def require_going(one: Assignment) -> None:
    """Somebody has it in hand; ``assignment_over`` otherwise."""
    if one.state not in _GOING:
        raise Refusal("assignment_over", state=one.get_state_display())


def send(
    *, actor: Actor, one: Assignment, act: Act | str, quantity: int | None, rest_back: bool, key: str,
    now: dt.datetime, via: str,
) -> Assignment:  # fmt: skip
    """So much leaves (all of it when `quantity` is None). The rest stays accepted, or goes back when `rest_back`.

    Raises ``Refusal``: ``assignment_over``, ``bad_split``.
    """
    require_going(one)
    held = of_assignments([one.pk])[one.pk][Balance.ACCEPTED]
    leaves = held if quantity is None else quantity
    if not 1 <= leaves <= held:
        raise Refusal("bad_split", asked=f"{leaves:,}", most=f"{held:,}")
    steps = [(Balance.ACCEPTED, Balance.IN_TRANSIT, leaves)]
    if rest_back:
        steps.append((Balance.ACCEPTED, Balance.OUTSIDE, held - leaves))
    append(actor=actor, assignment=one, steps=steps, key=key, now=now, via=via)
    return changes.apply(one, actor=actor, act=act, state=AssignmentState.IN_TRANSIT, sent_at=now, due_at=None)


def deliver(*, actor: Actor, one: Assignment, act: Act | str, key: str, now: dt.datetime, via: str) -> Assignment:
    """Everything is at the receiver's door; what was never marked as sent counts as sent now."""
    require_going(one)
    if one.state == AssignmentState.DELIVERED:
        return one
    sums = of_assignments([one.pk])[one.pk]
    if not sums[Balance.IN_TRANSIT]:
        steps = [(Balance.ACCEPTED, Balance.IN_TRANSIT, sums[Balance.ACCEPTED])]
        append(actor=actor, assignment=one, steps=steps, key=key, now=now, via=via)
    return changes.apply(
        one, actor=actor, act=act, state=AssignmentState.DELIVERED, sent_at=one.sent_at or now, delivered_at=now,
        due_at=None,
    )  # fmt: skip


def take_return(
    *, actor: Actor, one: Assignment, act: Act | str, quantity: int, unusable: int = 0, key: str, now: dt.datetime,
    via: str,
) -> Assignment:  # fmt: skip
    """So much is back with its giver: first of what the receiver refused, then of what is still on its way.

    It is free to be given again, but for `unusable` of it: that is missing from now on and is never planned with.
    Raises ``Refusal("bad_split")``.
    """
    sums = of_assignments([one.pk])[one.pk]
    most = sums[Balance.REFUSED] + sums[Balance.IN_TRANSIT]
    if not 1 <= quantity <= most:
        raise Refusal("bad_split", asked=f"{quantity:,}", most=f"{most:,}")
    if not 0 <= unusable <= quantity:
        raise Refusal("bad_split", asked=f"{unusable:,}", most=f"{quantity:,}")
    refused = min(quantity, sums[Balance.REFUSED])
    broken = min(unusable, refused)
    good = [
        (Balance.REFUSED, Balance.RETURNED, refused - broken),
        (Balance.IN_TRANSIT, Balance.RETURNED, quantity - refused - (unusable - broken)),
    ]
    bad = [(Balance.REFUSED, Balance.MISSING, broken), (Balance.IN_TRANSIT, Balance.MISSING, unusable - broken)]
    after = append(actor=actor, assignment=one, steps=good, key=key, now=now, via=via)
    if unusable:
        after = append(actor=actor, assignment=one, steps=bad, key=key, now=now, via=via, reason=UNUSABLE)
    back = {"returned": [None, quantity - unusable]} if unusable < quantity else {}
    changed = back | ({"unusable": [None, unusable]} if unusable else {})
    audit.record(actor=actor, act=act, obj=one, changes=changed)
    ended = AssignmentState(one.state) if one.state == AssignmentState.CONFIRMED else AssignmentState.WITHDRAWN
    return into_state(actor=actor, one=one, act=act, sums=after, ended=ended, reason=str(one.state_reason), now=now)
