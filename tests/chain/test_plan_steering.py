"""Pins and their cost, the order of principles and what another one would change, approvals in advance."""

from __future__ import annotations

import datetime as dt

import pytest

import builders as b
from builders_planning import a_plan, a_standing, a_team, an_open_need, an_open_offer, moved
from tongzhou.chain.intake.models import Offer
from tongzhou.chain.planning.models import Pin, Plan, PlanLine, PrincipleChoice
from tongzhou.chain.planning.selectors import plans as reads
from tongzhou.chain.planning.services.previewing import Gain, preview_principles
from tongzhou.chain.planning.services.steering import (
    choose_principles,
    give_standing,
    set_pin,
    withdraw_pin,
    withdraw_standing,
)
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
HOME_FIRST = ("urgency", "locality", "fairness")


def lines(plan: Plan) -> dict[tuple[str, str], int]:
    rows = PlanLine.objects.filter(plan=plan, quantity__gt=0)
    found = {(line.need.code, line.offer.code): line.quantity for line in rows}
    assert plan.state == ("ready" if found else "empty"), plan.failure
    return found


def test_a_pin_binds_until_it_is_withdrawn_and_its_cost_is_named() -> None:
    actor, now = b.an_actor("coordinator"), clock.now()
    urgent, routine = an_open_need(100, urgency=0), an_open_need(100, urgency=3, place="420106")
    offer = an_open_offer(100)
    assert lines(a_plan()) == {(urgent.code, offer.code): 100}
    pin = set_pin(actor=actor, need=routine, offer=offer, quantity=60, reason="院长来电说好的", now=now)
    assert set_pin(actor=actor, need=routine, offer=offer, quantity=60, reason="院长来电说好的", now=now) == pin
    plan = a_plan()
    assert lines(plan) == {(urgent.code, offer.code): 40, (routine.code, offer.code): 60}
    line = PlanLine.objects.get(plan=plan, need=routine)
    assert line.pinned
    assert line.reason_zh.startswith("人工固定：院长来电说好的。")
    assert plan.figures["pins_cost"] == {
        "0": {"surgical_mask": {"with": 40, "without": 100}},
        "3": {"surgical_mask": {"with": 60, "without": 0}},
    }
    assert plan.figures["pins_less"] == {"needs": 1, "most": [{"need": urgent.code, "with": 40, "without": 100}]}
    set_pin(actor=actor, need=routine, offer=offer, quantity=0, reason="不再给", now=now)
    assert Pin.objects.filter(withdrawn_at=None).count() == 1
    forbidden = set_pin(actor=actor, need=urgent, offer=offer, quantity=0, reason="不要送这里", now=now)
    plan = a_plan()
    assert lines(plan) == {}
    assert "人工禁止" in plan.plan_needs.get(need=urgent).text_zh
    assert plan.figures["pins_cost"] == {"0": {"surgical_mask": {"with": 0, "without": 100}}}
    withdraw_pin(actor=actor, pin=forbidden, now=now)
    with pytest.raises(Refusal, match="pin_over"):
        withdraw_pin(actor=actor, pin=forbidden, now=now)
    assert lines(a_plan()) == {(urgent.code, offer.code): 100}


def test_who_loses_by_a_pin_is_named_although_no_sum_changes() -> None:
    actor, now = b.an_actor("coordinator"), clock.now()
    one, other = an_open_need(100), an_open_need(100, place="420106")
    offer = an_open_offer(100)
    assert set(lines(a_plan()).values()) == {50}
    assert a_plan().figures["pins_less"] == {"needs": 0, "most": []}
    set_pin(actor=actor, need=one, offer=offer, quantity=80, reason="院长来电说好的", now=now)
    figures = a_plan().figures
    assert figures["pins_cost"] == {}
    assert figures["pins_less"] == {"needs": 1, "most": [{"need": other.code, "with": 20, "without": 50}]}


