"""A volunteer at the door: brought, and what the receiver took, in one go; with the receiver's code it is confirmed.

Not one transaction on purpose: that it was brought stays written down when the code turns out to be wrong.
"""

from __future__ import annotations

import datetime as dt

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.services.receipts import left_with_carrier
from tongzhou.chain.delivery.types import HowConfirmed, IncidentKind
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.types import Balance
from tongzhou.flows.carry_assignment import mark_delivered
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.report_incident import report
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["finish", "in_hand"]


def in_hand(assignment: Assignment) -> int:
    """Base units to be handed over: on their way, else accepted, else waiting to be taken."""
    sums = of_assignments([assignment.pk])[assignment.pk]
    return sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED] or sums[Balance.PLANNED]


def finish(
    *,
    actor: Actor,
    assignment: Assignment,
    received: int,
    refused: int = 0,
    difference: str = "",
    note: str = "",
    code: str = "",
    words: str = "",
    address: str = "",
    key: str,
    via: str,
    now: dt.datetime,
) -> Receipt | None:
    """It was brought; `received` and `refused` base units of it, the rest was missing. The same `key` has one effect.

    With the receiver's `code` the receipt is complete; without one a coordinator asks the receiver, and a difference
    goes to them as a report (in `words`). Raises ``Refusal`` as `mark_delivered` and `confirm` do.
    """
    before = Receipt.objects.filter(key=key).first()
    if before is not None:
        if before.assignment_id != assignment.pk:
            raise Refusal("key_reused")
        return before
    one = mark_delivered(actor=actor, assignment=assignment, key=key, via=via, now=now)
    missing = max(0, in_hand(one) - received - refused)
    refused, missing = left_with_carrier(received=received, refused=refused, missing=missing, difference=difference)
    if code:
        return confirm(
            actor=actor, assignment=one, received=received, refused=refused, missing=missing, difference=difference,
            note=note, how=HowConfirmed.CODE, code=code, address=address, key=key, now=now,
        )  # fmt: skip
    if missing or refused:
        report(
            actor=actor, assignment=one,
            kind=IncidentKind.NOT_ARRIVED if missing or not received else IncidentKind.OTHER,
            text="\n".join(part for part in (words, note) if part), key=f"{key}:short", now=now,
        )  # fmt: skip
    return None
