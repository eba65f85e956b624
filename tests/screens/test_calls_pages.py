"""The counsellor's screen and the supervisor's board."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_line import a_caller, a_conversation, a_team, sits
from tongzhou.desks.hotline.models import Contact, LineCallback, Seat
from tongzhou.desks.hotline.services.callbacks import LATER
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.flows.contact_take import take_contact
from tongzhou.kernel import clock
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _signed(person: Any) -> Client:
    return sign_in(Client(), person.account)


def test_from_the_seat_to_the_next_one() -> None:
    team = a_team()
    client = _signed(team.counsellors[0])
    a_caller(team, urgent=True)
    assert "还没有坐下" in client.get("/calls/").content.decode()
    line = {"line": str(team.line.pk)}
    assert client.post("/calls/seat/", line | {"state": "open"}).status_code == 302
    page = client.get("/calls/").content.decode()
    assert "接下一位" in page
    assert "很急" in page
    where = client.post("/calls/next/", line).headers["Location"]
    page = client.get(where).content.decode()
    assert "接起了。" in page
    assert client.post(f"{where}note/", {"text": "想家", "base": "0"}, headers=JSON).json() == {"number": 1}
    stale = client.post(f"{where}note/", {"text": "别的", "base": "0"}, headers=JSON)
    assert (stale.status_code, stale.json()["code"]) == (409, "note_stale")
    assert client.post(f"{where}end/").status_code == 302
    kept = client.post(f"{where}done/", {"then": "open"})
    assert kept.status_code == 422
    assert "想家" in kept.content.decode()
    done = client.post(f"{where}done/", {"then": "open", "call_type": "support", "hard": "1"})
    assert done.headers["Location"] == "/calls/"
    assert "刚才那一位不容易" in client.get("/calls/").content.decode()
    contact = Contact.objects.get()
    assert (contact.state, contact.call_type, contact.hard) == ("ended", "support", True)
    assert client.post("/calls/next/", line).headers["Location"] == "/calls/"


def test_whoever_is_late_gets_a_kind_word() -> None:
    team = a_team()
    begun = a_caller(team)
    sits(team, 1)
    take_contact(actor=sits(team, 0), contact_id=begun.contact.pk, now=clock.now())
    client = _signed(team.counsellors[1])
    answer = client.post(f"/calls/{begun.contact.pk}/take/", follow=True)
    assert answer.redirect_chain[-1][0] == "/calls/"
    assert "刚刚已有同事接起" in answer.content.decode()


def test_an_expired_licence_at_the_start_of_a_shift_is_told_kindly() -> None:
    team = a_team()
    person = team.counsellors[0]
    type(person).objects.filter(pk=person.pk).update(licence_until=dt.date(2020, 1, 1))
    client = _signed(person)
    page = client.get("/calls/").content.decode()
    assert "不是对您的质疑" in page
    assert 'value="open"' not in page


def test_the_supervisor_sees_load_and_wellbeing_but_no_words() -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team)
    Contact.objects.filter(pk=contact.pk).update(support_asked_at=clock.now())
    Seat.objects.update(hard_since_break=1)
    a_caller(team)
    client = _signed(team.supervisor)
    page = client.get("/calls/board/").content.decode()
    assert "该歇了" in page
    assert "1 位在等" in page
    assert f"/calls/{contact.pk}/join/" in page
    assert "在线的席位不到 2 个" in page
    part = client.get("/calls/board/?part=1").content.decode()
    assert "<html" not in part
    assert client.post(f"/calls/{contact.pk}/join/").headers["Location"] == f"/calls/{contact.pk}/"
    client.post(f"/calls/{contact.pk}/say/", {"text": "慢一点", "client_id": "quiet-0001", "quiet": "1"}, headers=JSON)
    own = _signed(team.counsellors[0]).get(f"/calls/{contact.pk}/news/?after=0", headers=JSON).json()
    assert [(one["text"], one["quiet"]) for one in own["messages"]][-1] == ("慢一点", True)


def test_the_board_asks_few_questions_however_many_sit_there(django_assert_max_num_queries: Any) -> None:
    team = a_team(8)
    for number in range(8):
        a_conversation(team, number)
    client = _signed(team.supervisor)
    client.get("/calls/board/")
    with django_assert_max_num_queries(25):
        client.get("/calls/board/?part=1")


def test_handing_over_puts_the_caller_first_and_closes_the_page_for_the_one_who_left() -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team)
    client = _signed(team.counsellors[0])
    assert client.post(f"/calls/{contact.pk}/hand-over/").status_code == 302
    contact.refresh_from_db()
    assert (contact.state, contact.front) == ("waiting", True)
    assert client.get(f"/calls/{contact.pk}/").status_code == 404


def test_a_callback_is_in_one_pair_of_hands_and_never_vanishes() -> None:
    team, now = a_team(), clock.now()
    row, is_new = ask_line_callback(
        line=team.line, phone="19000000023", words="白天打", language="mandarin", address="", now=now
    )
    assert is_new
    first, second = _signed(team.counsellors[0]), _signed(team.counsellors[1])
    for attempt in range(6):
        assert first.post(f"/calls/callbacks/{row.pk}/take/").status_code == 302
        assert second.post(f"/calls/callbacks/{row.pk}/take/").status_code == 409
        page = first.get(f"/calls/callbacks/{row.pk}/").content.decode()
        assert "19000000023" in page
        assert first.post(f"/calls/callbacks/{row.pk}/outcome/", {"how": "missed"}).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("waiting", attempt + 1)
        assert row.next_at - clock.now() <= LATER[min(attempt, len(LATER) - 1)]
    assert AuditEntry.objects.filter(act="line_callback.take", changes__looked=["phone", "words"]).count() == 12
    assert "19000000023" not in first.get("/calls/callbacks/").content.decode()
    first.post(f"/calls/callbacks/{row.pk}/take/")
    first.post(f"/calls/callbacks/{row.pk}/outcome/", {"how": "reached"})
    assert LineCallback.objects.get().state == "reached"
