"""A plan beside what happened since: other approvals, assignments of then and now, offers of other areas."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

import builders as b
from builders import HUBEI, WUHAN, XIAOGAN
from builders_plan_pages import a_line, a_plan, a_small_plan
from builders_planning import an_open_need, an_open_offer, moved
from tongzhou.chain.planning.models import Pin, Plan, PlanLine
from tongzhou.kernel import clock
from tongzhou.kernel.tables import counts

pytestmark = pytest.mark.django_db


def signed_in(role: str = "coordinator", area: str = HUBEI, **grant: Any) -> Client:
    return b.sign_in(Client(), b.an_account(role, area=area, **grant))


@pytest.fixture
def coordinator() -> Client:
    return signed_in()


def text_of(page: Any) -> str:
    return str(page.content.decode())


def both_pages(client: Client, plan: Plan) -> list[str]:
    return [text_of(client.get(f"/plans/{plan.number}/{path}")) for path in ("", "approve/")]


def test_what_was_approved_since_is_said_before_an_older_plan_is_approved(coordinator: Client) -> None:
    """Two lines; the need of one was assigned something by a plan approved later: one line may not go out."""
    hour = dt.timedelta(hours=1)
    older = a_plan(as_of=clock.now() - hour)
    met, _free = a_line(older), a_line(older)
    assert not any("又批准过别的计划" in page for page in both_pages(coordinator, older))
    later = a_plan(state="approved", approved_at=clock.now())
    for page in both_pages(coordinator, older):
        assert "又批准过别的计划" in page
        assert f'<a href="/plans/{later.number}/">计划 {later.number}</a>' in page
        assert "没有碰到这份计划" in page
    line = a_line(later, need=met.need, offer=b.an_offer(response=older.response, state="verified"))
    moved(met.need, line.offer, ("outside", "planned", 100), plan_line=line)
    for page in both_pages(coordinator, older):
        assert "这份计划里 1 行的需求或供给，后来已经有了派单" in page
        assert page.count("按现在的情况重新规划") == 1
    assert "请做计划的人重新规划" in both_pages(signed_in("liaison"), older)[1]
    # What was approved before the plan was worked out is no news.
    Plan.objects.filter(pk=later.pk).update(approved_at=clock.now() - 2 * hour)
    assert not any("又批准过别的计划" in page for page in both_pages(coordinator, older))


def test_what_stays_as_it_is_is_not_counted_as_sent(coordinator: Client) -> None:
    """Three lines of three givers, two as they were: one giver hears of one assignment."""
    changes = {"new": 1, "kept": 2}
    plan = a_plan(figures={"needs": 3, "lines": 3, "used": 3, "helped": 3, "changes": changes})
    a_line(plan)
    for _ in range(2):
        a_line(plan, change="kept", was=100)
    for client in (coordinator, signed_in(area=WUHAN)):  # from the plan's own figures, and counted
        page = text_of(client.get(f"/plans/{plan.number}/approve/"))
        assert "1 个提供方会收到 1 条派单，帮到 1 项需求" in page
        assert "另外 2 条和规划时的派单一样，不重发" in page


def test_changes_are_measured_by_the_moment_of_planning(coordinator: Client) -> None:
    plan = a_plan()
    a_line(plan)
    at = f"{clock.beijing(plan.as_of):%H:%M}"
    assert f"和规划时（{at}）的派单比" in text_of(coordinator.get(f"/plans/{plan.number}/"))
    Plan.objects.filter(pk=plan.pk).update(as_of=dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC))
    assert "和规划时（02-06 12:00）的派单比" in text_of(coordinator.get(f"/plans/{plan.number}/"))


def test_a_box_that_strikes_names_its_line(coordinator: Client) -> None:
    plan = a_plan()
    line = a_line(plan)
    page = text_of(coordinator.get(f"/plans/{plan.number}/approve/"))
    assert f"划掉 {line.category.label}：{line.offer.giver} → " in page
    assert f"划掉 {line.pk}<" not in page


def test_figures_that_a_plan_keeps_are_exact(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CAP", "LOOKED_AT"):
        monkeypatch.setattr(counts, name, 1)
    plan = a_plan(figures={"needs": 3, "lines": 3, "changes": {"new": 2, "kept": 1}})
    a_line(plan)
    a_line(plan)
    a_line(plan, change="kept", was=100, urgency=2)
    sheet = coordinator.get(f"/plans/{plan.number}/").context["sheet"]
    assert sheet.total == "3"
    change = next(facet for facet in sheet.facets if facet.key == "change")
    assert {one.value: one.count for one in change.picks if one.count != "0"} == {"new": "2", "kept": "1"}
    # Whoever sees a part, or asks for a part, is told what was counted.
    assert coordinator.get(f"/plans/{plan.number}/?urgency=1").context["sheet"].total == "1+"
    assert signed_in(area=WUHAN).get(f"/plans/{plan.number}/").context["sheet"].total == "1+"


def test_a_need_of_ones_own_is_fixed_to_any_offer_a_plan_could_use_for_it() -> None:
    need = an_open_need(200, place=XIAOGAN)
    elsewhere = an_open_offer(500, place=WUHAN, item="某牌口罩（找老王）")
    client = signed_in(area=XIAOGAN)
    said = {"need": need.code, "offer": elsewhere.code, "how": "fix", "quantity": "80", "reason": "约好了专车"}
    page = text_of(client.get("/plans/pins/new/", said))
    assert "武汉测试商贸公司" in page
    assert "老王" not in page  # what a line of a plan says of it, no more
    assert client.post("/plans/pins/new/", said | {"quantity": "9999"}).status_code == 422
    assert client.post("/plans/pins/new/", said)["Location"] == "/plans/pins/"
    assert client.post("/plans/pins/new/", said | {"how": "forbid"})["Location"] == "/plans/pins/"
    assert Pin.objects.filter(withdrawn_at=None).count() == 1
    # Not one that no plan could use, and none for a need that is not one's own.
    for offer in (
        b.an_offer(place=WUHAN),
        an_open_offer(500, place=WUHAN, line="services"),
        an_open_offer(500, place=WUHAN, response=b.a_response(slug="another")),
    ):
        answer = client.post("/plans/pins/new/", said | {"offer": offer.code})
        assert (answer.status_code, "或者计划不能把它用到这项需求上" in text_of(answer)) == (422, True)
    foreign = an_open_need(200, place=WUHAN)
    page = text_of(client.get("/plans/pins/new/", said | {"need": foreign.code}))
    assert "武汉测试商贸公司" not in page


def test_a_quantity_that_does_not_fit_is_told_as_people_write_it(coordinator: Client) -> None:
    need, offer = an_open_need(20_000), an_open_offer(3_977)
    said = {"need": need.code, "offer": offer.code, "how": "fix", "quantity": "9999", "reason": "约好了专车"}
    assert "供给一共 3,977" in text_of(coordinator.post("/plans/pins/new/", said))


def test_a_gap_says_what_was_struck_at_the_approval(coordinator: Client) -> None:
    """80 planned, 50 of them given: with that line struck 80 are lacking, and the approver is the reason."""
    plan = a_small_plan()
    PlanLine.objects.filter(plan=plan, quantity=50).update(state="struck")
    page = text_of(coordinator.get(f"/plans/{plan.number}/gaps/"))
    assert "批准时划掉了 50 只" in page
    assert "其余：不够分，各处按同一比例" in page
    assert "80 只" in page
    assert "得到 50 只" not in page
