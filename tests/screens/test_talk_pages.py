"""The caller's pages: without an account, without JavaScript, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import a_response, an_account, sign_in
from builders_line import Team, a_caller, a_conversation, a_team, sits
from tongzhou.desks.hotline.models import AgainCode, Contact, LineCallback
from tongzhou.flows.contact_say import say_as_team
from tongzhou.flows.contact_take import take_contact
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _begins(team: Team, **typed: str) -> Client:
    client = Client()
    said = {"line": str(team.line.pk), "language": "mandarin"} | typed
    answer = client.post("/talk/", said)
    assert answer.status_code == 302, answer.content.decode()
    return client


def _token(page: str) -> str:
    return re.findall(r'name="client_id" value="([^"]+)"', page)[0]


def test_the_door_shows_the_numbers_first_and_the_truth_about_waiting() -> None:
    team = a_team()
    page = Client().get("/talk/").content.decode()
    assert page.index("tel:120") < page.index("tel:12356") < page.index("打字谈")
    assert "现在有 0 位在等" in page
    assert "没有援助员在线，不知道要等多久" in page
    assert re.search(r"<title>\s*同舟\s*</title>", page)
    a_caller(team)
    sits(team)
    page = Client().get("/talk/").content.decode()
    assert "现在有 1 位在等" in page
    assert "还说不准要等多久" in page


def test_a_conversation_works_by_form_and_refresh() -> None:
    team = a_team()
    client = _begins(team)
    cookie = client.cookies["talk"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Strict", "/talk/", "")
    page = client.get("/talk/room/").content.decode()
    assert "您是下一位" in page
    assert 'http-equiv="refresh"' in page
    key = _token(page)
    for _ in range(2):  # a double press
        assert client.post("/talk/say/", {"text": "睡不着", "client_id": key}).status_code == 302
    contact = Contact.objects.get()
    actor = sits(team)
    take_contact(actor=actor, contact_id=contact.pk, now=clock.now())
    say_as_team(actor=actor, contact=contact, client_id="answer-0001", text="<b>我在听</b>", now=clock.now())
    page = client.post("/talk/say/", {"text": "还没写完的", "do": "look", "client_id": "x"}).content.decode()
    assert page.count("睡不着") == 1
    assert "&lt;b&gt;我在听&lt;/b&gt;" in page
    assert ">还没写完的</textarea>" in page
    assert 'http-equiv="refresh"' not in page
    assert "等的时候" not in page
    assert str(contact.pk) not in page


def test_what_is_refused_stays_in_the_box() -> None:
    client = _begins(a_team())
    long = "难" * 100_000
    answer = client.post("/talk/say/", {"text": long, "client_id": "too-long-001"})
    assert answer.status_code == 422
    assert f">{long}</textarea>" in answer.content.decode()
    refused = client.post("/talk/say/", {"text": long, "client_id": "too-long-001"}, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "message_long")


def test_news_for_a_page_whose_stream_does_not_work() -> None:
    team = a_team()
    client = _begins(team)
    assert client.post("/talk/say/", {"text": "甲", "client_id": "news-00001"}, headers=JSON).json() == {"seq": 1}
    told = client.get("/talk/news/?after=0", headers=JSON).json()
    assert [(one["seq"], one["text"], one["mine"]) for one in told["messages"]] == [(1, "甲", True)]
    assert told["queue"]["before"] == 0
    assert client.get("/talk/news/?after=1", headers=JSON).json()["messages"] == []
    assert client.post("/talk/leave/").status_code == 302
    assert client.get("/talk/stream/").status_code == 204


def test_the_key_opens_it_elsewhere_and_leaving_quickly_leaves_nothing_here() -> None:
    team = a_team()
    client = _begins(team)
    page = client.post("/talk/key/").content.decode()
    key = re.findall(r'id="key">([^<]+)<', page)[0]
    assert client.cookies["talk"].value == key
    client.post("/talk/quit/")
    assert client.get("/talk/room/").headers["Location"] == "/talk/"
    elsewhere = Client()
    wrong = elsewhere.post("/talk/back/", {"key": "A" * 22})
    assert wrong.status_code == 422
    assert "没有找到" in wrong.content.decode()
    assert elsewhere.post("/talk/back/", {"key": f" {key} "}).headers["Location"] == "/talk/room/"
    assert elsewhere.get("/talk/room/").status_code == 200
    assert Contact.objects.count() == 1


def test_the_same_counsellor_again_by_a_code() -> None:
    team = a_team()
    client = _begins(team)
    actor = sits(team)
    contact = take_contact(actor=actor, contact_id=Contact.objects.get().pk, now=clock.now())
    client.post("/talk/leave/")
    page = client.post("/talk/again/").content.decode()
    code = re.sub(r"\D", "", re.findall(r'class="key">(.+?)</p>', page, re.S)[0])
    assert AgainCode.objects.count() == 1
    again = _begins(team, code=code)
    assert "正在等您想找的那位援助员" in again.get("/talk/room/").content.decode()
    assert Contact.objects.exclude(pk=contact.pk).get().wanted_id == actor.account_id
    bad = Client().post("/talk/", {"line": str(team.line.pk), "language": "mandarin", "code": "123"})
    assert bad.status_code == 422


def test_a_closed_line_says_so_and_takes_a_number() -> None:
    team = a_team(hours={})
    page = Client().get("/talk/").content.decode()
    assert "不在服务时间" in page
    assert "打字谈" not in page
    refused = Client().post("/talk/", {"line": str(team.line.pk), "language": "mandarin"})
    assert (refused.status_code, "120" in refused.content.decode()) == (409, True)
    said = {"line": str(team.line.pk), "phone": "190 0000 0022", "language": "mandarin", "words": "晚上打"}
    for _ in range(2):
        assert Client().post("/talk/callback/", said).status_code == 200
    row = LineCallback.objects.get()
    assert b"19000000022" not in bytes(row.phone or b"")
    bad = Client().post("/talk/callback/", said | {"phone": "12"})
    assert bad.status_code == 422
    assert "晚上打" in bad.content.decode()


def test_without_a_line_the_door_still_has_the_numbers() -> None:
    page = Client().get("/talk/").content.decode()
    assert "tel:12356" in page
    assert "还没有开设热线" in page


def test_the_line_of_an_exercise_is_no_door_for_people_in_need() -> None:
    team = a_team(response=a_response("exercise", is_exercise=True), name="演练热线")
    assert "演练热线" not in Client().get("/talk/").content.decode()
    assert Client().get("/api/v1/lines").json()["items"] == []
    assert Client().get(f"/api/v1/lines/{team.line.pk}").status_code == 404
    assert Client().post("/talk/", {"line": str(team.line.pk), "language": "mandarin"}).status_code != 302
    assert not Contact.objects.exists()
    trained = sign_in(Client(), an_account("counsellor"))
    assert "演练热线" in trained.get("/talk/").content.decode()


def test_a_page_of_a_conversation_asks_few_questions(django_assert_max_num_queries: Any) -> None:
    team = a_team()
    begun, contact, actor = a_conversation(team)
    for number in range(30):
        say_as_team(actor=actor, contact=contact, client_id=f"many-{number:06}", text="x", now=clock.now())
    client = Client()
    client.cookies["talk"] = begun.secret
    with django_assert_max_num_queries(12):
        assert client.get("/talk/room/").status_code == 200
