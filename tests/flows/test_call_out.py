"""Volunteers are called for once for each plan, only against measured need, and no household stands behind a figure."""

from __future__ import annotations

import pytest

from builders import JIANGAN, WUHAN, XIAOGAN, a_place, a_response, an_account
from builders_cover import a_plan, a_plan_need, a_verified_need
from builders_dispatch import a_team, a_volunteer
from builders_notices import a_channel
from tongzhou.flows.call_out import call_out_due
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.notices.wording import sentence

pytestmark = pytest.mark.django_db


def a_call(needs: int = 11, served: int = 0) -> None:
    plan = a_plan()
    for _number in range(needs):
        need = a_verified_need(2, JIANGAN, "home_care", for_whom="self", requester="")
        a_plan_need(plan, need, served, "no_offer" if served < 2 else "")


def test_the_teams_there_and_the_groups_that_listen_hear_of_it_once() -> None:
    a_place(XIAOGAN)
    near, _ = a_volunteer(a_team())
    a_volunteer(a_team(area=XIAOGAN))
    a_volunteer(a_team(line="supplies"))
    an_account("coordinator", area=WUHAN)
    a_channel("wecom", "wecombot://x", broadcasts=["call_out"])
    a_call()
    assert call_out_due() == 1
    assert call_out_due() == 0
    notice = Notice.objects.get()
    assert notice.account_id == near.pk
    assert sentence(notice.kind, notice.facts) == "湖北省武汉市按缺口招募志愿者：居家照护 22 小时。"
    assert notice.path == f"/needed/{WUHAN}/home_care/?response=hubei-2020"
    assert OutboxMessage.objects.filter(kind="broadcast").count() == 1
    a_call()  # the next plan
    assert call_out_due() == 1
    assert Notice.objects.count() == 2


def test_a_few_households_are_no_figure_in_a_message_either() -> None:
    a_volunteer(a_team())
    a_call(needs=3)
    assert call_out_due() == 1
    assert sentence("call_out", Notice.objects.get().facts) == "湖北省武汉市按缺口招募志愿者：居家照护。"


def test_nobody_is_called_without_a_plan_without_a_gap_or_in_an_exercise() -> None:
    a_volunteer(a_team())
    need = a_verified_need(2, JIANGAN, "home_care", for_whom="self", requester="")
    assert call_out_due() == 0, "no plan has spoken"
    a_plan_need(a_plan(), need, 2, "")
    assert call_out_due() == 0, "the teams can do it"
    assert a_response().is_exercise is False
    type(a_response()).objects.update(is_exercise=True)
    a_call()
    assert call_out_due() == 0
    assert Notice.objects.count() == 0
