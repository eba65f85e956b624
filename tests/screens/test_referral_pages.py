"""A place of the directory for a caller: found, kept as it stood, shown with consent only, marked when it is gone."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_bulletins import a_service
from builders_line import Team, a_conversation, a_team
from tongzhou.desks.bulletins.models import Phone, Schedule, Service
from tongzhou.desks.casework.models import Conversation, Message, Referral
from tongzhou.desks.casework.services import referrals
from tongzhou.desks.casework.services.keeping import erase_conversation
from tongzhou.desks.hotline.models import Contact
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return a_team()


def _talk(team: Team, **over: Any) -> tuple[Client, Contact, Client]:
    begun, contact, _actor = a_conversation(team, **over)
    caller = Client()
    caller.cookies["talk"] = begun.secret
    return sign_in(Client(), team.counsellors[0].account), contact, caller


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _a_place(**over: Any) -> Service:
    service = a_service("夜间心理热线", agency="市社会工作者协会", phone="12356", **over)
    Schedule.objects.create(service=service, days="MO,TU", opens_at="18:00", closes_at="23:30")
    return service


def _choose(client: Client, contact: Contact, service: Service) -> Referral:
    client.post(f"/calls/{contact.pk}/referral/", {"do": "choose", "service": str(service.pk)})
    return Referral.objects.get(contact_id=contact.pk, target_id=str(service.pk))


def test_a_place_is_found_and_kept_with_the_words_of_that_day(team: Team) -> None:
    client, contact, caller = _talk(team)
    service = _a_place()
    a_service("外地热线", place="4209", phone="12320")
    path = f"/calls/{contact.pk}/referral/"
    page = client.get(path)
    assert 'value="湖北省武汉市"' in _text(page)  # where one looks first: the line's own city
    found = _text(client.post(path, {"do": "search", "q": "夜间", "place": "武汉市", "topic": "mental"}))
    assert f'value="{service.pk}"' in found
    assert "外地热线" not in found
    assert "周一、周二 18:00–23:30" in found
    assert not Referral.objects.exists()  # a search keeps nothing
    row = _choose(client, contact, service)
    for word in ("夜间心理热线", "12356"):
        assert word.encode() not in b"".join(bytes(one or b"") for one in (row.place, row.target, row.passed))
    assert (row.to, row.state, row.consent_at) == ("directory", "offered", None)
    assert referrals.place_of(row)["phones"] == ["12356"]
    Service.objects.filter(pk=service.pk).update(name="改了名的热线")
    assert "夜间心理热线" in _text(client.get(path))  # the words of the day of the referral
    assert "夜间心理热线" not in _text(caller.get("/talk/own/"))


def test_the_caller_sees_it_after_a_yes_and_not_before(team: Team) -> None:
    client, contact, caller = _talk(team)
    row = _choose(client, contact, _a_place())
    show = f"/calls/{contact.pk}/referral/{row.pk}/show/"
    refused = client.post(show)
    assert refused.status_code == 422
    assert "先要来访者同意" in _text(refused)
    before = Message.objects.filter(conversation_id=contact.pk).count()
    assert client.post(show, {"consent": "1"}).status_code == 200
    assert Message.objects.filter(conversation_id=contact.pk).count() == before + 1
    room = _text(caller.get("/talk/room/"))
    for said in ("夜间心理热线 · 市社会工作者协会", "电话：12356", "时间：周一、周二 18:00–23:30"):
        assert said in room
    own = _text(caller.get("/talk/own/"))
    assert 'href="tel:12356"' in own
    row.refresh_from_db()
    assert row.consent_at is not None
    client.post(f"/calls/{contact.pk}/referral/{row.pk}/", {"state": "rejected"})
    assert "12356" not in _text(caller.get("/talk/own/"))  # not wanted any more


def test_a_caller_who_speaks_english_is_told_in_english(team: Team) -> None:
    client, contact, caller = _talk(team, language="english")
    service = _a_place()
    Service.objects.filter(pk=service.pk).update(name_en="Night line")
    row = _choose(client, contact, service)
    client.post(f"/calls/{contact.pk}/referral/{row.pk}/show/", {"consent": "1"})
    room = _text(caller.get("/talk/room/"))
    assert "Night line" in room
    assert "Telephone: 12356" in room


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"withdrawn_at": clock.now()}, "目录里已经没有这一条了"),
        ({"status": "defunct"}, "目录里已经没有这一条了"),
        ({"status": "temporarily closed"}, "目录现在写着“暂停”"),
    ],
)
def test_a_place_that_is_closed_or_withdrawn_says_so(team: Team, over: dict[str, Any], said: str) -> None:
    client, contact, caller = _talk(team)
    service = _a_place()
    row, other = _choose(client, contact, service), _a_place()
    client.post(f"/calls/{contact.pk}/referral/{row.pk}/show/", {"consent": "1"})
    assert said not in _text(client.get(f"/calls/{contact.pk}/referral/"))
    Service.objects.filter(pk=service.pk).update(**over)
    assert said in _text(client.get(f"/calls/{contact.pk}/referral/"))
    assert said in _text(caller.get("/talk/own/"))
    Service.objects.filter(pk=other.pk).update(**over)
    chosen = client.post(f"/calls/{contact.pk}/referral/", {"do": "choose", "service": str(other.pk)})
    gone = "没有这一条" in said
    assert chosen.status_code == (409 if gone else 200)
    assert ("目录里已经没有这一处了" in _text(chosen)) == gone


def test_one_that_went_before_it_was_shown_is_not_shown(team: Team) -> None:
    client, contact, caller = _talk(team)
    service = _a_place()
    row = _choose(client, contact, service)
    Service.objects.filter(pk=service.pk).update(withdrawn_at=clock.now())
    answer = client.post(f"/calls/{contact.pk}/referral/{row.pk}/show/", {"consent": "1"})
    assert answer.status_code == 409
    assert "请另查一处" in _text(answer)
    assert "夜间心理热线" not in _text(caller.get("/talk/own/"))


def test_a_number_that_changed_is_told(team: Team) -> None:
    client, contact, _caller = _talk(team)
    service = _a_place()
    _choose(client, contact, service)
    Phone.objects.filter(service=service).update(number="12355")
    assert "目录里的电话现在是 12355" in _text(client.get(f"/calls/{contact.pk}/referral/"))


def test_a_typed_name_stays_as_a_last_way_and_is_not_shown_as_a_place(team: Team) -> None:
    client, contact, _caller = _talk(team)
    path = f"/calls/{contact.pk}/referral/"
    assert client.post(path, {"target": " "}).status_code == 422
    page = _text(client.post(path, {"target": "社区里的互助小组"}))
    row = Referral.objects.get()
    assert referrals.target_of(row) == "社区里的互助小组"
    assert f"{row.pk}/show/" not in page
    assert client.post(f"{path}{row.pk}/show/", {"consent": "1"}).status_code == 404
    invented = client.post(path, {"do": "choose", "service": str(uuid.uuid4())})
    assert invented.status_code == 409


def test_only_the_counsellor_searches_and_chooses(team: Team) -> None:
    _client, contact, _caller = _talk(team)
    service = _a_place()
    boss = sign_in(Client(), team.supervisor.account)
    path = f"/calls/{contact.pk}/referral/"
    assert re.search(r"在目录里找去处", _text(boss.get(path))) is None
    for said in ({"do": "search", "q": "心理"}, {"do": "choose", "service": str(service.pk)}):
        assert boss.post(path, said).status_code == 404
    assert not Referral.objects.exists()


def test_erasing_the_conversation_erases_the_place_too(team: Team) -> None:
    client, contact, _caller = _talk(team)
    row = _choose(client, contact, _a_place())
    erase_conversation(conversation=Conversation.objects.get(pk=contact.pk), reason="test")
    row.refresh_from_db()
    assert (row.place, row.target, row.record_key) == (None, None, None)
    assert referrals.place_of(row) == {}
