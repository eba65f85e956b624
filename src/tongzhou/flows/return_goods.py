"""Goods come back to their giver: what the receiver refused, or what turned round on its way.

What can still be used is free again; what cannot is missing from now on.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.services import carrying
from tongzhou.chain.dispatch.services.locking import lock_assignment, lock_offer, require_version
from tongzhou.chain.dispatch.services.movements import seen
from tongzhou.chain.dispatch.types import Via
from tongzhou.flows import events
from tongzhou.flows.carry_assignment import carrier_act
from tongzhou.flows.release_need import settle_offer
from tongzhou.kernel.access import Actor

__all__ = ["returned"]


@transaction.atomic
def returned(
    *, actor: Actor, assignment: Assignment, quantity: int, unusable: int = 0, key: str, now: dt.datetime,
    via: str = Via.PAGE, secret: str = "", expect: int | None = None,
) -> Assignment:  # fmt: skip
    """So much is back, `unusable` base units of it spoilt.

    Raises ``not_found``, ``not_yours``, ``bad_split``, ``key_reused``, ``version_stale``.
    """
    act = carrier_act(actor, assignment, secret)
    offer = lock_offer(assignment.offer_id)
    one = lock_assignment(assignment.pk)
    if seen(one, key):
        return one
    require_version(one, expect)
    back = carrying.take_return(
        actor=actor, one=one, act=act, quantity=quantity, unusable=unusable, key=key, now=now, via=via
    )
    events.post("returned", back, key=key, quantity=quantity, unusable=unusable)
    if unusable:
        settle_offer(actor=actor, offer=offer, now=now)
    return back
