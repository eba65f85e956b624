"""The figures of the line against a day worked out by hand."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.core.cache import cache

from builders_line import a_team
from tongzhou.desks.casework.models import ContactForm
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.selectors import figures
from tongzhou.flows.line_figures import month_of, shown_figures
from tongzhou.kernel import ids

pytestmark = pytest.mark.django_db
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)
#: (minutes after 8, seconds of waiting or None, seconds of talking, state, what it was)
DAY = [
    (0, 5, 600, "ended", "support"),
    (1, 20, 1200, "ended", "crisis"),
    (10, 21, 300, "ended", "information"),
    (29, 90, 900, "wrapping", ""),
    (30, None, 0, "abandoned", ""),
    (31, None, 0, "missed", ""),
    (45, 8, 60, "ended", "silent"),
    (60, None, 0, "waiting", ""),
    (75, 4, 30, "ended", "abusive"),
]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _contacts(line_id: object, rows: list[tuple[int, int | None, int, str, str]], start: dt.datetime = START) -> None:
    for minute, wait, length, state, kind in rows:
        at = start + dt.timedelta(minutes=minute)
        answered = None if wait is None else at + dt.timedelta(seconds=wait)
        ended = None if answered is None else answered + dt.timedelta(seconds=length)
        Contact.objects.create(
            line_id=line_id, state=state, call_type=kind, arrived_at=at, answered_at=answered, ended_at=ended,
            counsellor_id=ids.new_id() if answered else None,
        )  # fmt: skip


def test_a_day_worked_out_by_hand() -> None:
    line = a_team().line
    _contacts(line.pk, DAY)
    _contacts(a_team().line.pk, DAY)  # another line does not count
    found = figures.figures(line.pk, START, START + dt.timedelta(hours=2), target_seconds=20)
    # nine came; silent and abusive are not contacts: seven, four answered (5, 20, 21, 90 s), two of them within 20 s
    assert (found.arrivals, found.answered, found.abandoned, found.missed, found.still_waiting) == (7, 4, 1, 1, 1)
    assert (found.within_target, found.service_percent) == (2, 33)  # 2 of 4 + 1 + 1
    assert (found.waits, found.lengths) == ((5, 20, 21, 90), (300, 600, 900, 1200))
    assert (figures.percentile(found.waits, 50), figures.percentile(found.waits, 90)) == (20, 90)
    assert found.non_data == {"silent": 1, "abusive": 1}
    assert figures.percentile([], 50) is None


def test_half_hours_for_the_roster() -> None:
    line = a_team().line
    _contacts(line.pk, DAY)
    found = figures.arrivals(line.pk, START, START + dt.timedelta(hours=2))
    assert [count for _, count in found] == [4, 2, 1, 0]  # 8:00 0,1,10,29; 8:30 30,31; 9:00 60; 75 is abusive
    assert found[1][0] == START + dt.timedelta(minutes=30)
    day = figures.day_of(line.pk, START, START + dt.timedelta(hours=2), ZONE)
    assert [(one.minute, one.arrivals, one.answered) for one in day if one.arrivals] == [
        (480, 4, 4), (510, 2, 0), (540, 1, 0),
    ]  # fmt: skip


def test_few_are_hidden_and_a_percentile_of_few_too() -> None:
    line = a_team().line
    _contacts(line.pk, DAY)
    shown = shown_figures(line, START)
    assert shown.counts["arrivals"] is None
    assert shown.waits == (None, None)
    assert shown.service_percent is None
    assert {count for _, count in shown.day} <= {0, None}


def test_topics_by_group_and_stage_of_a_month() -> None:
    line = a_team().line
    said = [("sleep", "general", "outbreak")] * 30 + [("sleep", "patients", "control")] * 4
    said += [("work", "general", "outbreak")] * 25 + [("work", "older", "outbreak")] * 12
    _contacts(line.pk, [(number, 3, 60, "ended", "support") for number in range(len(said))])
    for contact, (topic, group, stage) in zip(Contact.objects.order_by("arrived_at"), said, strict=True):
        ContactForm.objects.create(
            contact_id=contact.pk, line_id=line.pk, form_version=1, topic=topic, group=group, stage=stage,
            outcome="calmer",
        )  # fmt: skip
    shown = shown_figures(line, START)
    assert shown.counts["answered"] == 71
    assert shown.waits == (3, 3)
    assert shown.by_group.cells["sleep", "patients"] is None  # four
    assert shown.by_group.totals["work"] == 37
    assert shown.by_group.cells["work", "older"] == 12
    visible = [shown.by_group.totals["sleep"], shown.by_group.cells["sleep", "general"]]
    assert None in visible  # else 34 - 30 would tell
    assert shown.by_stage.cells["sleep", "control"] is None
    assert month_of(START, line)[1] == dt.datetime(2026, 4, 1, tzinfo=ZONE)
