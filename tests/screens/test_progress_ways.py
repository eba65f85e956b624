"""Without an account: the giver answers by the link, the asker says what arrived by theirs."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.test import Client

from builders import WUCHANG, a_contact, an_organisation, words_of
from builders_dispatch import a_key, a_team, a_verified_need, a_verified_offer, an_assignment, balances_of
from tongzhou.chain.delivery.models import IncidentReport, Receipt
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel import clock, ids
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db

ASKS, GIVES = "A" * 22, "G" * 22
PHONE, ADDRESS, WHO = "19000000031", "测试路 9 号 3 单元", "测试收货人"


class Pair:
    """A household that asks, a private person who gives, the assignment between them."""

    def __init__(self) -> None:
        contact = a_contact(PHONE, name=WHO, address=ADDRESS)
        self.need = a_verified_need(100, place=WUCHANG, contact=contact, secret=ASKS)
        self.offer = a_verified_offer(secret=GIVES, giver="")
        self.one = an_assignment(need=self.need, offer=self.offer, now=clock.now())
        self.client = Client()

    def asker(self, rest: str = "") -> str:
        return f"/r/{self.need.submission.code}/{ASKS}/{rest}"

    def giver(self, rest: str = "") -> str:
        return f"/r/{self.offer.submission.code}/{GIVES}/{rest}"

    def gives(self, act: str, **typed: Any) -> Any:
        return self.client.post(self.giver(f"give/{self.one.code}/{act}/"), {"key": ids.new_id()} | typed)

    def state(self) -> str:
        self.one.refresh_from_db()
        return str(self.one.state)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_giver_accepts_sees_where_to_send_and_sends(pair: Pair) -> None:
    page = text_of(pair.client.get(pair.giver()))
    assert "武昌" in page
    assert pair.client.post(pair.giver(f"where/{pair.one.code}/")).status_code == 409
    assert pair.gives("accept").status_code == 302
    closed = text_of(pair.client.get(pair.giver()))
    opened = text_of(pair.client.post(pair.giver(f"where/{pair.one.code}/")))
    for secret in (PHONE, ADDRESS, WHO):
        assert secret not in page
        assert secret not in closed
        assert secret in opened
    assert AuditEntry.objects.get(act="assignment.answered_by_link", changes__has_key="looked").reason == pair.one.code
    assert pair.gives("sent", quantity="40").status_code == 302
    assert balances_of(pair.one) == {"accepted": 60, "in_transit": 40}
    pair.gives("sent")
    pair.gives("delivered")
    assert (pair.state(), balances_of(pair.one)) == ("delivered", {"in_transit": 100})


def test_the_giver_declines_with_a_reason(pair: Pair) -> None:
    missing = pair.gives("decline", note="真的没有了")
    assert missing.status_code == 422
    assert "真的没有了" in text_of(missing)
    assert pair.gives("decline", reason="no_stock", note="真的没有了").status_code == 302
    assert pair.state() == "declined"
    late = pair.gives("accept")
    assert late.status_code == 409
    assert "没有接" in text_of(late)


def test_a_double_click_of_the_giver_has_one_effect(pair: Pair) -> None:
    key = ids.new_id()
    assert [pair.gives("accept", key=key).status_code for _time in range(2)] == [302, 302]
    key = ids.new_id()
    assert [pair.gives("sent", key=key, quantity="30").status_code for _time in range(2)] == [302, 302]
    assert balances_of(pair.one) == {"accepted": 70, "in_transit": 30}


def test_the_asker_hears_of_it_when_somebody_took_it(pair: Pair) -> None:
    public = f"/r/{pair.need.submission.code}/"
    code = receipt_code(pair.one)
    assert "已有人接" not in text_of(pair.client.get(public))
    assert "谁送来" not in text_of(pair.client.get(pair.asker()))
    pair.gives("accept")
    assert "已有人接" in text_of(pair.client.get(public))
    page = text_of(pair.client.get(pair.asker()))
    assert f"<span>{code[:3]}</span><span>{code[3:]}</span>" in page
    assert 'class="qr"' in page
    assert "一位愿意帮忙的人" in page
    for page in (text_of(pair.client.get(public)), text_of(pair.client.get(pair.giver()))):
        assert "receipt__code" not in page
        assert code not in words_of(page)


def test_part_of_it_is_said_as_part() -> None:
    pair = Pair()
    Assignment.objects.filter(pk=pair.one.pk).update(quantity=60)
    small = an_assignment(40, need=a_verified_need(100, secret=ASKS), offer=pair.offer, now=clock.now())
    pair.need, pair.one = small.need, small
    pair.gives("accept")
    page = text_of(pair.client.get(f"/r/{small.need.submission.code}/"))
    assert "一部分有人接" in page
    assert "已有人接下，在准备或在路上" not in page


def test_the_sender_is_a_team_or_an_organisation_never_a_person() -> None:
    now = clock.now()
    sides = (({"team": a_team(name="第九车队")}, "第九车队"), ({"organisation": an_organisation("测试社")}, "测试社"))
    for over, name in sides:
        need = a_verified_need(secret=ASKS)
        one = an_assignment(need=need, offer=a_verified_offer(**over), now=now)
        Assignment.objects.filter(pk=one.pk).update(state="accepted", holder_name="不该公开的人", accepted_at=now)
        page = text_of(Client().get(f"/r/{need.submission.code}/{ASKS}/"))
        assert name in page
        assert "不该公开的人" not in page


def test_the_asker_confirms_by_the_link_once(pair: Pair) -> None:
    pair.gives("accept")
    pair.gives("sent")
    address = pair.asker(f"arrived/{pair.one.code}/")
    short = pair.client.post(address, {"received": "70", "missing": "30", "note": "箱子破了"})
    assert short.status_code == 422
    assert "箱子破了" in text_of(short)
    key = ids.new_id()
    said = {"received": "70", "missing": "30", "difference": "short", "note": "箱子破了", "key": key}
    assert [pair.client.post(address, said).status_code for _time in range(2)] == [302, 302]
    assert balances_of(pair.one) == {"received": 70, "missing": 30}
    assert Receipt.objects.get().how == "link"
    assert "收到 70" in text_of(pair.client.get(pair.asker()))
    over = pair.client.post(address, {"received": "1", "key": a_key()})
    assert over.status_code == 409


def test_the_need_is_solved_by_what_arrived(pair: Pair) -> None:
    pair.gives("accept")
    pair.client.post(pair.asker(f"arrived/{pair.one.code}/"), {"received": "100", "key": ids.new_id()})
    pair.need.refresh_from_db()
    assert pair.need.state == "solved"
    assert "解决" in text_of(pair.client.get(f"/r/{pair.need.submission.code}/"))


def test_that_nobody_came_is_one_press_and_either_side_reports(pair: Pair) -> None:
    pair.gives("accept")
    said = {"kind": "not_arrived", "text": "没有送到", "key": ids.new_id()}
    for _time in range(2):
        assert pair.client.post(pair.asker(f"trouble/{pair.one.code}/"), said).status_code == 302
    said = {"kind": "wrong_number", "text": "电话打不通"}
    assert pair.client.post(pair.giver(f"trouble/{pair.one.code}/"), said).status_code == 302
    assert sorted(IncidentReport.objects.values_list("kind", flat=True)) == ["not_arrived", "wrong_number"]


def test_each_link_opens_only_its_own_side(pair: Pair) -> None:
    pair.gives("accept")
    other = Pair()
    other.gives("accept")
    for address in (
        pair.asker(f"give/{pair.one.code}/sent/"), pair.asker(f"where/{pair.one.code}/"),
        pair.giver(f"arrived/{pair.one.code}/"), pair.giver(f"give/{other.one.code}/sent/"),
        pair.giver(f"give/{pair.one.code}/steal/"), pair.asker(f"trouble/{other.one.code}/"),
        pair.asker(f"arrived/{pair.one.code}/").replace(ASKS, GIVES),
    ):  # fmt: skip
        answer = pair.client.post(address, {"received": "1", "kind": "other", "text": "x"})
        assert answer.status_code == 404, address
    assert balances_of(pair.one) == balances_of(other.one) == {"accepted": 100}


def test_an_old_safety_token_loses_nothing(pair: Pair) -> None:
    pair.gives("accept")
    strict = Client(enforce_csrf_checks=True)
    for address, typed in (
        (pair.giver(f"give/{pair.one.code}/return/"), {"quantity": "77"}),
        (pair.asker(f"arrived/{pair.one.code}/"), {"received": "77"}),
        (pair.asker(f"trouble/{pair.one.code}/"), {"kind": "other", "text": "写了 77 个字"}),
        (f"/a/{pair.one.code}/", {"code": "000000", "received": "77"}),
    ):
        answer = strict.post(address, typed)
        assert answer.status_code == 403
        assert any(shown in text_of(answer) for shown in ('value="77"', "写了 77 个字"))


def test_the_page_of_an_old_assignment_says_what_became_of_it(pair: Pair) -> None:
    Assignment.objects.filter(pk=pair.one.pk).update(state="lapsed", lapses_at=clock.now() - dt.timedelta(hours=1))
    page = text_of(pair.client.get(pair.giver()))
    assert "超时没有人接" in page
    assert "/accept/" not in page
