"""The double entry: this is the only door to `Movement`. The caller has locked the assignment (and what it judged)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import Sums, of_assignments
from tongzhou.chain.dispatch.types import Balance, Via
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LONGEST_KEY", "Move", "Step", "append", "append_many", "seen"]

#: From, to, base units. Steps of 0 are left out.
Step = tuple[Balance, Balance, int]
#: An assignment, its steps, and the key they have in common.
Move = tuple[Assignment, Sequence[Step], str]
LONGEST_KEY = 80


def seen(assignment: Assignment, key: str) -> bool:
    """True when this key had its effect on this assignment already: the caller gives back what is there.

    Raises ``Refusal("key_reused")`` when the key belongs to another assignment, ``bad_request`` for an unusable one.
    """
    if not key or len(key) > LONGEST_KEY:
        raise Refusal("bad_request")
    found = set(Movement.objects.filter(key=key).values_list("assignment_id", flat=True))
    if found - {assignment.pk}:
        raise Refusal("key_reused")
    return bool(found)


def append(
    *, actor: Actor, assignment: Assignment, steps: Sequence[Step], key: str, now: dt.datetime, via: str = Via.PAGE,
    reason: str = "",
) -> Sums:  # fmt: skip
    """Append the steps in their order; the assignment's balances afterwards.

    Raises ``Refusal("key_reused")`` when another assignment used the key at the same moment, ``ValueError`` when a
    balance would fall below zero: the caller has to have judged that.
    """
    moves = [(assignment, steps, key)]
    return append_many(actor=actor, moves=moves, now=now, via=via, reason=reason)[assignment.pk]


def append_many(
    *, actor: Actor, moves: Sequence[Move], now: dt.datetime, via: str = Via.PAGE, reason: str = ""
) -> dict[uuid.UUID, Sums]:
    """The same for many assignments, each once, in few statements: all or none."""
    balances = of_assignments(assignment.pk for assignment, _steps, _key in moves)
    rows = []
    for assignment, steps, key in moves:
        sums = balances[assignment.pk]
        for source, target, quantity in steps:
            if not quantity:
                continue
            rows.append(
                Movement(
                    assignment=assignment, need_id=assignment.need_id, offer_id=assignment.offer_id, source=source,
                    target=target, quantity=quantity, at=now, via=via, by_id=actor.account_id,
                    by_name=actor.name[:100], reason=reason[:300], key=key,
                )
            )  # fmt: skip
            for name, change in ((source, -quantity), (target, quantity)):
                if name != Balance.OUTSIDE:
                    sums[Balance(name)] += change
        if any(left < 0 for left in sums.values()):
            raise ValueError(f"assignment {assignment.code}: {steps} would leave {sums}")
    try:
        with transaction.atomic():
            Movement.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:
        raise Refusal("key_reused") from None
    return balances
