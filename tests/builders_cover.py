"""Builders for cover, plans and what was moved: rows as the chain leaves them, written directly. All made up."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from builders import WUHAN, a_category, a_need, a_place, a_response, an_offer
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.kernel import clock, ids
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.responses.models import Response

__all__ = ["a_cover", "a_held_offer", "a_plan", "a_plan_need", "a_verified_need", "moved"]

_count = itertools.count(1)
_WAY = (Balance.OUTSIDE, Balance.PLANNED, Balance.ACCEPTED, Balance.IN_TRANSIT, Balance.RECEIVED)


def a_cover(place: str = WUHAN, category: str = "surgical_mask", quantity: int | None = 100, **over: Any) -> Cover:
    """The command of a place covers so much since 1 February 2020."""
    key = a_category(category)
    said: dict[str, Any] = {
        "response": over.pop("response", None) or a_response(), "place": a_place(place), "category": key,
        "line": key.line, "by": "government", "by_name": "区指挥部", "quantity": quantity,
        "starts_on": dt.date(2020, 2, 1), "source": "指挥部 2 月 1 日通知",
    }  # fmt: skip
    return Cover.objects.create(**(said | over))


def a_verified_need(quantity: int = 200, place: str = WUHAN, category: str = "surgical_mask", **over: Any) -> Need:
    """A verified need of a hospital with this planned quantity."""
    said: dict[str, Any] = {
        "state": "verified", "verified_at": clock.now(), "quantity_planned": quantity, "quantity_confirmed": quantity,
        "quantity_asked": quantity, "urgency": 1, "for_whom": "facility", "requester": "测试医院",
    }  # fmt: skip
    return a_need(place=place, category=category, **(said | over))


def a_plan(*, state: str = "approved", response: Response | None = None, area: str = "42", **over: Any) -> Plan:
    """A plan about everything in an area, with the next number."""
    said: dict[str, Any] = {
        "number": next(_count), "response": response or a_response(), "area": a_place(area), "state": state,
        "as_of": clock.now(), "ready_at": clock.now(),
    }  # fmt: skip
    return Plan.objects.create(**(said | over))


def a_plan_need(plan: Plan, need: Need, served: int = 0, reason: str = "", **over: Any) -> PlanNeed:
    """What a plan says of a need; what it lacks has the reason given, else `no_offer`."""
    planned = over.pop("planned", need.quantity_planned or 0)
    said: dict[str, Any] = {
        "plan": plan, "need": need, "place": need.place, "category": need.category, "urgency": need.urgency_order,
        "asked": need.quantity_asked, "planned": planned, "basis": "confirmed", "served": served,
        "reason": reason or ("no_offer" if served < planned else ""), "text_zh": "没有人提供",
        "text_en": "nobody offers it",
    }  # fmt: skip
    return PlanNeed.objects.create(**(said | over))


def a_held_offer(
    plan: Plan, category: str = "surgical_mask", held: int = 1000, reason: str = "not_needed"
) -> PlanOffer:
    """An offer that should stay at home."""
    offer = an_offer(category=category, state="verified")
    return PlanOffer.objects.create(
        plan=plan, offer=offer, place=offer.place, category=offer.category, free=held, reason=reason, held=held
    )


def moved(
    need: Need, quantity: int, to: str, *, plan: Plan | None = None, offer: Offer | None = None, back: int = 0,
    state: str = "", **over: Any,
) -> Assignment:  # fmt: skip
    """An assignment of so much whose quantity went all the way to a balance (planned ... received).

    `back`: of it, what was planned and went back outside. `over`: columns of the assignment (organisation, team ...).
    """
    of = offer or an_offer(category=need.category, place=need.place_id, state="verified", quantity=10**6)
    line = PlanLine.objects.create(
        plan=plan or a_plan(state="superseded"), need=need, offer=of, line=need.line, place=need.place,
        category=need.category, urgency=need.urgency_order, quantity=quantity, reach=1, basis="confirmed",
        reason_zh="就近", reason_en="near", state="approved",
    )  # fmt: skip
    now = clock.now()
    states = {"planned": "proposed", "accepted": "accepted", "in_transit": "in_transit", "received": "confirmed"}
    said: dict[str, Any] = {
        "code": ids.new_code(), "response": need.response, "line": need.line, "place": need.place, "need": need,
        "offer": of, "category": need.category, "plan": line.plan, "plan_line": line, "quantity": quantity,
        "urgency": need.urgency_order, "state": state or states[to], "proposed_at": now,
        "lapses_at": now + dt.timedelta(hours=2), "organisation": of.organisation, "team": of.team,
    }  # fmt: skip
    one = Assignment.objects.create(**(said | over))
    steps = list(itertools.pairwise(_WAY[: _WAY.index(Balance(to)) + 1]))
    for number, (source, target) in enumerate(steps):
        amount = quantity if number == 0 else quantity - back
        _move(one, source, target, amount)
    if back:
        _move(one, Balance.PLANNED, Balance.OUTSIDE, back)
    return one


def _move(one: Assignment, source: str, target: str, quantity: int) -> None:
    Movement.objects.create(
        assignment=one, need=one.need, offer=one.offer, source=source, target=target, quantity=quantity,
        at=clock.now(), key=ids.new_code(),
    )  # fmt: skip
