"""Results of volunteers without a smartphone: written down from their signed slips by a committee or coordinator."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.delivery.services import receipts
from tongzhou.chain.delivery.types import HowConfirmed
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ENTER_RESULTS, target_of
from tongzhou.chain.dispatch.selectors.volunteers import is_member
from tongzhou.chain.dispatch.services import answering
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_need, lock_offer
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.chain.intake.services.submit import masked
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Account

__all__ = ["enter_result"]


@transaction.atomic
def enter_result(
    *, actor: Actor, assignment: Assignment, account: Account | None = None, name: str = "", received: int,
    refused: int = 0, missing: int = 0, difference: str = "", note: str = "", key: str, now: dt.datetime,
) -> Receipt:  # fmt: skip
    """Who did it (an `account` of the team, or the `name` on the slip: a role or number) and what arrived.

    One that still waits is taken, sent and received in one go. Where nobody was at home all of it comes back. The same
    `key` again gives the same receipt. Raises ``Refusal``: ``not_found``, ``lapsed``, ``own_delivery`` and what
    `confirm` refuses.
    """
    require(actor, ENTER_RESULTS, **target_of(assignment))
    refused, missing = receipts.left_with_carrier(
        received=received, refused=refused, missing=missing, difference=difference
    )  # fmt: skip
    if account is not None and (assignment.team_id is None or not is_member(account.pk, assignment.team_id)):
        raise Refusal("not_found")
    lock_offer(assignment.offer_id)
    lock_need(assignment.need_id)
    one = lock_assignment(assignment.pk)
    before = receipts.known(one, key, received=received, refused=refused, missing=missing)
    if before is not None:
        return before
    if one.state == AssignmentState.PROPOSED:
        answering.take(
            actor=actor, one=one, act=ENTER_RESULTS, holder_id=account.pk if account else None,
            holder_name=account.name if account else masked(name), key=key, now=now, via=Via.SLIP,
        )  # fmt: skip
    return confirm(
        actor=actor, assignment=one, received=received, refused=refused, missing=missing, difference=difference,
        note=note, how=HowConfirmed.SLIP, key=key, now=now,
    )  # fmt: skip
