"""The line through the API: who lists what, figures with few hidden, calls counted; worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from api.conftest import Api, api_of
from builders import XIAOGAN, an_account, an_organisation, sign_in
from builders_line import Team, a_caller, a_conversation, a_team, sits
from builders_professionals import a_line, a_professional, a_roster, a_shift
from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.services import callbacks
from tongzhou.flows import contact_support
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.kernel import clock, ids
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.actors import actor_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _officer_of(team: Team) -> Api:
    return api_of(an_account("officer", organisation=team.line.organisation, is_program=True))


def test_everybody_may_know_that_a_line_is_there_and_how_long_one_waits() -> None:
    team, nobody = a_team(), Api()
    status, page = nobody("GET", "/lines")
    assert status == 200
    (line,) = page["items"]
    assert (line["id"], line["name"], line["languages"]) == (str(team.line.pk), team.line.name, ["mandarin", "wuhan"])
    assert (line["hours"]["0"], line["is_open"], line["time_zone"]) == ([0, 1440], True, "Asia/Shanghai")
    a_caller(team), a_caller(team)
    now = nobody("GET", f"/lines/{team.line.pk}")[1]
    assert (now["waiting"], now["somebody_sits"], now["minutes"]) == (2, False, None)
    sits(team)
    for _ in range(3):  # three answered within the hour: the third of those who wait is answered after an hour
        Contact.objects.create(
            line_id=team.line.pk, state="ended", answered_at=clock.now() - dt.timedelta(minutes=9),
            counsellor_id=ids.new_id(),
        )  # fmt: skip
    now = nobody("GET", f"/lines/{team.line.pk}")[1]
    assert (now["waiting"], now["somebody_sits"], now["minutes"]) == (2, True, 60)  # (2 + 1) x 60 / 3
    assert nobody("GET", f"/lines/{ids.new_id()}")[0] == 404


def test_people_are_listed_by_alias_to_their_own_officers_and_supervisors_and_the_look_is_logged() -> None:
    team = a_team()
    a_professional(a_line())  # of another association
    send = _officer_of(team)
    status, page = send("GET", f"/lines/{team.line.pk}/people")
    assert status == 200
    assert {one["alias"] for one in page["items"]} == {
        one.alias for one in (team.supervisor, *team.counsellors)
    }  # three people, nobody of the other line
    (boss,) = [one for one in page["items"] if one["is_supervisor"]]
    assert (boss["licence_until"], boss["week_hours"], boss["state"]) == ("2099-12-31", 40, "active")
    words = send.words
    for sealed in ("合成人员", "19000000001", "TEST-"):
        assert sealed not in words
    entry = AuditEntry.objects.get(act="line_people.list")
    assert (entry.changes, entry.object_id) == ({"looked": ["people"]}, str(team.line.pk))
    assert send("GET", f"/lines/{team.line.pk}/people?state=paused")[1]["items"] == []
    assert send("GET", f"/lines/{team.line.pk}/people?state=somewhere")[0] == 422
    assert api_of(team.supervisor.account)("GET", f"/lines/{team.line.pk}/people")[0] == 200
    other = api_of(an_account("officer", organisation=an_organisation(), is_program=True))
    assert other("GET", f"/lines/{team.line.pk}/people")[0] == 404
    assert api_of(team.counsellors[0].account)("GET", f"/lines/{team.line.pk}/people")[0] == 404
    narrow = api_of(an_account("officer", organisation=team.line.organisation, is_program=True), ("line_roster:read",))
    assert narrow("GET", f"/lines/{team.line.pk}/people")[0] == 404
    assert narrow("GET", f"/lines/{team.line.pk}/shifts")[0] == 200


def test_people_come_page_by_page_each_once() -> None:
    team = a_team(counsellors=4)  # five with the supervisor: pages of 2, 2, 1
    send, cursor, seen = _officer_of(team), "", []
    for size in (2, 2, 1):
        page = send("GET", f"/lines/{team.line.pk}/people?limit=2{cursor}")[1]
        assert len(page["items"]) == size
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert sorted(seen) == sorted(str(one.pk) for one in (team.supervisor, *team.counsellors))


def test_shifts_of_a_period_are_those_that_hold() -> None:
    line = a_line()
    one, other = a_professional(line), a_professional(line)
    published, draft = a_roster(line), a_roster(line, state="draft", published_at=None)
    noon = dt.datetime(2027, 3, 1, 4, tzinfo=dt.UTC)  # 12:00 in Wuhan
    first, second, third = (
        a_shift(one, roster=published, starts_at=noon + dt.timedelta(days=number)) for number in (0, 1, 2)
    )
    a_shift(other, roster=published, starts_at=noon, in_force=False, withdrawn_at=noon)  # swapped away
    a_shift(other, roster=draft, starts_at=noon, in_force=False)
    a_shift(a_professional(a_line()), starts_at=noon)  # of another line
    send = api_of(an_account("officer", organisation=line.organisation, is_program=True))

    def asked(period: str) -> list[str]:
        status, page = send("GET", f"/lines/{line.pk}/shifts?{period}")
        assert status == 200
        return [shift["id"] for shift in page["items"]]

    assert asked("since=2027-03-01&until=2027-03-02") == [str(first.pk), str(second.pk)]
    assert asked("since=2027-03-03&until=2027-03-03") == [str(third.pk)]
    assert asked("since=2027-02-23") == [str(first.pk)]  # seven days: until 1 March
    assert asked("since=2027-02-22") == []
    assert asked("") == []  # the present week
    (shift,) = send("GET", f"/lines/{line.pk}/shifts?since=2027-03-03")[1]["items"]
    assert (shift["date"], shift["kind"], shift["skill"], shift["hole"]) == ("2027-03-03", "D", "support", "")
    assert (shift["alias"], shift["person"], shift["roster"]) == (one.alias, str(one.pk), published.number)
    assert (shift["starts_at"], shift["ends_at"]) == ("2027-03-03T04:00:00Z", "2027-03-03T12:00:00Z")
    page = send("GET", f"/lines/{line.pk}/shifts?since=2027-03-01&limit=2")[1]
    assert [shift["id"] for shift in page["items"]] == [str(first.pk), str(second.pk)]
    assert asked(f"since=2027-03-01&limit=2&cursor={page['next']}") == [str(third.pk)]
    assert send("GET", f"/lines/{line.pk}/shifts?cursor={ids.new_id()}")[1]["code"] == "bad_cursor"
    assert len(asked("since=2027-03-01&until=2027-05-01")) == 3  # 31 + 30 + 1 days
    for wrong in ("since=2027-03-01&until=2027-05-02", "since=2027-03-02&until=2027-03-01"):
        refused = send("GET", f"/lines/{line.pk}/shifts?{wrong}")
        assert (refused[0], refused[1]["code"], list(refused[1]["fields"])) == (422, "bad_fields", ["until"])
    assert asked("since=9999-12-31") == []


def _came(line_id: Any, at: dt.datetime, how_many: int, wait: int = 10) -> None:
    for number in range(how_many):
        arrived = at + dt.timedelta(minutes=number)
        answered = arrived + dt.timedelta(seconds=wait)
        Contact.objects.create(
            line_id=line_id, state="ended", call_type="support", arrived_at=arrived, answered_at=answered,
            ended_at=answered + dt.timedelta(minutes=10), counsellor_id=ids.new_id(),
        )  # fmt: skip


def test_figures_hide_few_and_whatever_would_give_them_away() -> None:
    team = a_team()
    eight = dt.datetime(2026, 3, 2, 0, 0, tzinfo=dt.UTC)  # 08:00 in Wuhan
    _came(team.line.pk, eight, 12)
    _came(team.line.pk, eight + dt.timedelta(hours=1), 3)
    _came(team.line.pk, eight + dt.timedelta(days=30), 20)  # 1 April
    send = api_of(an_account("analyst", is_program=True))
    status, said = send("GET", f"/lines/{team.line.pk}/figures?month=2026-03")
    assert (status, said["month"]) == (200, "2026-03")
    assert (said["counts"]["arrivals"], said["counts"]["answered"], said["counts"]["missed"]) == (15, 15, 0)
    assert (said["service_percent"], said["waits"]) == (100, {"median": 10, "p90": 10})
    assert said["lengths"] == {"median": 600, "p90": 600}
    half_hours = {one["starts"]: one["arrivals"] for one in said["half_hours"]}
    assert len(half_hours) == 48
    # three are few; twelve are not, but 15 - 12 would tell the three
    assert (half_hours["08:00"], half_hours["09:00"], half_hours["10:00"]) == (None, None, 0)
    assert {one["total"] for one in said["topics"]} == {0}  # no categories were kept
    supervisor = api_of(team.supervisor.account)
    assert supervisor("GET", f"/lines/{team.line.pk}/figures?month=2026-03")[1] == said
    assert supervisor("GET", f"/lines/{team.line.pk}/figures")[1]["month"] == f"{clock.now():%Y-%m}"
    assert send("GET", f"/lines/{team.line.pk}/figures?month=2026-13")[0] == 422
    assert api_of(team.counsellors[0].account)("GET", f"/lines/{team.line.pk}/figures")[0] == 404
    away = api_of(an_account("coordinator", area=XIAOGAN, is_program=True))
    assert away("GET", f"/lines/{team.line.pk}/figures")[0] == 404


LISTED = {
    "id", "version", "line", "channel", "state", "part", "topic", "skill", "call_type", "waited_seconds", "arrived_at",
    "answered_at", "ended_at", "done_at",
}  # fmt: skip


def _parts(send: Api, team: Team) -> dict[str, str]:
    status, page = send("GET", f"/lines/{team.line.pk}/contacts")
    assert status == 200
    return {one["id"]: one["part"] for one in page["items"]}


def test_contacts_are_listed_to_who_has_them_and_their_supervisor_without_a_word() -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team, topic="alone")
    a_caller(team)  # waits: in nobody's hands
    now = clock.now()
    Contact.objects.filter(pk=contact.pk).update(
        arrived_at=now - dt.timedelta(minutes=5), answered_at=now - dt.timedelta(minutes=3, seconds=30)
    )
    own, boss = api_of(team.counsellors[0].account), api_of(team.supervisor.account)
    (one,) = own("GET", f"/lines/{team.line.pk}/contacts")[1]["items"]
    assert set(one) == LISTED
    assert (one["state"], one["channel"], one["topic"], one["call_type"]) == ("active", "chat", "alone", "")
    assert (one["waited_seconds"], one["done_at"]) == (90, None)
    assert _parts(own, team) == {str(contact.pk): "counsellor"}
    assert _parts(boss, team) == {str(contact.pk): "supervisor"}
    assert _parts(api_of(team.counsellors[1].account), team) == {}
    looked = AuditEntry.objects.filter(act="line_contact.list")
    assert {entry.actor_id for entry in looked} == {team.counsellors[0].account_id, team.supervisor.account_id}
    assert _officer_of(team)("GET", f"/lines/{team.line.pk}/contacts")[0] == 404
    for role in ("admin", "coordinator", "liaison", "analyst", "volunteer", "publisher"):
        assert api_of(an_account(role, is_program=True))("GET", f"/lines/{team.line.pk}/contacts")[0] == 404
    assert Api()("GET", f"/lines/{team.line.pk}/contacts")[0] == 401


def test_a_supervisor_who_was_asked_to_help_has_it_while_helping() -> None:
    team = a_team()
    _begun, contact, actor = a_conversation(team)
    helper = a_professional(team.line, supervisor=True)
    a_shift(helper)
    send, acting = api_of(helper.account), actor_for(helper.account, second_factor=True)
    assert _parts(send, team) == {}
    contact_support.ask_support(actor=actor, contact=contact, now=clock.now())
    contact_support.join_contact(actor=acting, contact=Contact.objects.get(), now=clock.now())
    assert _parts(send, team) == {str(contact.pk): "joined"}
    contact_support.end_support(actor=actor, contact=Contact.objects.get(), now=clock.now())
    assert _parts(send, team) == {}


def test_contacts_leave_the_list_a_day_after_their_end() -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team)
    own, now = api_of(team.counsellors[0].account), clock.now()
    rows = Contact.objects.filter(pk=contact.pk)
    rows.update(state="ended", ended_at=now - dt.timedelta(hours=23, minutes=59))
    assert _parts(own, team) == {str(contact.pk): "counsellor"}
    rows.update(ended_at=now - dt.timedelta(hours=24, seconds=1))
    assert _parts(own, team) == {}


def test_a_session_reads_its_own_list_and_one_without_second_factor_does_not() -> None:
    team = a_team()
    a_conversation(team)
    account = team.counsellors[0].account
    assert len(_parts(Api(client=sign_in(Client(), account)), team)) == 1
    weak = Api(client=sign_in(Client(), account, second_factor=False))
    status, refused = weak("GET", f"/lines/{team.line.pk}/contacts")
    assert (status, refused["code"]) == (403, "second_factor")


def test_calls_are_counted_with_their_age_and_nobody_is_named() -> None:
    team, now = a_team(), clock.now()
    rows = []
    for phone, minutes in (("19000000041", 30), ("19000000042", 90), ("19000000043", 200)):
        row, _new = ask_line_callback(
            line=team.line, phone=phone, words=f"请{minutes}分钟内打来", language="mandarin", address="", now=now
        )
        LineCallback.objects.filter(pk=row.pk).update(created_at=now - dt.timedelta(minutes=minutes))
        rows.append(row)
    actor = team.actor()
    callbacks.take(actor=actor, row=rows[0], now=now)
    callbacks.take(actor=actor, row=rows[1], now=now)
    callbacks.missed(actor=actor, row=rows[1], now=now)  # not before 15 minutes from now
    callbacks.take(actor=actor, row=rows[2], now=now)
    callbacks.finish(actor=actor, row=rows[2], state="reached", now=now)  # over
    for person in (team.counsellors[0], team.supervisor):
        send = api_of(person.account)
        status, said = send("GET", f"/lines/{team.line.pk}/callbacks")
        assert (status, said["open"], said["due"], said["in_hand"]) == (200, 2, 1, 1)
        assert said["waiting_minutes"] == [90, 30]
        words = send.words
        assert not any(secret in words for secret in ("1900000004", "分钟内打来", str(rows[0].pk)))
    empty = api_of(an_account("supervisor", area=XIAOGAN))
    assert empty("GET", f"/lines/{team.line.pk}/callbacks")[0] == 404
    assert Contact.objects.count() == 0