def test_a_pin_that_is_fulfilled_gives_nothing_more() -> None:
    need, offer = an_open_need(100), an_open_offer(500)
    set_pin(actor=b.an_actor("coordinator"), need=need, offer=offer, quantity=60, reason="说好的", now=clock.now())
    moved(need, offer, ("outside", "planned", 60), ("planned", "accepted", 60), standing=a_standing())
    other = an_open_offer(500)
    plan = a_plan()
    assert lines(plan) == {(need.code, other.code): 40}
    assert plan.figures["pins_set_aside"] == []


def test_pins_that_cannot_be_carried_out_are_set_aside_by_name() -> None:
    actor, now = b.an_actor("coordinator"), clock.now()
    need, offer, empty = an_open_need(100, place="420106"), an_open_offer(80), an_open_offer(50)
    set_pin(actor=actor, need=need, offer=offer, quantity=80, reason="说好的", now=now)
    set_pin(actor=actor, need=need, offer=empty, quantity=20, reason="说好的", now=now)
    Offer.objects.filter(pk=offer.pk).update(may_go=["4209"])
    Offer.objects.filter(pk=empty.pk).update(quantity_confirmed=10)
    plan = a_plan()
    aside = {(one["offer"], one["quantity"], one["zh"]) for one in plan.figures["pins_set_aside"]}
    assert aside == {(offer.code, 80, "不在供给可以去的地方"), (empty.code, 20, "供给还剩 10，不够")}
    assert lines(plan) == {(need.code, empty.code): 10}


def test_what_may_be_pinned_and_by_whom() -> None:
    actor, now = b.an_actor("coordinator", "supplies", "4201"), clock.now()
    need, offer = an_open_need(100, place="420106"), an_open_offer(500)
    for quantity, said in ((101, "计划量"), (501, "一共")):
        with pytest.raises(Refusal) as refused:
            set_pin(actor=actor, need=need, offer=offer, quantity=quantity, reason="说好的", now=now)
        assert said in refused.value.params["why"]
    for over in ({"quantity": -1}, {"reason": " "}):
        with pytest.raises(Refusal, match="bad_form"):
            set_pin(
                **({"actor": actor, "need": need, "offer": offer, "quantity": 1, "reason": "说好的", "now": now} | over)
            )
    Offer.objects.filter(pk=offer.pk).update(may_go=["4209"])
    offer.refresh_from_db()
    with pytest.raises(Refusal, match="pair_unlawful"):
        set_pin(actor=actor, need=need, offer=offer, quantity=1, reason="说好的", now=now)
    pin = set_pin(actor=actor, need=need, offer=offer, quantity=0, reason="不要送", now=now)
    for other in (b.an_actor("coordinator", "supplies", "4209"), b.an_actor("coordinator", "services", "4201"),
                  b.an_actor("verifier"), b.an_actor("liaison")):  # fmt: skip
        with pytest.raises(Refusal, match="not_found"):
            set_pin(actor=other, need=need, offer=offer, quantity=0, reason="不要送", now=now)
        with pytest.raises(Refusal, match="not_found"):
            withdraw_pin(actor=other, pin=pin, now=now)
    assert list(reads.pins(actor, b.a_response())) == [pin]
    assert list(reads.pins(b.an_actor("coordinator", "services"), b.a_response())) == []


