"""Where a command allocates donated goods a plan is a proposal to it; gifts with a purpose stand apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import builders as b
from builders import HUBEI
from builders_plan_pages import a_line, a_small_plan
from builders_planning import a_plan as a_real_plan
from builders_planning import an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.planning.models import PlanLine
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.responses.models import Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> Client:
    return b.sign_in(Client(), b.an_account("coordinator", area=HUBEI))


def text_of(page: Any) -> str:
    return str(page.content.decode())


def test_a_proposal_to_a_command_is_called_one_everywhere(coordinator: Client) -> None:
    plan = a_small_plan(is_proposal=True)
    gift = a_line(plan, offer=b.an_offer(earmark="给武昌的医院", state="verified"))
    page = coordinator.get(f"/plans/{plan.number}/")
    assert page.context["name"] == f"分配建议 {plan.number}"
    assert page.context["sentence"].startswith("建议：")
    assert "只是给指挥部的建议" in text_of(page)
    sheet = coordinator.get(f"/plans/{plan.number}/?earmark=yes").context["sheet"]
    assert [row.record for row in sheet.rows] == [gift]
    assert "这里只是建议" in text_of(coordinator.get(f"/plans/{plan.number}/approve/"))


def test_goods_leave_on_the_commands_answer_and_gifts_with_a_purpose_without_it(coordinator: Client) -> None:
    b.a_response()
    Response.objects.update(under_command=True)
    an_open_need(100)
    for giver, earmark in (("没有指定的单位", ""), ("指定了的单位", "武汉市")):
        an_open_offer(50, giver=giver, earmark=earmark)
    plan = a_real_plan()
    approve, said = f"/plans/{plan.number}/approve/", {"do": "approve", "version": plan.version}
    assert "1 行物资由指挥部统一分配" in text_of(coordinator.get(approve))
    coordinator.post(approve, said)
    assert [one.offer.giver for one in Assignment.objects.all()] == ["指定了的单位"]
    result = text_of(coordinator.get(f"/plans/{plan.number}/result/"))
    assert "1 行物资等指挥部答复，还没有派出。" in result
    plan.refresh_from_db()
    assert plan.state == "ready"
    said["version"] = plan.version
    refused = coordinator.post(approve, said)
    assert refused.status_code == 422
    assert "没有它的答复不能派出" in text_of(refused)
    answer = "物资保障组 2 月 6 日同意，调拨单 128 号"
    assert coordinator.post(approve, said | {"command_answer": answer}).status_code == 302
    assert {one.offer.giver for one in Assignment.objects.all()} == {"没有指定的单位", "指定了的单位"}
    words = dict(PlanLine.objects.filter(plan=plan).values_list("offer__giver", "decided_reason"))
    assert words == {"没有指定的单位": answer, "指定了的单位": ""}
    assert answer in text_of(coordinator.get(f"/plans/{plan.number}/"))
    assert AuditEntry.objects.filter(act="plan.approve", reason=answer).exists()
    plain, gift = (Assignment.objects.get(offer__giver=giver) for giver in ("没有指定的单位", "指定了的单位"))
    assert answer in text_of(coordinator.get(f"/assignments/{plain.code}/"))
    assert "指挥部怎么答复的" not in text_of(coordinator.get(f"/assignments/{gift.code}/"))
    hospital = b.an_organisation()
    Assignment.objects.filter(pk=plain.pk).update(receiver=hospital)
    officer = b.sign_in(Client(), b.an_account("officer", organisation=hospital))
    assert answer not in text_of(officer.get(f"/assignments/{plain.code}/"))  # plans are not theirs to see
