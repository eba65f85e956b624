"""Pages of forms, cases, referrals, the glass, figures, exchanges, and of what the caller decides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_line import Team, a_conversation, a_team
from tongzhou.desks.casework.models import Case, Conversation, GlassAccess, Paper
from tongzhou.desks.hotline.models import Contact
from tongzhou.flows import contact_end
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db
CALM = {"now": "no", "harm": "no", "wish": "no", "thoughts": "no", "recent": "no"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return a_team()


def _talk(team: Team) -> tuple[Client, Contact, Client]:
    """(the counsellor's browser, the contact, the caller's browser)."""
    begun, contact, _actor = a_conversation(team)
    caller = Client()
    caller.cookies["talk"] = begun.secret
    return sign_in(Client(), team.counsellors[0].account), contact, caller


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_screening_beside_the_conversation_and_alone(team: Team) -> None:
    client, contact, _caller = _talk(team)
    page = _text(client.get(f"/calls/{contact.pk}/"))
    assert f'hx-get="/calls/{contact.pk}/papers/"' in page
    part = client.get(f"/calls/{contact.pk}/papers/", headers={"HX-Request": "true"})
    assert "<html" not in _text(part)
    assert "<html" in _text(client.get(f"/calls/{contact.pk}/papers/"))
    path = f"/calls/{contact.pk}/papers/screening/"
    half = client.post(path, {"now": "no", "harm": "no"})
    assert half.status_code == 422
    assert re.search(r'name="harm" value="no" checked', _text(half))  # what was chosen is still there
    assert _text(half).count("还没有选") == 3  # wish, thoughts, recent
    assert "没有发现" in _text(client.post(path, CALM))
    danger = client.post(path, CALM | {"now": "yes"})
    assert "迫在眉睫" in _text(danger)
    assert 'href="tel:110"' in _text(danger)
    assert Contact.objects.get().joined_id == team.supervisor.account_id


def test_a_plan_for_the_caller_to_print(team: Team) -> None:
    client, contact, caller = _talk(team)
    papers = f"/calls/{contact.pk}/papers/"
    assert caller.get("/talk/plan/").status_code == 404
    client.post(f"{papers}plan/", {"signs": "<script>alert(1)</script> 凌晨醒来"})
    assert caller.get("/talk/plan/").status_code == 404
    client.post(f"{papers}plan/give/")
    page = _text(caller.get("/talk/plan/"))
    assert "&lt;script&gt;" in page
    assert "凌晨醒来" in page


def test_a_case_from_the_conversation_to_its_end(team: Team) -> None:
    client, contact, _caller = _talk(team)
    path = f"/calls/{contact.pk}/case/"
    refused = client.post(path, {"called": "河边的人", "reason": "需要陪伴"})
    assert refused.status_code == 422
    assert "河边的人" in _text(refused)
    opened = client.post(path, {"called": "河边的人", "reason": "需要陪伴", "consent": "1"})
    case = Case.objects.get()
    assert re.search(r'<p class="key">[0-9A-Z]{3}\W', _text(opened))
    client.post(f"/cases/{case.pk}/entry/", {"kind": "note", "text": "第一次"})
    kept = client.post(f"/cases/{case.pk}/stage/", {"stage": "closed", "reason": " "})
    assert kept.status_code == 422
    client.post(f"/cases/{case.pk}/stage/", {"stage": "closed", "reason": "结束了"})
    page = _text(client.get(f"/cases/{case.pk}/"))
    assert "第一次" in page
    assert "写进个案</button>" not in page
    boss = sign_in(Client(), team.supervisor.account)
    assert boss.get(f"/cases/{case.pk}/").status_code == 200
    assert sign_in(Client(), team.counsellors[1].account).get(f"/cases/{case.pk}/").status_code == 404


def test_the_caller_decides_and_erases(team: Team) -> None:
    client, contact, caller = _talk(team)
    client.post(f"/calls/{contact.pk}/papers/plan/", {"signs": "一"})
    assert caller.post("/talk/own/erase/").status_code == 409  # it still goes on
    caller.post("/talk/own/", {"do": "consent", "training": "1"})
    page = _text(client.get(f"/calls/{contact.pk}/papers/"))
    assert "不同意计入统计" in page
    assert "同意去掉身份后用于培训" in page
    contact_end.caller_leaves(contact=contact, now=clock.now())
    code = re.search(r'<p class="key">([^<]+)<', _text(caller.post("/talk/own/", {"do": "code"})))
    assert code is not None
    stranger = Client()
    assert stranger.post("/talk/erase/", {"code": "0000000000"}).status_code == 422
    assert "已经全部删除" in _text(stranger.post("/talk/erase/", {"code": code[1]}))
    assert Conversation.objects.get().record_key is None
    assert not Paper.objects.filter(sealed__isnull=False).exists()
    assert "备份里的也打不开" in _text(caller.get("/talk/own/"))
    assert client.get(f"/calls/{contact.pk}/").status_code == 200  # what is left: that there was a contact
    assert client.get(f"/calls/{contact.pk}/papers/plan/").status_code == 200


def test_the_glass_on_its_page(team: Team) -> None:
    client, contact, _caller = _talk(team)
    client.post(f"/calls/{contact.pk}/escalate/")
    asker, boss = sign_in(Client(), team.counsellors[1].account), sign_in(Client(), team.supervisor.account)
    short = asker.post("/cases/glass/", {"contact": str(contact.pk), "reason": "急"})
    assert short.status_code == 422
    asker.post("/cases/glass/", {"contact": str(contact.pk), "reason": "断线前说马上要做，需要知道在哪里"})
    row = GlassAccess.objects.get()
    assert asker.get(f"/cases/glass/{row.pk}/").status_code == 404
    boss.post(f"/cases/glass/{row.pk}/decide/", {"do": "grant"})
    assert asker.get(f"/cases/glass/{row.pk}/").status_code == 200
    assert "看过 1 次" in _text(client.get(f"/calls/{contact.pk}/papers/"))  # the counsellor sees it
    assert boss.post(f"/cases/glass/{row.pk}/review/", {"findings": "我自己批准的，不能复核"}).status_code == 409


def test_figures_and_their_table(team: Team) -> None:
    boss = sign_in(Client(), team.supervisor.account)
    page = boss.get("/line/figures/")
    assert page.status_code == 200
    table = boss.get(f"/line/figures.csv?line={team.line.pk}&month=2026-03")
    assert _text(table).startswith("\ufeffsection,row,column,value\r\ncounts,arrivals,,0\r\n")
    assert boss.get("/line/figures/?month=2026-13").status_code == 400
    assert boss.get(f"/line/figures/?line={contact_like()}").status_code == 404


def contact_like() -> str:
    """An id of nothing."""
    return "00000000-0000-7000-8000-000000000000"


def test_an_exchange_is_connected_and_disconnected(team: Team) -> None:
    boss = sign_in(Client(), team.supervisor.account)
    assert boss.post("/line/telephone/", {"line": str(team.line.pk), "name": " "}).status_code == 400
    page = _text(boss.post("/line/telephone/", {"line": str(team.line.pk), "name": "总机"}))
    path = re.search(r"/telephone/([0-9a-f-]{36})/events/", page)
    assert path is not None
    assert page.count('class="key"') == 2
    assert _text(boss.get("/line/telephone/")).count('class="key"') == 0  # shown once
    assert boss.post(f"/line/telephone/{path[1]}/end/").status_code == 302
    assert "已断开" in _text(boss.get("/line/telephone/"))
