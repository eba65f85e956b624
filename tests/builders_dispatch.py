"""Builders of what was approved, assigned and taken; see `builders`. What a test does not say gets a lawful value."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from builders import WUHAN, a_category, a_need, a_place, a_response, an_account, an_actor, an_offer
from tongzhou.chain.dispatch.models import Assignment, VolunteerProfile
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.services.assignments import propose
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import Plan, PlanLine, StandingApproval
from tongzhou.chain.planning.types import LineState, PlanState
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.registers.people.models import Account, Team, TeamMember

__all__ = [
    "NOON",
    "a_key",
    "a_plan_line",
    "a_standing",
    "a_team",
    "a_verified_need",
    "a_verified_offer",
    "a_volunteer",
    "an_assignment",
    "balances_of",
]

#: 2020-02-06 12:00 Beijing time.
NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)
_count = itertools.count(1)


def a_key() -> str:
    """A key as a phone makes it."""
    return uuid.uuid4().hex


def a_verified_need(quantity: int = 200, **over: Any) -> Need:
    """A verified need of 200 surgical masks in Wuhan, planned as asked."""
    said: dict[str, Any] = {
        "state": NeedState.VERIFIED, "verified_at": NOON, "quantity_asked": quantity, "quantity_planned": quantity,
        "urgency": 2,
    }  # fmt: skip
    return a_need(**(said | over))


def a_verified_offer(quantity: int | None = 5000, **over: Any) -> Offer:
    """A verified offer of 5000 surgical masks in Wuhan."""
    said: dict[str, Any] = {"state": OfferState.VERIFIED, "verified_at": NOON, "quantity": quantity}
    return an_offer(**(said | over))


def a_plan(**over: Any) -> Plan:
    """An approved plan of the response."""
    response = over.pop("response", None) or a_response()
    last = Plan.objects.order_by("-number").values_list("number", flat=True).first() or 0
    said: dict[str, Any] = {
        "number": last + 1, "response": response, "area": a_place("42"), "state": PlanState.APPROVED, "as_of": NOON,
    }  # fmt: skip
    return Plan.objects.create(**(said | over))


def a_plan_line(need: Need, offer: Offer, quantity: int = 100, **over: Any) -> PlanLine:
    """An approved line of a plan of its own."""
    plan = over.pop("plan", None) or a_plan(response=need.response)
    said: dict[str, Any] = {
        "plan": plan, "need": need, "offer": offer, "line": need.line, "place": need.place,
        "category": offer.category, "urgency": need.urgency_order, "quantity": quantity, "reach": 2,
        "basis": "asked", "reason_zh": "测试", "reason_en": "test", "state": LineState.APPROVED,
    }  # fmt: skip
    return PlanLine.objects.create(**(said | over))


def a_standing(team: Team, **over: Any) -> StandingApproval:
    """An approval in advance for a team, good for a month from `NOON`."""
    said: dict[str, Any] = {
        "response": a_response(), "team": team, "category": a_category("surgical_mask"), "area": a_place(WUHAN),
        "valid_until": NOON + dt.timedelta(days=30), "reason": "测试",
    }  # fmt: skip
    return StandingApproval.objects.create(**(said | over))


def an_assignment(
    quantity: int = 100, *, need: Need | None = None, offer: Offer | None = None, now: dt.datetime = NOON, **over: Any
) -> Assignment:
    """A proposed assignment of an approved line: 100 of 5000 masks for a need of 200."""
    need = need or a_verified_need()
    offer = offer or a_verified_offer()
    if "standing" not in over:
        over.setdefault("plan_line", a_plan_line(need, offer, quantity))
    return propose(actor=SYSTEM, need=need, offer=offer, quantity=quantity, now=now, **over)


def a_team(**over: Any) -> Team:
    """An open team of the response."""
    said: dict[str, Any] = {"name": f"第{next(_count)}车队", "area": WUHAN, "response_id": a_response().pk}
    return Team.objects.create(**(said | over))


def a_volunteer(team: Team, *, now: dt.datetime = NOON, member: bool = True, **over: Any) -> tuple[Account, Actor]:
    """An adult volunteer of the team who declared health and kit at `now`: account and actor."""
    account = an_account("volunteer", response=a_response(), **over)
    if member:
        TeamMember.objects.create(team=team, account=account)
    VolunteerProfile.objects.create(account=account, adult=True, healthy_at=now, kit_at=now)
    return account, an_actor("volunteer", response=a_response(), account=account)


def balances_of(one: Assignment) -> dict[str, int]:
    """Its balances that are not zero, by name: ``{"accepted": 100}``."""
    return {str(Balance(name)): many for name, many in of_assignments([one.pk])[one.pk].items() if many}