def test_the_order_of_principles_of_a_response() -> None:
    """Shanghai, home and nation of the design: 100 units lie at home; home needs 100, so does the other city."""
    actor, response = b.an_actor("coordinator"), b.a_response()
    home, away = an_open_need(100, place="420102"), an_open_need(100, place="420902")
    offer = an_open_offer(100, place="420102")
    assert lines(a_plan()) == {(home.code, offer.code): 50, (away.code, offer.code): 50}
    told = preview_principles(response, "goods", HOME_FIRST)
    assert told.gains == (Gain("420102", "surgical_mask", 100, 50, 100),)
    assert told.losses == (Gain("420902", "surgical_mask", 100, 50, 0),)
    assert (told.reach_now, told.reach_then) == ((0, 50, 0, 50, 0), (0, 100, 0, 0, 0))
    assert preview_principles(response, "goods", told.present).same
    assert preview_principles(response, "remote", HOME_FIRST).needs == 0
    assert Plan.objects.count() == 1
    choice = choose_principles(actor=actor, response=response, kind="goods", order=HOME_FIRST, reason="先顾本地")
    assert choice is not None
    plan = a_plan()
    assert lines(plan) == {(home.code, offer.code): 100}
    assert plan.principles["goods"] == list(HOME_FIRST)
    default = ("urgency", "fairness", "locality")
    assert choose_principles(actor=actor, response=response, kind="goods", order=default, reason="改回") is None
    assert PrincipleChoice.objects.get().reason == "改回"
    assert lines(a_plan()) == {(home.code, offer.code): 50, (away.code, offer.code): 50}
    for order in (("fairness", "urgency", "locality"), ("urgency",), ("urgency", "locality", "locality")):
        with pytest.raises(Refusal, match="principles_choice"):
            choose_principles(actor=actor, response=response, kind="goods", order=order, reason="不成立")
        with pytest.raises(Refusal, match="principles_choice"):
            preview_principles(response, "goods", order)
    with pytest.raises(Refusal, match="not_found"):
        choose_principles(actor=actor, response=response, kind="miracles", order=HOME_FIRST, reason="没有这类")
    for other in (b.an_actor("coordinator", "services"), b.an_actor("coordinator", "supplies", "4201"),
                  b.an_actor("liaison")):  # fmt: skip
        with pytest.raises(Refusal, match="not_found"):
            choose_principles(actor=other, response=response, kind="goods", order=HOME_FIRST, reason="越权")


def test_an_approval_in_advance() -> None:
    actor, now = b.an_actor("liaison", "supplies", "4201"), clock.now()
    said = {
        "response": b.a_response(), "team": a_team(), "category": b.a_category(), "area": b.a_place("420106"),
        "most": 50, "valid_until": now + dt.timedelta(days=1), "reason": "跑腿小事", "now": now,
    }  # fmt: skip
    given = give_standing(actor=actor, **said)
    with pytest.raises(Refusal, match="standing_twice"):
        give_standing(actor=actor, **said)
    assert list(reads.standings(actor, b.a_response())) == [given]
    later = now + dt.timedelta(days=2)  # run out, it makes room for the next one
    again = give_standing(actor=actor, **(said | {"now": later, "valid_until": later + dt.timedelta(hours=1)}))
    withdraw_standing(actor=actor, standing=again, now=later)
    with pytest.raises(Refusal, match="standing_over"):
        withdraw_standing(actor=actor, standing=again, now=later)
    for over in ({"valid_until": now}, {"most": 0}, {"reason": ""}):
        with pytest.raises(Refusal, match="bad_form"):
            give_standing(actor=actor, **(said | over))
    other_area = said | {"area": b.a_place("4209")}
    with pytest.raises(Refusal, match="not_found"):
        give_standing(actor=actor, **other_area)
    with pytest.raises(Refusal, match="not_found"):
        give_standing(actor=b.an_actor("verifier"), **said)


def test_who_sees_a_plan() -> None:
    an_open_need()
    plan = a_plan()
    for role in ("coordinator", "verifier", "liaison", "analyst"):
        assert reads.get_plan(b.an_actor(role, response=b.a_response()), plan.number) == plan
    other = b.a_response("other-2020")
    for actor in (
        b.an_actor("officer"),
        b.an_actor("volunteer"),
        b.an_actor("admin"),
        b.an_actor("liaison", response=other),
    ):
        with pytest.raises(Refusal, match="not_found"):
            reads.get_plan(actor, plan.number)
    for number in (0, plan.number + 1, 10**12):
        with pytest.raises(Refusal, match="not_found"):
            reads.get_plan(b.an_actor("liaison"), number)
