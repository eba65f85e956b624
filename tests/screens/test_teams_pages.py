"""The way into a team over HTTP: what a coordinator opens and what somebody sees who scans the code."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

import builders
from tongzhou.chain.dispatch.models import TeamEntrance
from tongzhou.flows.join_team import open_entrance
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people import services
from tongzhou.registers.people.models import Account, Team

pytestmark = pytest.mark.django_db
WORDS = "江岸 小李 送药 最快"
OFFICE = "区志愿服务联合会办公室"


@pytest.fixture
def team() -> Team:
    lead = builders.an_account(name="江岸送药队队长")
    return services.create_team(actor=SYSTEM, name="江岸送药队", area=builders.JIANGAN, line="supplies", lead=lead)


@pytest.fixture
def desk() -> Client:
    return builders.sign_in(Client(), builders.an_account("coordinator", line="supplies", area=builders.WUHAN))


def an_entrance(team: Team, most: int = 5) -> TeamEntrance:
    now = clock.now()
    until = now + dt.timedelta(days=7)
    return open_entrance(actor=SYSTEM, team=team, most=most, valid_until=until, insurance_contact=OFFICE, now=now)


def scan(entrance: TeamEntrance, client: Client | None = None, **over: Any) -> Any:
    said = {
        "name": "江岸小李", "login": "xiaoli", "password1": WORDS, "password2": WORDS, "adult": "yes",
        "healthy": "on", "kit": "on", "conduct": "on",
    }  # fmt: skip
    return (client or Client()).post(f"/join/{entrance.secret}/", said | over)


def test_opened_renewed_and_closed_by_its_coordinator(team: Team, desk: Client) -> None:
    page = f"/teams/{team.pk}/entrance/"
    assert "江岸送药队" in desk.get("/teams/").content.decode()
    assert desk.get(page + "poster/").status_code == 302  # nothing to print yet
    assert desk.post(page, {"most": 20, "days": 40}).status_code == 422
    assert desk.post(page, {"most": 20, "days": 7, "insurance_contact": OFFICE}).status_code == 302
    first = TeamEntrance.objects.get()
    shown = desk.get(page).content.decode()
    assert f"/join/{first.secret}/" in shown
    assert "data:image/svg+xml" in desk.get(page + "poster/").content.decode()
    desk.post(page, {"most": 10, "days": 3})
    second = TeamEntrance.objects.get(closed_at=None)
    assert second.secret != first.secret
    assert Client().get(f"/join/{first.secret}/").status_code == 410
    assert desk.post(page + "close/").status_code == 302
    assert Client().get(f"/join/{second.secret}/").status_code == 410


def test_a_page_for_whoever_comes_too_late(team: Team) -> None:
    one = an_entrance(team, most=1)
    assert scan(one).status_code == 302
    full = scan(one, login="second-one")
    assert full.status_code == 409
    assert "名额已经满了" in full.content.decode()
    TeamEntrance.objects.update(most=5, valid_until=clock.now())
    over = Client().get(f"/join/{one.secret}/")
    assert over.status_code == 410
    assert "已经过期" in over.content.decode()
    assert Client().get("/join/a-guess/").status_code == 404


def test_who_joined_is_signed_in_and_told_the_login_name(team: Team) -> None:
    client = Client()
    assert scan(an_entrance(team), client, login="")["Location"] == "/my/?welcome=1"
    page = client.get("/my/?welcome=1").content.decode()
    account = Account.objects.get(name="江岸小李")
    assert account.login in page
    assert OFFICE in page
    assert client.get("/account/start/")["Location"] == "/my/"


def test_a_minor_is_told_whom_to_ask_and_leaves_nothing(team: Team) -> None:
    answer = scan(an_entrance(team), adult="no")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "监护人的书面同意" in page
    assert "江岸送药队队长" in page
    assert not Account.objects.filter(name="江岸小李").exists()


@pytest.mark.parametrize(
    "said",
    [
        {"password1": "12345678", "password2": "12345678"}, {"password2": "不一样的一句话 写错了"}, {"conduct": ""},
        {"adult": ""}, {"name": ""}, {"login": "小李"}, {"login": "ab"},
    ],
)  # fmt: skip
def test_nothing_typed_is_lost_but_the_password(team: Team, said: dict[str, str]) -> None:
    answer = scan(an_entrance(team), **said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "name" in said or 'value="江岸小李"' in page
    assert WORDS not in page
    assert not Account.objects.filter(name="江岸小李").exists()


def test_a_login_name_that_is_taken_and_a_program(team: Team) -> None:
    builders.an_account(login="xiaoli")
    one = an_entrance(team)
    assert "已经有人用了" in scan(one).content.decode()
    assert "名额已经满了" in scan(one, login="other-one", website="http://spam.example/").content.decode()
    assert Account.objects.filter(name="江岸小李").count() == 0


def test_the_form_sent_twice_is_one_account_and_no_refusal(team: Team) -> None:
    """A slow network and an impatient thumb: the second answer is the first one, not "this name is taken"."""
    one, key = an_entrance(team), str(ids.new_id())
    for _ in range(2):
        assert scan(one, key=key)["Location"] == "/my/?welcome=1"
    assert Account.objects.filter(login="xiaoli").count() == 1


def test_a_forged_page_gets_its_form_back(team: Team) -> None:
    one = an_entrance(team)
    answer = scan(one, Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert 'value="江岸小李"' in answer.content.decode()
    assert not Account.objects.filter(login="xiaoli").exists()


def test_a_coordinator_does_not_become_a_volunteer_by_scanning(team: Team, desk: Client) -> None:
    one = an_entrance(team)
    answer = desk.get(f"/join/{one.secret}/")
    assert answer.status_code == 409
    assert "别的职责" in answer.content.decode()
    assert scan(one, desk).status_code == 409


def test_a_volunteer_joins_a_second_team(team: Team) -> None:
    client = Client()
    scan(an_entrance(team), client)
    second = services.create_team(actor=SYSTEM, name="武昌送药队", area=builders.WUCHANG)
    one = an_entrance(second)
    assert "用这个账号加入" in client.get(f"/join/{one.secret}/").content.decode()
    assert client.post(f"/join/{one.secret}/", {"conduct": "on"})["Location"] == "/my/"
    assert "武昌送药队" in client.get("/my/").content.decode()
    assert client.get(f"/join/{one.secret}/")["Location"] == "/my/"
