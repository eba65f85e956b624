"""The state of an assignment follows from its balances; here is how, and what is refused in which state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import AssignmentState, Balance
from tongzhou.kernel.errors import Refusal

__all__ = ["ENDED", "NOBODY_THERE", "heard", "refused", "require_free", "settled"]

#: Nothing more happens to it (goods that were refused may still come back).
ENDED = (
    AssignmentState.CONFIRMED, AssignmentState.DECLINED, AssignmentState.LAPSED, AssignmentState.WITHDRAWN,
)  # fmt: skip
#: The difference of a receipt that nobody at the door gave (`delivery.types.Difference`).
NOBODY_THERE = "not_home"


def heard(one: Assignment) -> bool:
    """True when a receipt that still counts is the receiver's word: not when nobody was there to take anything."""
    counts = one.receipts.filter(corrected_by=None).exclude(received=0, refused=0, missing=0)
    return bool(counts.exclude(received=0, difference=NOBODY_THERE).exists())


def settled(one: Assignment, sums: Mapping[Balance, int], *, present: str, ended: AssignmentState) -> AssignmentState:
    """The state that these balances mean. `present` keeps "delivered"; `ended`: how it ended if nobody confirmed it.

    Goods that came back broken, or found nobody at home, are confirmed by nobody.
    """
    if sums[Balance.IN_TRANSIT]:
        delivered = present == AssignmentState.DELIVERED
        return AssignmentState.DELIVERED if delivered else AssignmentState.IN_TRANSIT
    if sums[Balance.ACCEPTED]:
        return AssignmentState.ACCEPTED
    if sums[Balance.PLANNED]:
        return AssignmentState.PROPOSED
    if sums[Balance.RECEIVED]:
        return AssignmentState.CONFIRMED
    left = sums[Balance.REFUSED] + sums[Balance.MISSING]
    return AssignmentState.CONFIRMED if left and heard(one) else ended


def require_free(one: Assignment, now: dt.datetime) -> None:
    """It still waits to be taken: ``already_covered``, ``lapsed`` or ``assignment_over`` otherwise."""
    if one.state != AssignmentState.PROPOSED:
        raise refused(one)
    if one.lapses_at <= now:
        raise Refusal("lapsed")


def refused(one: Assignment) -> Refusal:
    """Why an assignment that is no longer proposed cannot be taken."""
    if one.state == AssignmentState.LAPSED:
        return Refusal("lapsed")
    if one.state in (AssignmentState.DECLINED, AssignmentState.WITHDRAWN):
        return Refusal("assignment_over", state=one.get_state_display())
    return Refusal("already_covered")
