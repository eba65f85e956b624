"""Contacts of the line become the record rosters are forecast from, counted by hand here."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.core.cache import cache

from builders_line import a_team
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import ArrivalCount, ServiceLine
from tongzhou.desks.professionals.services.lines import record_arrivals
from tongzhou.desks.professionals.services.need import seats_needed
from tongzhou.flows.count_arrivals import count_due
from tongzhou.kernel import ids
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
EIGHT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)  # a Monday


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _line(**over: object) -> ServiceLine:
    return a_team(0, **over).line


def _came(line: ServiceLine, minutes: int, state: str = "ended", kind: str = "support") -> Contact:
    at = EIGHT + dt.timedelta(minutes=minutes)
    answered = at if state == "ended" else None
    return Contact.objects.create(
        line_id=line.pk, state=state, call_type=kind, arrived_at=at, answered_at=answered, ended_at=answered,
        counsellor_id=ids.new_id() if answered else None,
    )  # fmt: skip


def _kept(line: ServiceLine) -> list[tuple[str, int]]:
    rows = ArrivalCount.objects.filter(line=line).order_by("start")
    return [(f"{start.astimezone(ZONE):%d %H:%M}", calls) for start, calls in rows.values_list("start", "calls")]


def test_half_hours_with_zeros_and_without_what_is_no_contact() -> None:
    line = _line()
    for minutes, state, kind in (
        (5, "ended", "support"), (12, "abandoned", ""), (13, "missed", ""), (20, "ended", "silent"),
        (21, "ended", "test"), (61, "ended", "crisis"), (95, "ended", "support"),
    ):  # fmt: skip
        _came(line, minutes, state, kind)
    assert count_due(EIGHT + dt.timedelta(minutes=100)) == 3  # 9:30 is not over yet
    assert _kept(line) == [("02 08:00", 3), ("02 08:30", 0), ("02 09:00", 1)]
    assert ArrivalCount.objects.filter(line=line, counted=False).count() == 0


def test_twice_is_once_and_what_is_learnt_later_replaces() -> None:
    line = _line()
    contact = _came(line, 5)
    now = EIGHT + dt.timedelta(minutes=65)
    assert count_due(now) == 2
    trail = AuditEntry.objects.filter(act="line_people.manage").count()
    assert count_due(now) == 0
    assert AuditEntry.objects.filter(act="line_people.manage").count() == trail  # nothing new, nothing in the trail
    Contact.objects.filter(pk=contact.pk).update(call_type="wrong")  # written up at last
    _came(line, 45, "missed", "")  # an exchange told of it late
    assert count_due(now) == 2
    assert _kept(line) == [("02 08:00", 0), ("02 08:30", 1)]
    Contact.objects.filter(pk=contact.pk).update(call_type="support")
    assert count_due(EIGHT + dt.timedelta(days=15)) > 0
    assert _kept(line)[0] == ("02 08:00", 0)  # after a fortnight it stays as it is


def test_a_record_that_somebody_brought_in_stands() -> None:
    line = _line()
    record_arrivals(actor=SYSTEM, line=line, counts={EIGHT: 7})
    _came(line, 5)
    count_due(EIGHT + dt.timedelta(minutes=65))
    assert _kept(line) == [("02 08:00", 7), ("02 08:30", 0)]
    record_arrivals(actor=SYSTEM, line=line, counts={EIGHT + dt.timedelta(minutes=30): 4})  # corrected by hand
    count_due(EIGHT + dt.timedelta(minutes=65))
    assert _kept(line) == [("02 08:00", 7), ("02 08:30", 4)]


def test_closed_hours_have_no_zeros_and_no_line_is_counted_before_its_first_contact() -> None:
    quiet, line = _line(), _line(hours={"0": [480, 570]})  # Mondays from 8:00 until 9:30
    _came(line, 3)
    _came(line, 240, "missed", "")  # rang while closed
    count_due(EIGHT + dt.timedelta(days=1))
    assert _kept(line) == [("02 08:00", 1), ("02 08:30", 0), ("02 09:00", 0), ("02 12:00", 1)]
    assert _kept(quiet) == []
    ServiceLine.objects.filter(pk=line.pk).update(hours={"0": [480, 630]})
    count_due(EIGHT + dt.timedelta(days=1))
    assert ("02 09:30", 0) not in _kept(line)  # it was closed then


def test_the_next_roster_is_forecast_from_what_was_counted() -> None:
    line = _line(hours={str(day): [480, 960] for day in range(7)})
    for day in range(9):
        for half in range(16):
            for n in range(2):
                _came(line, day * 1440 + half * 30 + 2 * n)
    now = EIGHT + dt.timedelta(days=8, hours=1, minutes=1)  # the ninth morning: one hour of it is over
    count_due(now)
    need = seats_needed(line, dt.date(2026, 3, 12), 1, {})
    assert need.history_days == 8  # the morning is no quiet day
    assert round(sum(need.frame["calls"].to_list())) == 32  # two in each of sixteen half hours
    assert need.daily is not None
