"""Pages of notices, channels, and the calendar as a parser written by others reads it."""

from __future__ import annotations

import datetime as dt

import pytest
import vobject
from django.test import Client

from builders import a_category, a_need, an_account, an_offer, sign_in, words_of
from builders_notices import a_channel
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.planning.models import StandingApproval
from tongzhou.flows.notify import notify
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.notices.models import CalendarLink, Channel, Notice, Preference
from tongzhou.registers.people import services as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return an_account("volunteer", area="4201")


@pytest.fixture
def client(account):
    return sign_in(Client(), account)


def an_assignment(account, state="accepted", place="420102003") -> Assignment:
    """In the account's hands, by a standing approval."""
    need, offer = a_need(place=place), an_offer()
    team = people.create_team(actor=SYSTEM, name=f"测试队{ids.new_code()}", area="4201")
    now = clock.now().replace(microsecond=0)
    standing = StandingApproval.objects.create(
        response=need.response, team=team, category=a_category(), area=need.place, valid_until=now, reason="测试"
    )
    return Assignment.objects.create(
        code=ids.new_code(), response=need.response, line="supplies", place=need.place, need=need, offer=offer,
        category=a_category(), team=team, standing=standing, quantity=200, urgency=1, state=state, proposed_at=now,
        lapses_at=now + dt.timedelta(hours=2), accepted_at=now, due_at=now + dt.timedelta(hours=4),
        holder_id=account.pk,
    )  # fmt: skip


def test_looking_at_the_notices_marks_them_read_and_only_the_own_ones_show(client, account) -> None:
    for one, where in ((account, "江岸区"), (an_account(), "洪山区")):
        notify(accounts=[one.pk], kind="task", facts={"what": "送药", "where": where}, path="/tasks/", key=where)
    first = client.get("/my/messages/").content.decode()
    assert "江岸区需要：送药" in first
    assert "洪山区" not in first
    assert "新" in words_of(first)
    assert "新" not in words_of(client.get("/my/messages/").content.decode())
    assert Notice.objects.get(account=account).read_at is not None


def test_an_empty_page_says_why_and_english_is_english(client) -> None:
    assert "还没有通知" in client.get("/my/messages/").content.decode()
    english = client.get("/my/messages/", headers={"Accept-Language": "en"}).content.decode()
    assert "No notices yet" in english


def test_choosing_a_way_and_dropping_it(client, account) -> None:
    channel = a_channel("email", "mailto://127.0.0.1:1?from=a@example.org", name="邮件")
    page = f"/my/messages/ways/{channel.pk}/"
    wrong = client.post(page, {"address": "nobody", "quiet_from": 1320, "quiet_until": 420})
    assert wrong.status_code == 422
    assert "这个地址不能用在这个渠道上" in wrong.content.decode()
    said = {"address": "me@example.org", "kinds": ["task"], "quiet_from": 1320, "quiet_until": 420}
    assert client.post(page, said).status_code == 302
    kept = Preference.objects.get()
    assert (kept.kinds, kept.quiet_from, kept.account_id) == (["task"], 1320, account.pk)
    again = client.get(page).content.decode()
    assert "me@example.org" not in again, "an address is written, not read"
    assert client.post(page, {"kinds": [], "quiet_from": 0, "quiet_until": 0}).status_code == 302
    kept.refresh_from_db()
    assert (kept.kinds, kept.address is not None) == ([], True)
    assert "发一条测试消息给我" in again
    assert client.post(f"{page}try/", follow=True).redirect_chain[-1][0] == "/my/messages/"
    assert OutboxMessage.objects.get(kind="trial").payload["preference"] == str(kept.pk)
    client.post(f"{page}drop/")
    assert client.post(f"{page}try/").status_code == 404
    kept.refresh_from_db()
    assert (kept.enabled, kept.address) == (False, None)


def test_an_administrator_sets_a_channel_up_and_never_sees_its_secret_again() -> None:
    admin = sign_in(Client(), an_account("admin"))
    said = {"name": "短信", "kind": "sms", "address": "https://sms.example.org/in", "secret": "tooshort"}
    refused = admin.post("/setup/channels/new/", said)
    assert refused.status_code == 422
    assert "https://sms.example.org/in" in refused.content.decode(), "what was typed is not lost"
    admin.post("/setup/channels/new/", said | {"secret": "a-secret-that-is-long"})
    made = Channel.objects.get()
    listing = admin.get("/setup/channels/").content.decode()
    page = admin.get(f"/setup/channels/{made.pk}/").content.decode()
    assert "短信" in listing
    assert "sms.example.org" not in listing + page
    assert "a-secret-that" not in listing + page
    assert "短信要有号码才能试" in page
    assert admin.post(f"/setup/channels/{made.pk}/try/").status_code == 404
    chat = a_channel("wecom", "wecombot://robot")
    assert "发到这个群里" in admin.get(f"/setup/channels/{chat.pk}/").content.decode()
    assert admin.post(f"/setup/channels/{chat.pk}/try/").status_code == 302
    assert OutboxMessage.objects.get().payload["channel"] == str(chat.pk)
    stale = admin.post(f"/setup/channels/{made.pk}/", {"enabled": "on", "version": 9})
    assert stale.status_code == 422
    admin.post(f"/setup/channels/{made.pk}/", {"version": made.version})
    made.refresh_from_db()
    assert made.enabled is False


def test_the_calendar_holds_the_own_open_tasks_and_a_parser_reads_it(client, account) -> None:
    mine = an_assignment(account)
    an_assignment(account, state="confirmed")
    an_assignment(an_account())
    page = client.post("/my/messages/calendar/", {"do": "new"}).content.decode()
    address = page.partition('value="http://testserver')[2].partition('"')[0]
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = vobject.readOne(answer.content.decode())
    events = list(calendar.vevent_list)
    assert [event.uid.value for event in events] == [f"{mine.pk}@tongzhou"]
    event = events[0]
    assert event.dtend.value == mine.due_at
    assert event.summary.value == "医用外科口罩 200 只"
    assert "江岸区" in event.location.value
    assert event.valarm.trigger.value == dt.timedelta(minutes=-30)
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_a_new_address_ends_the_old_one_and_a_guess_finds_nothing(client, account) -> None:
    client.post("/my/messages/calendar/", {"do": "new"})
    old = CalendarLink.objects.get()
    client.post("/my/messages/calendar/", {"do": "new"})
    old.refresh_from_db()
    assert old.ended_at is not None
    assert CalendarLink.objects.filter(ended_at=None).count() == 1
    client.post("/my/messages/calendar/", {"do": "end"})
    assert CalendarLink.objects.filter(ended_at=None).count() == 0
    assert Client().get("/calendar/some-guess.ics").status_code == 404
