"""Pages of plans that nobody has to approve, of approvals that take a while, and the search in a plan."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import builders as b
import builders_plan_pages as pages
from builders import HUBEI, JIANGAN, WUHAN, XIAOGAN
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.planning.models import Approval, Plan
from tongzhou.chain.planning.selectors import seen
from tongzhou.flows import approve_later
from tongzhou.flows.approve_plan import approve_plan
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db


def signed_in(role: str = "coordinator") -> Client:
    return b.sign_in(Client(), b.an_account(role, area=HUBEI))


@pytest.fixture
def coordinator() -> Client:
    return signed_in()


def rows(page: Any) -> list[Any]:
    return [row.record for row in page.context["sheet"].rows]


def text_of(page: Any) -> str:
    return str(page.content.decode())


def test_a_plan_that_can_send_nothing_waits_for_nobody_and_says_why(coordinator: Client) -> None:
    an_open_need(100)
    an_open_need(50, place=XIAOGAN)
    plan = a_plan()
    assert (plan.state, plan.figures["gaps"]) == ("empty", {"no_offer": 2})
    page = coordinator.get(f"/plans/{plan.number}/")
    assert "2 项需求现在一条也派不出去，多数是因为：没有人承诺过（2 项）。不用批准" in text_of(page)
    assert not page.context["may_approve"]
    assert coordinator.get(f"/plans/{plan.number}/gaps/").context["sheet"].total == "2"
    assert coordinator.get(f"/plans/{plan.number}/approve/").status_code == 302
    assert Plan.objects.filter(state="ready").count() == 0  # no queue has it
    with pytest.raises(Refusal, match="plan_closed"):
        approve_plan(actor=b.an_actor("liaison"), plan=plan, expect=plan.version, now=clock.now())
    an_open_offer(100)
    after = a_plan()
    plan.refresh_from_db()
    assert (after.state, plan.state) == ("ready", "superseded")


def test_a_large_approval_shows_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approve_later, "AT_ONCE", 1)
    monkeypatch.setattr(approve_later, "BATCH", 1)
    for place in (WUHAN, JIANGAN, XIAOGAN):
        an_open_need(10, place=place)
    an_open_offer(30)
    plan = a_plan()
    liaison = signed_in("liaison")
    address = f"/plans/{plan.number}/approve/"
    answer = liaison.post(address, {"do": "approve", "version": plan.version})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = liaison.get(address)
    assert "排着队" in text_of(page)
    assert page.context["may_stop"]
    assert signed_in("liaison").get(address).context["may_stop"]  # whoever may approve, not only who gave it
    assert signed_in("verifier").post(address, {"do": "stop"}).status_code == 404
    assert not Approval.objects.get().cancel_asked
    job = Approval.objects.get()
    real = approve_later.carry_out

    def then_look(**said: Any) -> Any:
        done = real(**said)
        if Approval.objects.get().done == 1:
            assert "1 / 3 行" in text_of(liaison.get(address))
            assert liaison.post(address, {"do": "stop"}).status_code == 302
        return done

    monkeypatch.setattr(approve_later, "carry_out", then_look)
    assert approve_later.run_approval(job.pk) == "cancelled"
    assert "停下了：3 行里处理了 2 行" in text_of(liaison.get(address))
    over = liaison.get(address, headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == f"/plans/{plan.number}/result/"
    assert Assignment.objects.count() == 2


def test_words_are_found_alike_however_rare_they_are(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = pages.a_small_plan()
    mine = pages.a_line(plan, need=an_open_need(1, requester="同济测试医院", for_whom="facility"))
    pages.a_line(plan, need=an_open_need(1, requester="协和测试医院", for_whom="facility"))
    for need in Need.objects.all():
        fill_search(need)
        need.save(update_fields=["search"])
    for most in (seen.MOST_NAMED, 0):
        monkeypatch.setattr(seen, "MOST_NAMED", most)
        assert rows(coordinator.get(f"/plans/{plan.number}/", {"q": "同济"})) == [mine], most
        assert len(rows(coordinator.get(f"/plans/{plan.number}/", {"q": "测试医院"}))) == 2
        assert rows(coordinator.get(f"/plans/{plan.number}/", {"q": "没有这个词"})) == []
        assert rows(coordinator.get(f"/plans/{plan.number}/", {"q": "??"})) == []
