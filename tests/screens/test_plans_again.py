"""From a plan's line: a pair forbidden and the same question asked again, by whom and of what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import builders as b
from builders import HUBEI, WUHAN, XIAOGAN
from builders_plan_pages import a_line, a_plan
from builders_planning import an_open_need, an_open_offer
from tongzhou.chain.planning.models import Pin, Plan

pytestmark = pytest.mark.django_db


def signed_in(role: str = "coordinator", area: str = HUBEI, **grant: Any) -> Client:
    return b.sign_in(Client(), b.an_account(role, area=area, **grant))


@pytest.fixture
def coordinator() -> Client:
    return signed_in()


def text_of(page: Any) -> str:
    return str(page.content.decode())


def test_two_presses_forbid_a_pair_and_plan_again_and_the_new_plan_says_what_it_costs(
    django_capture_on_commit_callbacks: Any,
) -> None:
    """One need of 200 in Wuhan, one offer of 250: with the pair forbidden nothing goes out, 200 without the pin."""
    need = an_open_need(200, urgency=1)
    offer = an_open_offer(250)
    maker = signed_in()
    scope = {"area": "武汉市", "category": "surgical_mask", "line": "supplies"}
    with django_capture_on_commit_callbacks(execute=True):
        maker.post("/plans/new/", scope)
    first = Plan.objects.get()
    said = {
        "need": need.code, "offer": offer.code, "how": "forbid", "quantity": "200", "reason": "仓库已关",
        "plan": first.number, "do": "again",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = maker.post("/plans/pins/new/", said)
    second = Plan.objects.latest("number")
    assert answer["Location"] == f"/plans/{second.number}/"
    assert (second.area_id, second.line, second.category_id) == (WUHAN, "supplies", "surgical_mask")
    assert second.principles == first.principles
    assert not second.lines.filter(quantity__gt=0).exists()
    assert second.figures["pins_less"]["needs"] == 1
    assert second.figures["pins_cost"] == {"1": {"surgical_mask": {"with": 0, "without": 200}}}
    page = text_of(maker.get(f"/plans/{second.number}/"))
    assert "派出 0 只，不这样是 200 只。" in page
    assert maker.get("/plans/pins/").context["again"]["plan"] == second  # the list of pins asks the same again
    assert f'action="/plans/{second.number}/again/"' in text_of(maker.get("/plans/pins/"))


def test_a_pin_and_its_plan_are_both_made_or_neither(coordinator: Client) -> None:
    """While a plan of the same scope is being made nothing is pinned, and what was typed stays."""
    plan = a_plan()
    line = a_line(plan)
    a_plan(state="queued")
    said = {
        "need": line.need.code, "offer": line.offer.code, "how": "forbid", "reason": "仓库已关", "plan": plan.number,
        "do": "again",
    }  # fmt: skip
    answer = coordinator.post("/plans/pins/new/", said)
    assert answer.status_code == 422
    assert {"正在计算", "仓库已关"} <= {word for word in ("正在计算", "仓库已关") if word in text_of(answer)}
    assert not Pin.objects.exists()
    assert Plan.objects.count() == 2


def test_of_a_wider_plan_ones_own_part_is_planned_again() -> None:
    """A plan of the whole province is read by Wuhan's coordinator of supplies: theirs to plan again is that."""
    plan = a_plan()
    line = a_line(plan)
    wuhan = signed_in(area=WUHAN, line="supplies")
    page = wuhan.get("/plans/pins/new/", {"need": line.need.code, "offer": line.offer.code, "plan": plan.number})
    assert page.context["scope"] == "湖北省武汉市 · 物资"
    assert "重新规划您负责的部分（湖北省武汉市 · 物资）" in text_of(wuhan.get(f"/plans/{plan.number}/"))
    said = {"need": line.need.code, "offer": line.offer.code, "how": "forbid", "reason": "仓库已关"}
    wuhan.post("/plans/pins/new/", said | {"plan": plan.number, "do": "again"})
    made = Plan.objects.latest("number")
    assert (made.number, made.area_id, made.line, Pin.objects.count()) == (plan.number + 1, WUHAN, "supplies", 1)


def test_of_a_plan_that_is_not_theirs_nothing_is_planned_again() -> None:
    """A coordinator of Xiaogan's funds reads a plan of Wuhan's supplies; a liaison plans nothing."""
    wuhan = a_plan(area=b.a_place(WUHAN), line="supplies")
    for reader in (signed_in(area=XIAOGAN, line="funds"), signed_in("liaison")):
        assert "/again/" not in text_of(reader.get(f"/plans/{wuhan.number}/"))
        assert reader.post(f"/plans/{wuhan.number}/again/").status_code == 404
    assert Plan.objects.count() == 1


def test_an_order_changed_since_is_said_before_planning_again(coordinator: Client) -> None:
    plan = a_plan(principles={"goods": ["locality", "urgency", "fairness"]})
    line = a_line(plan)
    page = coordinator.get("/plans/pins/new/", {"need": line.need.code, "offer": line.offer.code, "plan": plan.number})
    assert page.context["moved"] == ["物资：先急，再匀，再近"]
    same = a_plan(principles={"goods": ["urgency", "fairness", "locality"]})
    page = coordinator.get("/plans/pins/new/", {"need": line.need.code, "offer": line.offer.code, "plan": same.number})
    assert page.context["moved"] == []
