"""What the receiver says arrived: a receipt, appended; the steps its quantities take; what closes because of it."""

from __future__ import annotations

import datetime as dt

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.types import Difference
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import Sums
from tongzhou.chain.dispatch.types import AssignmentState, Balance
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["Step", "append", "known", "left_with_carrier", "steps_corrected", "steps_of"]

Step = tuple[Balance, Balance, int]
_TO = ((Balance.RECEIVED, "received"), (Balance.REFUSED, "refused"), (Balance.MISSING, "missing"))


def known(assignment: Assignment, key: str, *, received: int, refused: int, missing: int) -> Receipt | None:
    """The receipt that this key made already; ``Refusal("key_reused")`` when it said something else."""
    found = Receipt.objects.filter(key=key).first()
    if found is None:
        return None
    same = (found.assignment_id, found.received, found.refused, found.missing)
    if same != (assignment.pk, received, refused, missing):
        raise Refusal("key_reused")
    return found


def steps_of(one: Assignment, sums: Sums, *, received: int, refused: int, missing: int) -> list[Step]:
    """The movements of a receipt. An errand that nobody marked as sent leaves, travels and arrives in one go.

    Raises ``Refusal``: ``not_sent_yet``, ``assignment_over``, ``bad_split``, ``more_than_sent``.
    """
    total = received + refused + missing
    there = sums[Balance.IN_TRANSIT]
    if one.state == AssignmentState.PROPOSED:
        raise Refusal("not_sent_yet")
    if not there and not sums[Balance.ACCEPTED]:
        raise Refusal("assignment_over", state=one.get_state_display())
    first: list[Step] = []
    if not there:
        there = sums[Balance.ACCEPTED]
        first.append((Balance.ACCEPTED, Balance.IN_TRANSIT, min(total, there)))
    if min(received, refused, missing) < 0 or total < 1:
        raise Refusal("bad_split", asked=f"{total:,}", most=f"{there:,}")
    if total > there:
        raise Refusal("more_than_sent", sent=f"{there:,}", asked=f"{total:,}")
    parts = {"received": received, "refused": refused, "missing": missing}
    return [*first, *((Balance.IN_TRANSIT, to, parts[name]) for to, name in _TO)]


def left_with_carrier(*, received: int, refused: int, missing: int, difference: str) -> tuple[int, int]:
    """(refused, missing) as somebody at a door counted: where nobody was there all of it comes back, nothing is lost.

    Only for pages on which what is missing is merely what was named nowhere.
    """
    return (refused + missing, 0) if not received and difference == Difference.NOT_HOME else (refused, missing)


def steps_corrected(receipt: Receipt, sums: Sums, *, received: int, refused: int, missing: int) -> list[Step]:
    """The movements of a correction: the old quantities are on their way again, then the new ones are counted.

    What was refused and has come back since stays counted as refused. Raises ``Refusal``: ``correction_late`` (it was
    corrected before), ``below_returned``, ``bad_split``, ``more_than_sent``.
    """
    back = min(receipt.refused, sums[Balance.REFUSED])
    gone = receipt.refused - back
    if sums[Balance.RECEIVED] < receipt.received or sums[Balance.MISSING] < receipt.missing:
        raise Refusal("correction_late")
    there = sums[Balance.IN_TRANSIT] + receipt.received + receipt.refused + receipt.missing
    total = received + refused + missing
    if min(received, refused, missing) < 0:
        raise Refusal("bad_split", asked=f"{min(received, refused, missing):,}", most=f"{there:,}")
    if refused < gone:
        raise Refusal("below_returned", back=f"{gone:,}", asked=f"{refused:,}")
    if total > there:
        raise Refusal("more_than_sent", sent=f"{there:,}", asked=f"{total:,}")
    old = {"received": receipt.received, "refused": back, "missing": receipt.missing}
    new = {"received": received, "refused": refused - gone, "missing": missing}
    steps = [(balance, Balance.IN_TRANSIT, old[name]) for balance, name in _TO]
    return [*steps, *((Balance.IN_TRANSIT, balance, new[name]) for balance, name in _TO)]


def append(
    *, actor: Actor, act: Act | str, assignment: Assignment, how: str, received: int, refused: int, missing: int,
    difference: str, note: str, key: str, now: dt.datetime, corrects: Receipt | None = None, by_name: str = "",
) -> Receipt:  # fmt: skip
    """Append a receipt. Raises ``Refusal("difference_missing")`` when less arrived and nobody says why."""
    if (refused or missing) and difference not in Difference.values:
        raise Refusal("difference_missing")
    receipt = Receipt(
        assignment=assignment, how=how, received=received, refused=refused, missing=missing,
        difference=difference if refused or missing else "", note=note[:500], at=now, by_id=actor.account_id,
        by_name=(by_name or actor.name)[:100], corrects=corrects, key=key,
    )  # fmt: skip
    return changes.create(receipt, actor=actor, act=act)
