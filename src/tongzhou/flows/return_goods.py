"""Goods come back to their giver: what the receiver refused, or what turned round on its way. They are free again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.services import carrying
from tongzhou.chain.dispatch.services.locking import lock_assignment
from tongzhou.chain.dispatch.services.movements import seen
from tongzhou.chain.dispatch.types import Via
from tongzhou.flows import events
from tongzhou.flows.carry_assignment import carrier_act
from tongzhou.kernel.access import Actor

__all__ = ["returned"]


@transaction.atomic
def returned(
    *, actor: Actor, assignment: Assignment, quantity: int, key: str, now: dt.datetime, via: str = Via.PAGE,
    secret: str = "",
) -> Assignment:  # fmt: skip
    """So much is back. Raises ``Refusal``: ``not_found``, ``not_yours``, ``bad_split``, ``key_reused``."""
    act = carrier_act(actor, assignment, secret)
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    back = carrying.take_return(actor=actor, one=one, act=act, quantity=quantity, key=key, now=now, via=via)
    events.post("returned", back, key=key, quantity=quantity)
    return back
