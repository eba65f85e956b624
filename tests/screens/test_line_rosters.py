"""Own shifts on a phone, what supervisors see, the calendar; what happens by itself at the start of a shift."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from builders import an_account, sign_in
from builders_professionals import a_group, a_line, a_professional, a_roster, a_shift, a_training
from tongzhou.desks.professionals.models import (
    ArrivalCount,
    Handover,
    Professional,
    Roster,
    ServiceLine,
    Shift,
    SupervisorGap,
)
from tongzhou.flows.lapse_professionals import forget_due, lapse_due
from tongzhou.kernel import clock
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.notices.services import make_calendar
from tongzhou.registers.people.actors import actor_for

pytestmark = pytest.mark.django_db


def _as(person: Professional) -> Client:
    assert person.account is not None
    return sign_in(Client(), person.account)


def _told(person: Professional) -> list[str]:
    rows = Notice.objects.filter(account=person.account, kind="roster").order_by("created_at")
    return [one.facts["what"] for one in rows]


def test_a_licence_that_ran_out_stops_contacts_kindly_and_the_supervisor_is_told_once() -> None:
    line = a_line()
    person = a_professional(line, licence_until=dt.date(2020, 1, 1))
    lead = a_professional(line, supervisor=True)
    shift = a_shift(person)
    a_shift(lead)
    assert lapse_due() == 1
    assert lapse_due() == 0
    shift.refresh_from_db()
    assert shift.hole_code == "shift_licence"
    assert (_told(person), _told(lead)) == (["own_hole"], ["hole"])
    page = _as(person).get("/line/my/").content.decode()
    assert "不是对您的质疑" in page
    assert "空缺" in _as(lead).get(f"/line/rosters/{line.pk}/").content.decode()
    Professional.objects.filter(pk=person.pk).update(licence_until=dt.date(2099, 1, 1))
    lapse_due()
    shift.refresh_from_db()
    assert shift.hole_code == ""


def test_without_a_supervisor_others_are_asked_and_the_gap_is_kept() -> None:
    line = a_line()
    person, away = a_professional(line), a_professional(line, supervisor=True)
    a_shift(person)
    assert lapse_due() == 1
    gap = SupervisorGap.objects.get(line=line)
    assert (gap.until, gap.asked, _told(away)) == (None, 1, ["no_supervisor"])
    assert "不接新的高风险来访" in _as(person).get("/line/my/").content.decode()
    _as(away).post("/line/my/act/reach/", {"hours": "2"})
    assert lapse_due() == 1
    gap.refresh_from_db()
    assert gap.until is not None
    assert "您正在班上，可以接来访" in _as(person).get("/line/my/").content.decode()


def test_handovers_are_about_the_work_and_are_sealed_and_forgotten() -> None:
    line = a_line()
    one, next_one = a_professional(line), a_professional(line)
    client = _as(one)
    assert client.post("/line/my/handover/", {"words": "打 190 0000 0001 回访"}).status_code == 422
    client.post("/line/my/handover/", {"words": "三号机的耳机坏了，已报修"})
    note = Handover.objects.get(line=line)
    assert "耳机".encode() not in bytes(note.words or b"")
    assert "三号机的耳机坏了" in _as(next_one).get("/line/my/").content.decode()
    Handover.objects.update(expires_at=clock.now() - dt.timedelta(days=1))
    assert forget_due() == 1
    assert "耳机" not in _as(next_one).get("/line/my/").content.decode()


def test_times_and_days_off_are_written_as_people_say_them() -> None:
    line = a_line()
    person = a_professional(line)
    client = _as(person)
    client.post("/line/my/times/", {"times": "周一至周三 18:00-22:00；周日 20:00-次日2:00"})
    found = sorted(person.windows.values_list("weekday", "from_minute", "until_minute"))
    assert found == [(0, 1080, 1320), (1, 1080, 1320), (2, 1080, 1320), (6, 1200, 1560)]
    assert "周一、周二、周三 18:00-22:00" in client.get("/line/my/times/").content.decode()
    assert client.post("/line/my/times/", {"times": "随便"}).status_code == 422
    client.post("/line/my/times/", {"do": "off", "first": "2027-01-01", "last": "2027-01-03", "kind": "wish"})
    assert person.days_off.get().last == dt.date(2027, 1, 3)
    assert (
        client.post(
            "/line/my/times/", {"do": "off", "first": "2027-01-05", "last": "2027-01-03", "kind": "wish"}
        ).status_code
        == 422
    )


def test_own_shifts_stand_in_the_calendar_with_nothing_of_anybody_else() -> None:
    line = a_line()
    person = a_professional(line)
    roster = a_roster(line)
    own = a_shift(person, roster=roster, starts_at=clock.now().replace(microsecond=0) + dt.timedelta(days=1))
    a_shift(a_professional(line), roster=roster)
    assert person.account is not None
    secret = make_calendar(actor=actor_for(person.account, second_factor=True), account=person.account, now=clock.now())
    read = icalendar.Calendar.from_ical(Client().get(f"/calendar/{secret}.ics").content)
    (event,) = read.walk("VEVENT")
    assert event.decoded("dtstart") == own.starts_at
    assert event.decoded("dtend") == own.ends_at
    assert str(event["uid"]) == f"{own.pk}@tongzhou"
    assert line.name in str(event["summary"])


def test_a_group_is_no_larger_than_it_may_be() -> None:
    line = a_line()
    lead = a_professional(line, supervisor=True)
    group = a_group(line, lead, a_professional(line), most=1)
    late = a_professional(line)
    client = sign_in(Client(), an_account("officer", organisation=line.organisation))
    answer = client.post(f"/line/people/person/{late.pk}/group/", {"group": str(group.pk)})
    assert answer.status_code == 409
    assert "督导组已满" in answer.content.decode()
    late.refresh_from_db()
    assert late.group_id is None
    roomy = a_group(line, lead)
    assert client.post(f"/line/people/person/{late.pk}/group/", {"group": str(roomy.pk)}).status_code == 302
    late.refresh_from_db()
    assert late.group_id == roomy.pk
    client.post(f"/line/people/person/{late.pk}/group/", {"group": ""})
    late.refresh_from_db()
    assert late.group_id is None


def _upload(line: ServiceLine, text: str) -> int:
    client = sign_in(Client(), an_account("officer", organisation=line.organisation))
    file = SimpleUploadedFile("来话.csv", text.encode())
    return client.post(f"/line/rosters/{line.pk}/arrivals/", {"file": file}).status_code


def test_a_record_of_contacts_is_added_up_by_half_hours() -> None:
    line = a_line()
    assert _upload(line, "start,calls\n2020-02-06 08:00,2\n2020-02-06 08:25,3\n2020-02-06 08:30,1\n") == 302
    assert list(ArrivalCount.objects.filter(line=line).values_list("start", "calls")) == [
        (dt.datetime(2020, 2, 6, 0, 0, tzinfo=dt.UTC), 5), (dt.datetime(2020, 2, 6, 0, 30, tzinfo=dt.UTC), 1),
    ]  # fmt: skip
    assert _upload(line, "start,calls\n昨天,2\n") == 422
    assert _upload(line, "什么,多少\n2020-02-06 08:00,2\n") == 422


def test_my_page_does_not_ask_more_of_the_database_for_more_shifts(
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    line = a_line()
    a_training(line)
    person = a_professional(line)
    roster = a_roster(line)
    for n in range(1, 12):
        a_shift(person, roster=roster, starts_at=clock.now() + dt.timedelta(days=n))
    client = _as(person)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        client.get("/line/my/")
    assert Shift.objects.filter(professional=person).count() == 11


def test_names_are_destroyed_ninety_days_after_somebody_left() -> None:
    line = a_line()
    gone, recent = (a_professional(line, state="refused", account=None) for _ in range(2))
    Professional.objects.filter(pk=gone.pk).update(state_at=clock.now() - dt.timedelta(days=91))
    Professional.objects.filter(pk=recent.pk).update(state_at=clock.now() - dt.timedelta(days=89))
    assert forget_due() == 1
    gone.refresh_from_db()
    recent.refresh_from_db()
    assert (gone.record_key, gone.name, gone.licence_index) == (None, None, "")
    assert recent.name is not None


def test_a_roster_that_nobody_makes_says_so_and_any_leader_stops_it() -> None:
    line = a_line()
    giver, other = (a_professional(line, supervisor=True) for _ in range(2))
    tomorrow = clock.now().astimezone(line.zone).date() + dt.timedelta(days=1)
    asked = {"start": tomorrow.isoformat(), "days": "1", "column": "calls", "factor": "1", "daily": "10", "seed": "0"}
    made = _as(giver).post(f"/line/rosters/{line.pk}/new/", asked)
    roster = Roster.objects.get(line=line)
    path = f"/line/rosters/{roster.number}/"
    assert made["Location"] == path
    assert "马上开始" in _as(other).get(path).content.decode()
    Roster.objects.update(created_at=clock.now() - dt.timedelta(minutes=4))
    page = _as(other).get(path).content.decode()
    assert "还没有后台程序来接这件事" in page
    assert "马上开始" not in page
    assert "还没有后台程序来接这件事" in _as(other).get(f"{path}progress/").content.decode()
    assert _as(a_professional(line)).post(f"{path}cancel/").status_code == 404  # a counsellor makes no rosters
    assert _as(other).post(f"{path}cancel/").status_code == 302
    roster.refresh_from_db()
    assert (roster.state, roster.made_by) == ("cancelled", giver.account_id)
