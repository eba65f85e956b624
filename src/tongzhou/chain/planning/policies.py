"""Who may plan, steer, approve. The maker of a plan never approves it (services judge that)."""

from __future__ import annotations

from typing import Any

from tongzhou.chain.planning.models import Plan, PlanLine, StandingApproval
from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ANALYST, COORDINATOR, LIAISON, VERIFIER

__all__ = [
    "APPROVE_PLAN",
    "GIVE_STANDING",
    "LIST_PLANS",
    "LOOK_AHEAD",
    "MAKE_PLAN",
    "RUN_PLAN",
    "SET_PRINCIPLES",
    "STEER_PLAN",
    "line_target",
    "plan_target",
    "standing_target",
]

LIST_PLANS = act("plan.list", {COORDINATOR, VERIFIER, LIAISON, ANALYST})
MAKE_PLAN = act("plan.create", {COORDINATOR}, writes=True)
#: Pin or forbid a pair.
STEER_PLAN = act("plan.steer", {COORDINATOR}, writes=True)
SET_PRINCIPLES = act("plan.principles", {COORDINATOR}, writes=True)
#: A second person, for lines of the own line and area.
APPROVE_PLAN = act("plan.approve", {COORDINATOR, LIAISON}, writes=True)
GIVE_STANDING = act("plan.standing", {COORDINATOR, LIAISON}, writes=True)

# What the worker and the clock do by themselves stands in the trail under this name.
RUN_PLAN = "plan.run"
#: Somebody asked what another order of principles would change.
LOOK_AHEAD = "plan.preview"


def plan_target(plan: Plan) -> dict[str, Any]:
    """A plan as `access.allows` wants it described: one about every line belongs to no single line."""
    return {"line": plan.line or None, "area": plan.area_id, "response": plan.response_id}


def line_target(line: PlanLine, response: Any) -> dict[str, Any]:
    """A line of a plan: the line and place of its need."""
    return {"line": line.line, "area": line.place_id, "response": response}


def standing_target(one: StandingApproval) -> dict[str, Any]:
    """A standing approval: the line of its category, its area."""
    return {"line": one.category.line, "area": one.area_id, "response": one.response_id}
