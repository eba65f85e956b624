"""Own shifts, swaps and illness through the API; rosters of one and two days worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from api.conftest import Api, api_of
from builders import an_account, sign_in
from builders_professionals import a_line, a_professional, a_roster, a_shift, a_task
from tongzhou.desks.professionals.models import Professional, Roster, ServiceLine, Shift, ShiftSwap, Sickness
from tongzhou.kernel import clock, ids
from tongzhou.registers.notices.models import Notice

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Days:
    """A line with two people and a roster from tomorrow on: `one` works from 8 to 16 on the first day."""

    line: ServiceLine
    one: Professional
    other: Professional
    roster: Roster
    shift: Shift

    def at(self, hour: int, day: int = 0) -> dt.datetime:
        """An hour of a day of the roster."""
        date = self.roster.start + dt.timedelta(days=day)
        return dt.datetime.combine(date, dt.time(), self.line.zone) + dt.timedelta(hours=hour)

    def works(self, person: Professional, day: int) -> Shift:
        """Another shift from 8 to 16."""
        return a_shift(person, roster=self.roster, starts_at=self.at(8, day))


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def two_people(days: int = 1, seats: int = 1, *, alone: bool = False) -> Days:
    """They are alike and free day and night; with `alone` the roster knows the first one only."""
    line = a_line()
    one, other = a_professional(line), a_professional(line)
    tomorrow = clock.now().astimezone(line.zone).date() + dt.timedelta(days=1)
    roster = a_roster(line, start=tomorrow, days=days)
    a_task(roster, *((one,) if alone else (one, other)), seats=seats)
    eight = dt.datetime.combine(tomorrow, dt.time(8), line.zone)
    return Days(line, one, other, roster, a_shift(one, roster=roster, starts_at=eight))


def test_own_shifts_are_read_with_a_session_the_next_one_first() -> None:
    days = two_people(days=2)
    later = days.works(days.one, 1)
    days.works(days.other, 0)
    over = clock.now() - dt.timedelta(days=2)
    a_shift(days.one, roster=days.roster, starts_at=over)
    mine = Api(client=sign_in(Client(), days.one.account))
    status, page = mine("GET", "/my/shifts")
    assert (status, [one["id"] for one in page["items"]]) == (200, [str(days.shift.pk), str(later.pk)])
    assert page["items"][0]["starts_at"] == days.at(8).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert mine("POST", "/my/sickness", {})[0] == 401  # a session may read here, not write
    assert api_of(an_account("counsellor"))("GET", "/my/shifts")[0] == 404  # on no line


def test_a_swap_is_asked_once_and_seen_by_both() -> None:
    days = two_people(days=2)
    theirs = days.works(days.other, 1)
    asker, asked = api_of(days.one.account), api_of(days.other.account)
    path = f"/my/shifts/{days.shift.pk}"
    (colleague,) = asker("GET", f"{path}/colleagues")[1]["items"]
    assert (colleague["person"], colleague["alias"]) == (str(days.other.pk), days.other.alias)
    assert [one["id"] for one in colleague["shifts"]] == [str(theirs.pk)]
    body, key = {"other": str(days.other.pk), "other_shift": str(theirs.pk)}, {"Idempotency-Key": "k-20200206-0001"}
    status, swap = asker("POST", f"{path}/swap", body, **key)
    assert (status, swap["state"], swap["mine"], swap["asker"], swap["other"]) == (
        201, "asked", True, days.one.alias, days.other.alias,
    )  # fmt: skip
    assert (swap["shift"]["id"], swap["other_shift"]["id"]) == (str(days.shift.pk), str(theirs.pk))
    assert asker("POST", f"{path}/swap", body, **key) == (201, swap)
    assert ShiftSwap.objects.count() == 1
    assert asker("POST", f"{path}/swap", {"other": str(days.other.pk)}, **key)[1]["code"] == "key_reused"
    assert asker("POST", f"{path}/swap", body)[1]["code"] == "swap_open"
    assert asker("GET", "/my/swaps")[1]["items"] == [swap]
    assert asked("GET", "/my/swaps")[1]["items"] == [swap | {"mine": False}]
    assert [one.facts["what"] for one in Notice.objects.filter(account=days.other.account)] == ["swap_asked"]


def test_what_cannot_be_swapped_is_refused_with_its_reason() -> None:
    days = two_people(seats=2)
    days.works(days.other, 0)  # they work at the same time already
    send, path = api_of(days.one.account), f"/my/shifts/{days.shift.pk}/swap"
    refused = send("POST", path, {"other": str(days.other.pk)})
    assert (refused[0], refused[1]["code"]) == (409, "swap_rule")
    stranger = a_professional(a_line())
    for body, field in (
        ({"other": str(stranger.pk)}, "other"),
        ({"other": str(days.one.pk)}, "other"),
        ({"other": str(days.other.pk), "other_shift": str(days.shift.pk)}, "other_shift"),
    ):
        status, said = send("POST", path, body)
        assert (status, said["code"], list(said["fields"])) == (422, "bad_fields", [field])
    assert api_of(days.other.account)("POST", path, {"other": str(days.one.pk)})[0] == 404  # not their shift
    assert api_of(an_account("supervisor"))("POST", path, {"other": str(days.other.pk)})[0] == 404  # on no line
    assert ShiftSwap.objects.count() == 0


def test_illness_takes_the_shift_away_and_the_other_one_stands_in() -> None:
    days = two_people()
    send, key = api_of(days.one.account), {"Idempotency-Key": "k-20200206-0002"}
    body = {"starts_at": days.at(0).isoformat(), "ends_at": days.at(24).isoformat()}
    status, said = send("POST", "/my/sickness", body, **key)
    # one shift of one person, one other person who is free: one change, nothing open
    assert (status, said["state"], said["shifts"], said["changes"]) == (201, "covered", 1, 1)
    assert said["person"] == str(days.one.pk)
    (holds,) = Shift.objects.filter(roster=days.roster, in_force=True)
    assert (holds.professional_id, holds.starts_at) == (days.other.pk, days.at(8))
    assert send("POST", "/my/sickness", body, **key) == (201, said)
    assert Sickness.objects.count() == 1
    assert [one.facts["what"] for one in Notice.objects.filter(account=days.other.account)] == ["changed"]


def test_an_officers_program_reports_for_somebody_and_is_told_what_stays_open() -> None:
    days = two_people(alone=True)
    send = api_of(an_account("officer", organisation=days.line.organisation, is_program=True))
    path = f"/lines/{days.line.pk}/sickness"
    body = {"person": str(days.one.pk), "starts_at": days.at(7).isoformat(), "ends_at": days.at(17).isoformat()}
    other = api_of(an_account("officer", is_program=True, organisation=a_line().organisation))
    assert other("POST", path, body)[0] == 404
    assert send("POST", path, body | {"person": str(ids.new_id())})[1]["fields"].keys() == {"person"}
    assert send("POST", path, body | {"ends_at": days.at(7).isoformat()})[1]["code"] == "sick_times"
    assert send("POST", path, body | {"ends_at": days.at(7, 32).isoformat()})[1]["code"] == "sick_times"
    late = {"starts_at": "9999-12-31T23:00:00-05:00", "ends_at": "9999-12-31T23:59:00-05:00"}
    assert send("POST", path, body | late)[1]["code"] == "sick_times"
    assert Sickness.objects.count() == 0
    status, said = send("POST", path, body)
    assert (status, said["state"], said["shifts"], said["changes"]) == (201, "short", 1, 0)
    assert not Shift.objects.filter(professional=days.one, in_force=True).exists()


def test_more_people_and_shifts_take_no_more_queries(django_assert_max_num_queries) -> None:
    days = two_people(days=3)
    for number in range(3):
        days.works(days.other, number)
        for _ in range(3):
            days.works(a_professional(days.line), number)
    mine = Api(client=sign_in(Client(), days.one.account))
    mine("GET", "/my/shifts")  # what is read once for a process
    for path, most in (("/my/shifts", 12), (f"/my/shifts/{days.shift.pk}/colleagues", 14), ("/my/swaps", 12)):
        with django_assert_max_num_queries(most):
            assert mine("GET", path)[0] == 200
    boss = api_of(an_account("officer", organisation=days.line.organisation))
    with django_assert_max_num_queries(12):
        assert len(boss("GET", f"/lines/{days.line.pk}/shifts?until={days.at(0, 3).date()}")[1]["items"]) == 13
