"""A pair fixed or forbidden while a plan is read, and the same question asked again at once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.policies import MAKE_PLAN, plan_target
from tongzhou.chain.planning.services.running import start_plan
from tongzhou.chain.planning.services.steering import set_pin
from tongzhou.chain.planning.types import Scope
from tongzhou.kernel.access import ALL_LINES, Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION

__all__ = ["pin_and_replan", "scope_again", "scope_of"]


def scope_again(actor: Actor, plan: Plan) -> Scope | None:
    """What a plan was about, to ask it again; of a wider plan the actor's own part; None when no part is theirs."""
    category = plan.category_id or ""
    if allows(actor, MAKE_PLAN, **plan_target(plan)):
        return scope_of(plan)
    own_line = plan.category.line if plan.category is not None else plan.line
    for grant in actor.grants:
        if grant.role not in MAKE_PLAN.roles or (own_line and grant.line not in (ALL_LINES, own_line)):
            continue
        line = plan.line or ("" if grant.line == ALL_LINES else grant.line)
        area = max(str(plan.area_id), grant.area or NATION, key=_depth)
        narrow = min(str(plan.area_id), grant.area or NATION, key=_depth)
        if narrow != NATION and not area.startswith(narrow):
            continue
        mine = allows(actor, MAKE_PLAN, line=line or None, area=area, response=plan.response_id)
        if mine and Place.objects.filter(pk=area).exists():  # a right may name an area the register does not have
            return Scope(line, _inside(plan, area), category)
    return None


def scope_of(plan: Plan) -> Scope:
    """What a plan was about, as it is asked for."""
    return Scope(plan.line, _inside(plan, str(plan.area_id)), plan.category_id or "")


def _depth(area: str) -> int:
    return 0 if area == NATION else len(area)


def _inside(plan: Plan, area: str) -> str:
    """An area as a scope says it: blank is the whole of the response's."""
    return "" if area == plan.response.area_id else area


@transaction.atomic
def pin_and_replan(
    *, actor: Actor, plan: Plan, need: Need, offer: Offer, quantity: int, reason: str, now: dt.datetime
) -> Plan:
    """Fix the pair (`quantity` base units) or forbid it (0), and plan the scope of `plan` again: both or neither.

    Raises what `set_pin` and `start_plan` raise; above all ``plan_running`` while such a plan is being made; and
    ``not_found`` when no part of the scope is the actor's to plan.
    """
    scope = scope_again(actor, plan)
    if scope is None:
        raise Refusal("not_found")
    set_pin(actor=actor, need=need, offer=offer, quantity=quantity, reason=reason, now=now)
    return start_plan(actor=actor, response=plan.response, scope=scope, now=now)
