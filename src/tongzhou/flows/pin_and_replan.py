"""A pair fixed or forbidden while a plan is read, and the same question asked again at once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.services.running import start_plan
from tongzhou.chain.planning.services.steering import set_pin
from tongzhou.chain.planning.types import Scope
from tongzhou.kernel.access import Actor

__all__ = ["pin_and_replan", "same_scope"]


def same_scope(plan: Plan) -> Scope:
    """What a plan was about, to ask it again."""
    area = "" if plan.area_id == plan.response.area_id else plan.area_id
    return Scope(line=plan.line, area=area, category=plan.category_id or "")


@transaction.atomic
def pin_and_replan(
    *, actor: Actor, plan: Plan, need: Need, offer: Offer, quantity: int, reason: str, now: dt.datetime
) -> Plan:
    """Fix the pair (`quantity` base units) or forbid it (0), and plan the scope of `plan` again: both or neither.

    Raises what `set_pin` and `start_plan` raise; above all ``plan_running`` while such a plan is being made.
    """
    set_pin(actor=actor, need=need, offer=offer, quantity=quantity, reason=reason, now=now)
    return start_plan(actor=actor, response=plan.response, scope=same_scope(plan), now=now)
