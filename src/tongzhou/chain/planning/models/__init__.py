"""Planning's tables, one module for each family."""

from tongzhou.chain.planning.models.plans import LeftOut, Plan, PlanLine, PlanNeed, PlanOffer, PlanSnapshot
from tongzhou.chain.planning.models.steering import Pin, PrincipleChoice, StandingApproval

__all__ = [
    "LeftOut",
    "Pin",
    "Plan",
    "PlanLine",
    "PlanNeed",
    "PlanOffer",
    "PlanSnapshot",
    "PrincipleChoice",
    "StandingApproval",
]
