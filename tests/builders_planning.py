"""Builders of planning: verified needs and offers, plans made on the spot."""

from __future__ import annotations

import datetime as dt
from typing import Any

import builders as b
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import Plan, StandingApproval
from tongzhou.chain.planning.services.running import run_plan, start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor
from tongzhou.registers.organisations.models import Organisation, Standing
from tongzhou.registers.people.models import Team

_STATE = {"planned": "proposed", "received": "confirmed", "missing": "confirmed", "outside": "withdrawn"}

__all__ = ["a_plan", "a_standing", "a_team", "an_open_need", "an_open_offer", "in_standing", "moved"]


def an_open_need(quantity: int | None = 200, *, urgency: int = 1, confirmed: bool = True, **over: Any) -> Need:
    """A verified need whose quantity was confirmed (or only asked)."""
    said: dict[str, Any] = {
        "state": NeedState.VERIFIED,
        "verified_at": clock.now(),
        "urgency": urgency,
        "quantity_asked": quantity,
        "quantity_confirmed": quantity if confirmed else None,
        "quantity_planned": quantity,
    }
    return b.a_need(**(said | over))


def an_open_offer(quantity: int | None = 5000, **over: Any) -> Offer:
    """A verified offer whose quantity was confirmed."""
    said: dict[str, Any] = {"state": OfferState.VERIFIED, "verified_at": clock.now(), "quantity": quantity}
    return b.an_offer(**(said | {"quantity_confirmed": quantity} | over))


def a_plan(actor: Actor | None = None, *, scope: Scope | None = None, now: dt.datetime | None = None) -> Plan:
    """A plan of the builders' response, made at once."""
    plan = start_plan(
        actor=actor or b.an_actor("coordinator"),
        response=b.a_response(),
        scope=scope or Scope(),
        now=now or clock.now(),
    )
    run_plan(plan.pk)
    return Plan.objects.select_related("response").get(pk=plan.pk)


def moved(need: Need, offer: Offer, *steps: tuple[str, str, int], plan_line: Any = None, standing: Any = None) -> Any:
    """An assignment of this pair with these movements (source, target, units); its state follows the last one."""
    target = steps[-1][1]
    state = _STATE.get(target, target)
    now = clock.now()
    assignment = Assignment.objects.create(
        code=ids.new_code(), response=need.response, line=need.line, place=need.place, need=need, offer=offer,
        category=need.category, organisation=offer.organisation, receiver=need.organisation, team=offer.team,
        plan_line=plan_line, plan=plan_line.plan if plan_line else None, standing=standing,
        quantity=steps[0][2], urgency=need.urgency, state=state, proposed_at=now, lapses_at=now + dt.timedelta(hours=2),
    )  # fmt: skip
    for source, into, units in steps:
        Movement.objects.create(
            assignment=assignment, need=need, offer=offer, source=source, target=into, quantity=units, at=now,
            key=str(ids.new_id()),
        )  # fmt: skip
    return assignment


def in_standing(organisation: Organisation) -> Organisation:
    """The organisation with a valid standing since the beginning of 2020."""
    Standing.objects.create(
        organisation=organisation, state="current", decided="current", cause="papers_complete",
        since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    return organisation


def a_team(name: str = "测试志愿队", **over: Any) -> Team:
    """A team of volunteers of the builders' response."""
    return Team.objects.create(**({"name": name, "response_id": b.a_response().pk} | over))


def a_standing(team: Team | None = None, **over: Any) -> StandingApproval:
    """An approval in advance for masks in Wuhan, of any size, for a day; another team each time unless given."""
    said: dict[str, Any] = {
        "response": b.a_response(),
        "team": team or a_team(f"测试志愿队 {ids.new_code()}"),
        "category": b.a_category(),
        "area": b.a_place(b.WUHAN),
        "most": None,
        "valid_until": clock.now() + dt.timedelta(days=1),
        "reason": "测试",
    }
    return StandingApproval.objects.create(**(said | over))
