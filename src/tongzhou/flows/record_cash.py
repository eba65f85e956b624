"""Money laid out for an errand (medicine, a fare): recorded by whoever carries, settled by a coordinator."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.delivery.models import CashAdvance
from tongzhou.chain.delivery.policies import SETTLE_CASH
from tongzhou.chain.delivery.services import cash
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import target_of
from tongzhou.chain.dispatch.services.locking import lock_assignment
from tongzhou.chain.intake.services.submit import masked
from tongzhou.flows.carry_assignment import carrier_act, is_holder
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["record", "settle"]

_RECORD = "delivery.cash"


@transaction.atomic
def record(
    *, actor: Actor, assignment: Assignment, amount_fen: int, paid_by: str, note: str = "", key: str, now: dt.datetime
) -> CashAdvance:
    """Record `amount_fen` that `paid_by` (a role, never a private person's name) laid out or handed over.

    Raises ``Refusal``: ``not_found``, ``not_yours``, ``quantity_bad``, ``key_reused``.
    """
    carrier_act(actor, assignment)
    one = lock_assignment(assignment.pk)
    before = cash.known(one, key, amount_fen)
    if before is not None:
        return before
    return cash.append(
        actor=actor, act=_RECORD, assignment=one, amount_fen=amount_fen, paid_by=masked(paid_by), note=masked(note),
        key=key,
    )  # fmt: skip


@transaction.atomic
def settle(*, actor: Actor, advance: CashAdvance, spent_fen: int, now: dt.datetime) -> CashAdvance:
    """Settle it: `spent_fen` with proof, the rest handed back. Nobody settles an errand of their own.

    Raises ``Refusal``: ``not_found``, ``own_delivery``, ``advance_settled``, ``advance_over``, ``version_stale``.
    """
    require(actor, SETTLE_CASH, **target_of(advance.assignment))
    if is_holder(actor, advance.assignment):
        raise Refusal("own_delivery")
    return cash.settle(actor=actor, act=SETTLE_CASH, advance=advance, spent_fen=spent_fen, now=now)
