"""Who is on shift, and who may take contacts at this moment."""

from __future__ import annotations

import datetime as dt

import pytest

from builders_professionals import a_group, a_line, a_professional, a_shift, a_training
from tongzhou.desks.professionals.models import Acknowledgement, Professional
from tongzhou.desks.professionals.selectors.shifts import can_take_contacts, on_shift
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db


def test_those_with_a_running_shift_are_on_shift_and_nobody_else() -> None:
    line, other = a_line(), a_line()
    here, later, elsewhere, draft = (a_professional(one) for one in (line, line, other, line))
    a_shift(here, skill="support")
    a_shift(later, starts_at=clock.now() + dt.timedelta(minutes=5))
    a_shift(elsewhere)
    a_shift(draft, in_force=False)
    found = on_shift(line.pk, clock.now())
    assert [one.account_id for one in found] == [here.account_id]
    assert (found[0].skills, found[0].languages, found[0].skill) == ({"support"}, {"mandarin"}, "support")
    assert found[0].supervisor_account_id is None


def test_the_own_supervisor_comes_first_and_another_one_stands_in() -> None:
    line = a_line()
    person, own, another = (
        a_professional(line),
        a_professional(line, supervisor=True),
        a_professional(line, supervisor=True),
    )
    a_group(line, own, person)
    a_shift(person)
    a_shift(another)
    (found,) = [one for one in on_shift(line.pk, clock.now()) if not one.is_supervisor]
    assert found.supervisor_account_id == another.account_id
    Professional.objects.filter(pk=own.pk).update(reachable_until=clock.now() + dt.timedelta(hours=1))
    (found,) = [one for one in on_shift(line.pk, clock.now()) if not one.is_supervisor]
    assert found.supervisor_account_id == own.account_id


def test_the_number_of_queries_does_not_grow_with_the_people(
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    line = a_line()
    for _ in range(4):
        a_shift(a_professional(line))
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(on_shift(line.pk, clock.now())) == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"licence_until": dt.date(2020, 1, 1)}, "shift_licence"),
        ({"state": "paused"}, "shift_paused"),
    ],
)
def test_papers_and_state_are_asked_at_this_moment(change: dict[str, object], code: str) -> None:
    line = a_line()
    person = a_professional(line)
    a_shift(person)
    a_shift(a_professional(line, supervisor=True))
    Professional.objects.filter(pk=person.pk).update(**change)
    assert person.account_id is not None
    said = can_take_contacts(person.account_id, clock.now())
    assert (said.ok, said.code, said.high_risk) == (not code, code, not code)


def test_the_last_day_of_a_licence_counts_in_the_time_of_the_line() -> None:
    line = a_line()
    midnight = dt.datetime(2020, 2, 10, 16, 0, tzinfo=dt.UTC)  # 11 February, 00:00 in Wuhan
    person = a_professional(line, licence_until=dt.date(2020, 2, 10))
    a_shift(person, starts_at=midnight - dt.timedelta(hours=2))
    assert person.account_id is not None
    assert can_take_contacts(person.account_id, midnight - dt.timedelta(seconds=1)).ok
    assert can_take_contacts(person.account_id, midnight).code == "shift_licence"


def test_a_new_version_counts_from_the_next_shift_on() -> None:
    line = a_line()
    old = a_training(line, kind="conduct", slug="conduct")
    person = a_professional(line)
    shift = a_shift(person)
    old.withdrawn_at = clock.now() - dt.timedelta(minutes=10)
    old.save()
    new = a_training(line, kind="conduct", slug="conduct", number=2, published_at=old.withdrawn_at)
    assert person.account_id is not None
    assert can_take_contacts(person.account_id, clock.now()).code == "shift_no_supervisor"  # this shift had begun
    shift.starts_at = clock.now() - dt.timedelta(minutes=5)
    shift.save()
    assert can_take_contacts(person.account_id, clock.now()).code == "shift_conduct"
    Acknowledgement.objects.create(professional=person, item=new, at=clock.now())
    assert can_take_contacts(person.account_id, clock.now()).ok


def test_without_a_supervisor_contacts_go_on_but_none_of_high_risk() -> None:
    line = a_line()
    person, supervisor = a_professional(line), a_professional(line, supervisor=True)
    a_shift(person)
    shift = a_shift(supervisor)
    assert person.account_id is not None
    assert can_take_contacts(person.account_id, clock.now()).high_risk
    shift.hole_code = "shift_licence"
    shift.save()
    said = can_take_contacts(person.account_id, clock.now())
    assert (said.ok, said.code, said.high_risk) == (True, "shift_no_supervisor", False)


def test_opening_hours_reach_over_midnight() -> None:
    line = a_line(hours={"0": [1200, 1500]})  # Monday 20:00 to Tuesday 01:00
    monday = dt.datetime(2020, 2, 10, 20, 0, tzinfo=line.zone)
    assert [line.is_open(monday + dt.timedelta(minutes=m)) for m in (-1, 0, 299, 300)] == [False, True, True, False]
