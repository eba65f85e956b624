"""Events become notices for exactly those whom they concern, with nothing in them that reaches a person."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override

import builders_dispatch as d
from builders import an_account, an_organisation
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.flows.events import post
from tongzhou.flows.send_messages import send_due
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.notices.wording import sentence

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    giver, receiver = an_organisation("合成基金会"), an_organisation("合成医院")
    return {
        "giver": giver,
        "receiver": receiver,
        "gives": an_account("officer", organisation=giver),
        "receives": an_account("officer", organisation=receiver),
        "near": an_account("coordinator", line="supplies", area="4201"),
        "away": an_account("coordinator", line="supplies", area="4209"),
        "funds": an_account("coordinator", line="funds", area="4201"),
    }


def told() -> set[tuple[object, str]]:
    send_due()
    found = set(Notice.objects.values_list("account__login", "kind"))
    Notice.objects.all().delete()
    return found


def test_each_event_reaches_those_it_concerns(people) -> None:
    one = d.an_assignment(
        need=d.a_verified_need(organisation=people["receiver"], for_whom="facility"),
        offer=d.a_verified_offer(organisation=people["giver"]),
    )
    assert told() == {(people["gives"].login, "assignment")}
    post("delivered", one)
    assert told() == {(people["receives"].login, "delivered")}
    post("withdrawn", one, reason="已经够了")
    assert told() == {(people["gives"].login, "withdrawn")}
    post("incident", one, kind="unsafe")
    assert told() == {(people["near"].login, "incident")}
    post("accepted", one)
    assert told() == set()


def test_a_team_is_told_of_a_task_while_it_is_free(people) -> None:
    team = d.a_team()
    member, _ = d.a_volunteer(team)
    d.a_volunteer(d.a_team())
    d.an_assignment(offer=d.a_verified_offer(team=team), standing=d.a_standing(team))
    assert told() == {(member.login, "task")}
    late = d.an_assignment(
        need=d.a_verified_need(), offer=d.a_verified_offer(team=team), standing=d.a_standing(d.a_team())
    )
    Assignment.objects.filter(pk=late.pk).update(state="accepted")
    assert told() == set(), "somebody was faster than the notice"


def test_a_notice_names_no_household_and_is_made_once(people) -> None:
    team = d.a_team()
    d.a_volunteer(team)
    need = d.a_verified_need(place="420102003", note="一个人住三楼")
    one = d.an_assignment(need=need, offer=d.a_verified_offer(team=team), standing=d.a_standing(team))
    OutboxMessage.objects.update(sent_at=None)
    send_due()
    OutboxMessage.objects.update(sent_at=None)  # the worker died before it could write down that it was done
    send_due()
    notice = Notice.objects.get()
    assert notice.path == f"/tasks/{one.code}/"
    said = json.dumps(notice.facts, ensure_ascii=False)
    assert notice.facts["where"].endswith("江岸区")
    for secret in ("三楼", "19000000", "街"):
        assert secret not in said


def test_a_notice_is_said_in_the_language_of_its_reader_and_an_old_one_still_reads(people) -> None:
    """A mask order in Wuhan taken back for a reason of ours: no Chinese stands in the English sentence."""
    one = d.an_assignment(offer=d.a_verified_offer(organisation=people["giver"]))
    Notice.objects.all().delete()
    post("withdrawn", one, reason="新计划里改派了")
    send_due()
    facts = Notice.objects.get(kind="withdrawn").facts
    with override("en"):
        said = sentence("withdrawn", facts)
        where = sentence("task", facts)
        thing = f"surgical mask {one.quantity} pieces"
        assert said == f"Assignment withdrawn: {thing}. the new plan assigns it otherwise"
        assert "Wuhan" in where
        assert where.isascii(), where
    with override("zh-hans"):
        assert sentence("withdrawn", facts) == f"派单收回：医用外科口罩 {one.quantity} 只。新计划里改派了"
    old = {"what": "医用外科口罩", "amount": "20 只", "where": "湖北省武汉市", "reason": "新计划里改派了"}
    with override("en"):
        assert "医用外科口罩 20 只" in sentence("withdrawn", old)


def test_what_an_incident_was_is_said_in_either_language(people) -> None:
    one = d.an_assignment(offer=d.a_verified_offer(organisation=people["giver"]))
    post("incident", one, kind="unsafe")
    send_due()
    facts = Notice.objects.get(kind="incident").facts
    with override("en"):
        assert sentence("incident", facts).isascii()
