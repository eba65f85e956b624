"""A coordinator takes an assignment back; what is on its way is recorded as returned."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import TAKE_BACK, target_of
from tongzhou.chain.dispatch.services.assignments import give_back
from tongzhou.chain.dispatch.services.locking import lock_assignment
from tongzhou.chain.dispatch.types import LIVE, AssignmentState
from tongzhou.chain.intake.services.submit import masked
from tongzhou.flows import events
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["withdraw"]


@transaction.atomic
def withdraw(*, actor: Actor, assignment: Assignment, reason: str, now: dt.datetime) -> Assignment:
    """Take it back whatever its state. Raises ``Refusal``: ``not_found``, ``assignment_over``."""
    require(actor, TAKE_BACK, **target_of(assignment))
    one = lock_assignment(assignment.pk)
    if one.state not in LIVE:
        raise Refusal("assignment_over", state=one.get_state_display())
    said, holder = masked(reason), one.holder_id
    give_back(actor=actor, one=one, act=TAKE_BACK, reason=said, ended=AssignmentState.WITHDRAWN, now=now, returned=True)
    events.post("withdrawn", one, accounts=[holder], reason=said)
    return one
