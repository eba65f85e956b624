"""Money laid out for an errand, in fen, until it is settled."""

from __future__ import annotations

import datetime as dt

from tongzhou.chain.delivery.models import CashAdvance
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["append", "known", "settle"]


def known(assignment: Assignment, key: str, amount_fen: int) -> CashAdvance | None:
    """The advance that this key made already; ``Refusal("key_reused")`` when it was another one."""
    found = CashAdvance.objects.filter(key=key).first()
    if found is not None and (found.assignment_id, found.amount_fen) != (assignment.pk, amount_fen):
        raise Refusal("key_reused")
    return found


def append(
    *, actor: Actor, act: Act | str, assignment: Assignment, amount_fen: int, paid_by: str, note: str, key: str
) -> CashAdvance:
    """Keep an advance. Raises ``Refusal("quantity_bad")`` unless it is positive."""
    if amount_fen < 1:
        raise Refusal("quantity_bad", text=amount_fen)
    advance = CashAdvance(
        assignment=assignment, amount_fen=amount_fen, paid_by=paid_by[:100], note=note[:300], by_id=actor.account_id,
        by_name=actor.name[:100], key=key,
    )  # fmt: skip
    return changes.create(advance, actor=actor, act=act)


def settle(*, actor: Actor, act: Act | str, advance: CashAdvance, spent_fen: int, now: dt.datetime) -> CashAdvance:
    """Say how much was spent with proof; the rest was handed back. Raises ``advance_settled``, ``advance_over``."""
    if advance.settled_at is not None:
        raise Refusal("advance_settled")
    if not 0 <= spent_fen <= advance.amount_fen:
        raise Refusal("advance_over", spent=_yuan(spent_fen), amount=_yuan(advance.amount_fen))
    return changes.apply(
        advance, actor=actor, act=act, spent_fen=spent_fen, settled_at=now, settled_by_name=actor.name[:100]
    )


def _yuan(fen: int) -> str:
    sign, left = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}¥{left // 100}.{left % 100:02d}"
