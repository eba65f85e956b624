"""Reads of plans: the list, one plan, its lines, its gaps and holds, the one in force, pins, approvals in advance."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tongzhou.chain.planning.models import Approval, LeftOut, Pin, Plan, PlanLine, PlanNeed, PlanOffer, StandingApproval
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS
from tongzhou.chain.planning.types import LineState, PlanState, Scope
from tongzhou.kernel.access import Actor, may, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.places.selectors import under
from tongzhou.registers.responses.models import Response

__all__ = [
    "approvable", "approval_of", "asks_command", "commanded", "get_plan", "left_out", "lines", "pins", "plan_in_force",
    "plan_needs", "plan_offers", "plans", "standings",
]  # fmt: skip


def plans(actor: Actor, response: Response | None = None) -> QuerySet[Plan]:
    """Plans the actor may see, the newest first: all of a response for who may list plans there.

    A plan about a whole city is worth reading for who looks after one district of it; what of it may be approved is
    judged line by line.
    """
    if not may(actor, LIST_PLANS):
        return Plan.objects.none()
    rows = Plan.objects.select_related("response", "area", "category", "before")
    if response is not None:
        rows = rows.filter(response=response)
    return rows.filter(_seen(actor)).order_by("-number")


def _seen(actor: Actor) -> Q:
    """Every plan of the responses the actor's grants reach."""
    if actor.is_system:
        return Q()
    bounds = {grant.response for grant in actor.grants if grant.role in LIST_PLANS.roles}
    return Q() if None in bounds else Q(response_id__in=[one for one in bounds if one is not None])


def get_plan(actor: Actor, number: int) -> Plan:
    """One plan by its number; ``Refusal("not_found")`` when absent or not the actor's."""
    found = plans(actor).filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise Refusal("not_found")
    return found


def lines(
    plan: Plan, *, state: str = "", change: str = "", urgency: int | None = None, place: str = "", category: str = ""
) -> QuerySet[PlanLine]:
    """Lines of a plan in the order people read them, the most urgent first. The caller has judged the plan."""
    rows = PlanLine.objects.filter(plan=plan).select_related("need", "offer", "place", "category", "offer__place")
    rows = rows.defer("need__search", "need__note", "offer__search", "offer__note")
    if state:
        rows = rows.filter(state=state)
    if change:
        rows = rows.filter(change=change)
    if urgency is not None:
        rows = rows.filter(urgency=urgency)
    if category:
        rows = rows.filter(category_id=category)
    if place:
        rows = rows.filter(under("place_id", place))
    return rows.order_by("urgency", "place_id", "id")


def approvable(actor: Actor, plan: Plan) -> QuerySet[PlanLine]:
    """Lines of a plan that still wait and lie in the actor's right to approve."""
    mine = scope(actor, APPROVE_PLAN, response="plan__response_id", organisation="")
    return PlanLine.objects.filter(mine, plan=plan, state=LineState.PROPOSED)


def asks_command(plan: Plan) -> bool:
    """True when a command allocates the goods, by now or since the plan was made: to it the plan is a proposal."""
    return plan.is_proposal or plan.response.under_command


def commanded() -> Q:
    """Lines whose goods a command allocates where there is one: donated goods whose donor did not say for whom."""
    return Q(category__kind=Kind.GOODS, offer__earmark="")


def approval_of(plan: Plan) -> Approval | None:
    """The newest approval of the plan that was left to a worker, None when there was none."""
    return Approval.objects.filter(plan=plan).order_by("-created_at", "-id").first()


def plan_needs(plan: Plan, *, reason: str = "") -> QuerySet[PlanNeed]:
    """Needs of a plan, the most urgent first; only those lacking something for a `reason`."""
    rows = PlanNeed.objects.filter(plan=plan).select_related("need", "place", "category")
    return (rows.filter(reason=reason) if reason else rows).order_by("urgency", "place_id", "id")


def plan_offers(plan: Plan, *, reason: str = "") -> QuerySet[PlanOffer]:
    """Offers of a plan; only those held back for a `reason`."""
    rows = PlanOffer.objects.filter(plan=plan).select_related("offer", "place", "category")
    return (rows.filter(reason=reason) if reason else rows).order_by("reason", "id")


def left_out(plan: Plan, *, rule: str = "") -> QuerySet[LeftOut]:
    """What rules kept out of a plan."""
    rows = LeftOut.objects.filter(plan=plan).select_related("offer", "need", "offer__place", "need__place")
    return (rows.filter(rule=rule) if rule else rows).order_by("rule", "id")


def plan_in_force(response: Response, scope: Scope) -> Plan | None:
    """The approved plan of exactly this scope, None when there is none."""
    same = Plan.objects.filter(
        response=response, line=scope.line, area_id=scope.area or response.area_id, category_id=scope.category or None,
        state=PlanState.APPROVED,
    )  # fmt: skip
    return same.order_by("-number").first()


def pins(actor: Actor, response: Response) -> QuerySet[Pin]:
    """Pins in force of a response, of needs in the actor's line and area."""
    mine = scope(actor, LIST_PLANS, line="need__line", area="need__place_id", organisation="")
    rows = Pin.objects.filter(mine, response=response, withdrawn_at=None)
    return rows.select_related("need", "offer", "need__place").order_by("created_at", "id")


def standings(actor: Actor, response: Response) -> QuerySet[StandingApproval]:
    """Approvals in advance of a response, those of the actor's line and area."""
    mine = scope(actor, LIST_PLANS, line="category__line", area="area_id", organisation="")
    rows = StandingApproval.objects.filter(mine, response=response, withdrawn_at=None)
    return rows.select_related("team", "category", "area").order_by("-valid_until", "id")
