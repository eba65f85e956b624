"""Planning's tables, one module for each family."""

from tongzhou.chain.planning.models.jobs import Approval, Job, PrinciplePreview
from tongzhou.chain.planning.models.plans import LeftOut, Plan, PlanLine, PlanNeed, PlanOffer, PlanSnapshot
from tongzhou.chain.planning.models.steering import Pin, PrincipleChoice, StandingApproval

__all__ = [
    "Approval",
    "Job",
    "LeftOut",
    "Pin",
    "Plan",
    "PlanLine",
    "PlanNeed",
    "PlanOffer",
    "PlanSnapshot",
    "PrincipleChoice",
    "PrinciplePreview",
    "StandingApproval",
]
