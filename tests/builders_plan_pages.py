"""Plans for tests of pages and of the API: rows written as the engine's answer would be, figures worked out by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from builders import JIANGAN, WUHAN, XIAOGAN, a_need, a_place, a_response, an_offer
from tongzhou.chain.planning.models import LeftOut, Pin, Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.kernel import clock

__all__ = ["a_line", "a_pin", "a_plan", "a_small_plan"]

#: Orders as the engine's defaults have them.
PRINCIPLES = {"goods": ["urgency", "fairness", "locality"]}


def a_plan(**over: Any) -> Plan:
    """A plan that waits for approval, made by somebody else; no rows."""
    response = over.pop("response", None) or a_response()
    last = Plan.objects.aggregate(last=Max("number"))["last"] or 0
    said: dict[str, Any] = {
        "number": last + 1,
        "response": response,
        "area": response.area,
        "principles": PRINCIPLES,
        "state": "ready",
        "as_of": clock.now(),
        "ready_at": clock.now(),
        "made_by_name": "另一位协调员",
        "progress": 100,
    }
    return Plan.objects.create(**(said | over))


def a_line(plan: Plan, *, place: str = WUHAN, urgency: int = 1, quantity: int = 100, **over: Any) -> PlanLine:
    """A line of the plan: masks from a company in Wuhan to somebody there, with its need and offer."""
    need = over.pop("need", None) or a_need(response=plan.response, place=place, urgency=urgency, state="verified")
    offer = over.pop("offer", None) or an_offer(response=plan.response, state="verified")
    said: dict[str, Any] = {
        "plan": plan,
        "need": need,
        "offer": offer,
        "line": need.line,
        "place": a_place(place),
        "category": need.category,
        "urgency": urgency,
        "quantity": quantity,
        "reach": 2,
        "basis": "confirmed",
        "reason_zh": "紧急，没有更近的供给能来。",
        "reason_en": "Urgent; no lawful offer is nearer.",
    }
    return PlanLine.objects.create(**(said | over))


def a_small_plan(**over: Any) -> Plan:
    """Three needs: one in Wuhan in full, one in Jiangan in part (life at stake), one in Xiaogan not at all."""
    plan = a_plan(
        figures={
            "needs": 3, "helped": 2, "full": 1, "gap": 2, "lines": 2, "held": 1, "do_not_send": 1, "estimated": 1,
            "confirmed": 1, "basis": {"asked": 1, "confirmed": 1, "minimum": 1},
            "synthetic": {"lines": 1, "helped_only": 1},
        },
        **over,
    )  # fmt: skip
    offer = an_offer(response=plan.response, state="verified", giver="测试基金会", synthetic=True)
    full = a_line(plan, quantity=200)
    part = a_line(plan, place=JIANGAN, urgency=0, quantity=50, basis="asked", offer=offer)
    none = a_need(response=plan.response, place=XIAOGAN, state="verified")
    for need, planned, served, basis, reason in (
        (full.need, 200, 200, "confirmed", ""),
        (part.need, 80, 50, "asked", "shared_fairly"),
        (none, 10, 0, "minimum", "no_offer"),
    ):
        PlanNeed.objects.create(
            plan=plan, need=need, place=need.place, category=need.category, urgency=need.urgency or 2,
            asked=need.quantity_asked, planned=planned, served=served, basis=basis, reason=reason,
            text_zh="各处得到 62%" if served else "", text_en="each place gets 62%" if served else "",
        )  # fmt: skip
    for own, given, reason in ((full.offer, 200, "not_needed"), (offer, 50, "")):
        PlanOffer.objects.create(
            plan=plan, offer=own, place=own.place, category=own.category, free=5000, given=given, reason=reason,
            held=4800 if reason else None, text_zh="现在没有人需要更多口罩", text_en="no more masks are needed now",
        )  # fmt: skip
    LeftOut.objects.create(
        plan=plan, offer=an_offer(response=plan.response, giver="某公司"), rule="licence",
        text_zh="没有核实过的医疗器械经营许可",
        text_en="no licence for medical devices has been verified",
    )  # fmt: skip
    return plan


def a_pin(**over: Any) -> Pin:
    """A forbidden pair in Wuhan."""
    need = over.pop("need", None) or a_need(state="verified")
    said: dict[str, Any] = {
        "response": need.response, "need": need, "offer": over.pop("offer", None) or an_offer(state="verified"),
        "quantity": 0, "reason": "对方仓库已关", "by_name": "协调员",
    }  # fmt: skip
    return Pin.objects.create(**(said | over))
