"""Forecast beside truth: half hours and days worked out by hand, few hidden, nothing derivable."""

from __future__ import annotations

import datetime as dt
import time
import zoneinfo

import polars as pl
import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_line import Team, a_team
from builders_professionals import a_roster
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import Roster
from tongzhou.desks.professionals.services.forecasts import forecasts_made
from tongzhou.desks.professionals.services.need import Need
from tongzhou.desks.professionals.services.task import pack
from tongzhou.flows.line_figures import shown_figures
from tongzhou.kernel import ids
from tongzhou_engines.staffing import DEMAND_SCHEMA, RosterTask
from tongzhou_engines.staffing import Shift as Kind

pytestmark = pytest.mark.django_db
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2026, 3, 2)
START = dt.datetime.combine(FIRST, dt.time(), ZONE)
_FRAME = {"start": pl.Datetime("us"), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}
_DAILY = {"date": pl.Date(), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return a_team()


def _made(team: Team, *, ready: dt.datetime, days: int, calls: float, low: int, high: int, typed: bool = False,
          first: int = 16, last: int = 20) -> Roster:  # fmt: skip
    """A published roster from FIRST on, forecasting the half hours `first` until before `last` of each day alike."""
    roster = a_roster(team.line, start=FIRST, days=days, ready_at=ready)
    naive = dt.datetime.combine(FIRST, dt.time())
    rows = [
        (naive + dt.timedelta(days=day, minutes=30 * half), calls, low, high)
        for day in range(days)
        for half in range(first, last)
    ]
    daily = [(FIRST + dt.timedelta(days=day), calls * (last - first), 10, 99) for day in range(days)]
    demand = pl.DataFrame([(naive, "support", "seat", 2)], schema=DEMAND_SCHEMA, orient="row")
    task = RosterTask(start=FIRST, days=days, people=(), shifts=(Kind("D", 480, 480),), demand=demand)
    need = Need(
        pl.DataFrame(rows, schema=_FRAME, orient="row"), demand, [], 0 if typed else 14,
        None if typed else pl.DataFrame(daily, schema=_DAILY, orient="row"),
    )  # fmt: skip
    pack(roster, task, need).save(force_insert=True)
    return roster


def _came(team: Team, day: int, half: int, count: int) -> None:
    at = START + dt.timedelta(days=day, minutes=30 * half)
    Contact.objects.bulk_create(
        Contact(
            line_id=team.line.pk, state="ended", call_type="support", arrived_at=at, queued_at=at, answered_at=at,
            ended_at=at, counsellor_id=ids.new_id(),
        )
        for _ in range(count)
    )  # fmt: skip


def test_half_hours_days_and_the_whole_worked_out_by_hand(team: Team) -> None:
    # three days, four half hours each (8:00 until 10:00), 12 expected in each, 9 to 15 should hold it
    _made(team, ready=START - dt.timedelta(days=1), days=3, calls=12.0, low=9, high=15)
    for day, counts in enumerate([(12, 15, 9, 14), (12, 12, 16, 30), (11, 13, 12, 20)]):
        for number, count in enumerate(counts):
            _came(team, day, 16 + number, count)
    _came(team, 1, 40, 25)  # 20:00, which nobody forecast
    found = shown_figures(team.line, START).compared
    assert found is not None
    assert (found.whole.half_hours, found.whole.inside) == (12, 9)  # 16, 30 and 20 are above 15
    assert (found.whole.expected, found.whole.came) == (144, 176)
    assert [(one.label, one.expected, one.low, one.high, one.came) for one in found.days] == [
        ("03-02", 48, 10, 99, 50), ("03-03", 48, 10, 99, 70), ("03-04", 48, 10, 99, 56),
    ]  # fmt: skip
    assert [(one.label, one.expected, one.came) for one in found.slots] == [
        ("08:00", 36, 35), ("08:30", 36, 40), ("09:00", 36, 37), ("09:30", 36, 64),
    ]  # fmt: skip
    assert {one.inside for one in found.slots} == {None}  # three half hours are few


def test_the_latest_roster_made_before_a_half_hour_counts(team: Team) -> None:
    _made(team, ready=START - dt.timedelta(days=3), days=2, calls=5.0, low=2, high=8)
    _made(team, ready=START + dt.timedelta(hours=9), days=2, calls=20.0, low=15, high=25)  # at 9:00 of the first day
    _made(team, ready=START - dt.timedelta(days=1), days=2, calls=99.0, low=1, high=200, typed=True)
    draft = _made(team, ready=START - dt.timedelta(hours=1), days=2, calls=77.0, low=1, high=200)
    Roster.objects.filter(pk=draft.pk).update(state="draft", published_at=None)
    made = forecasts_made(team.line, START, START + dt.timedelta(days=2))
    hours = [made.half_hours[START + dt.timedelta(minutes=30 * half)].calls for half in range(16, 20)]
    assert hours == [5.0, 5.0, 20.0, 20.0]
    assert made.days[FIRST].calls == 20.0  # five in each of four half hours: the newer one came during the day
    assert made.days[FIRST + dt.timedelta(days=1)].calls == 80.0


def test_few_are_hidden_in_days_and_half_hours_and_none_follows_from_the_rest(team: Team) -> None:
    _made(team, ready=START - dt.timedelta(days=1), days=3, calls=12.0, low=9, high=15)
    for day, counts in enumerate([(12, 15, 9, 14), (0, 0, 3, 0), (11, 13, 12, 20)]):
        for number, count in enumerate(counts):
            _came(team, day, 16 + number, count)
    shown = shown_figures(team.line, START)
    found = shown.compared
    assert found is not None
    came = {one.label: one.came for one in found.days}
    assert came["03-03"] is None
    total, others = shown.counts["arrivals"], [came["03-02"], came["03-04"]]
    assert total is None or None in others  # else the three of the second day follow
    slots = dict(shown.day)
    beside = {one.label: one.came for one in found.slots}
    assert all(beside[label] == slots[label] for label in beside)  # all of it was forecast: one and the same


def test_what_was_not_forecast_does_not_give_few_away(team: Team) -> None:
    """Forty in a half hour of the day, thirty-seven of them forecast: the three others must not follow."""
    _made(team, ready=START + dt.timedelta(hours=1), days=2, calls=18.0, low=9, high=30, first=16, last=17)
    _came(team, 0, 16, 20)
    _came(team, 1, 16, 17)
    _came(team, 5, 16, 3)
    shown = shown_figures(team.line, START)
    assert shown.compared is not None
    both = (dict(shown.day)["08:00"], shown.compared.slots[0].came)
    assert None in both


def test_a_month_of_every_half_hour_is_protected_in_good_time(team: Team) -> None:
    _made(team, ready=START - dt.timedelta(days=1), days=28, calls=0.6, low=0, high=2, first=0, last=48)
    for day in range(28):
        for half in range(48):
            _came(team, day, half, (day * 7 + half * 3) % 3 // 2)
    begun = time.process_time()
    found = shown_figures(team.line, START).compared
    assert time.process_time() - begun < 20
    assert found is not None
    assert found.whole.inside == found.whole.half_hours == 28 * 48


def test_the_page_says_it_in_words_and_lists_no_rows_of_dashes(team: Team) -> None:
    boss = sign_in(Client(), team.supervisor.account)
    path = f"/line/figures/?line={team.line.pk}&month=2026-03"
    assert "没有预测可以比" in boss.get(path).content.decode()
    assert "这个月没有来访" in boss.get(path).content.decode()
    _came(team, 0, 16, 3)
    small = boss.get(path).content.decode()
    assert "没有一个半小时到 11 次" in small
    assert '<th scope="row">08:00</th>' not in small
    _made(team, ready=START - dt.timedelta(days=1), days=3, calls=12.0, low=9, high=15)
    for day in range(3):
        for half in range(16, 20):
            _came(team, day, half, 12)
    page = boss.get(path).content.decode()
    # 8:00 of the first day had 15: within
    assert "12 个半小时在开始之前有过预测，其中 12 个的来访落在各自的区间里：100%，说好的是 90%。" in page
    assert "来了 147 次，多 2%" in page  # 144 expected
    table = boss.get(f"/line/figures.csv?line={team.line.pk}&month=2026-03").content.decode()
    assert "forecast_day,03-02,came,51\r\n" in table
    assert "forecast_half_hour,08:00,inside,hidden\r\n" in table
