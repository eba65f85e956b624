"""Forecasts of made-up calls whose law is known, what the interval holds, and what is said when little is known."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import (
    ARRIVALS_SCHEMA,
    Line,
    SpecialDay,
    WhatIf,
    count_arrivals,
    demand_table,
    forecast_arrivals,
)

MONDAY = dt.date(2020, 3, 2)


def made_up(
    days: int, seed: int, *, level: float = 400.0, day_spread: float = 0.1, slot_spread: float = 0.1
) -> pl.DataFrame:
    """Calls per half hour from 08:00 to 22:00, half as many at weekends, two humps; each day and half hour varies."""
    rng = np.random.default_rng(seed)
    shape = np.array([1 + np.sin((s - 16) / 4) ** 2 for s in range(16, 44)])
    rows = []
    for day in range(days):
        date = MONDAY + dt.timedelta(days=day)
        whole = level * (0.5 if date.weekday() >= 5 else 1.0) * rng.gamma(1 / day_spread**2, day_spread**2)
        means = whole * shape / shape.sum() * rng.gamma(1 / slot_spread**2, slot_spread**2, size=28)
        for s, calls in zip(range(16, 44), rng.poisson(means), strict=True):
            rows.append((dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=30 * s), int(calls)))
    return pl.DataFrame(rows, schema=ARRIVALS_SCHEMA, orient="row")


def until(history: pl.DataFrame, day: int) -> pl.DataFrame:
    return history.filter(pl.col("start") < dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time()))


def within(history: pl.DataFrame, foreseen: pl.DataFrame) -> float:
    both = foreseen.join(history.rename({"calls": "came"}), on="start")
    assert both.height == foreseen.height
    return both.select(pl.col("came").is_between("low", "high").mean()).item()


@pytest.mark.parametrize(("days", "least", "most"), [(56, 0.86, 0.995), (21, 0.86, 1.0), (7, 0.93, 1.0)])
def test_the_interval_holds_what_it_promises(days, least, most):
    """Mean over ten made-up histories of the share of half hours of the week after within the 90 % interval."""
    held = []
    for seed in range(10):
        history = made_up(days + 7, seed)
        told = forecast_arrivals(until(history, days), start=MONDAY + dt.timedelta(days=days), days=7)
        held.append(within(history, told.frame))
    assert least <= float(np.mean(held)) <= most


def test_the_mean_is_near_the_law():
    told = forecast_arrivals(made_up(56, 1), start=MONDAY + dt.timedelta(days=56), days=7)
    assert told.daily["calls"].to_numpy()[:5] == pytest.approx(400, rel=0.12)
    assert told.daily["calls"].to_numpy()[5:] == pytest.approx(200, rel=0.15)
    assert told.frame.height == 7 * 28  # closed half hours have no forecast
    assert told.notes == ()


def test_three_days_are_wide_and_say_so():
    history = made_up(60, 2)
    few = forecast_arrivals(until(history, 3), start=MONDAY + dt.timedelta(days=3), days=7)
    many = forecast_arrivals(until(history, 56), start=MONDAY + dt.timedelta(days=56), days=7)

    def width(told):
        return told.daily.select(((pl.col("high") - pl.col("low")) / pl.col("calls")).mean()).item()

    assert width(few) > 1.0
    assert width(few) > 2 * width(many)
    assert [note.code for note in few.notes] == ["short_history", "no_weekday"]
    assert few.notes[0].zh.startswith("只有 3 天的记录")
    one = forecast_arrivals(until(history, 1), start=MONDAY + dt.timedelta(days=1), days=1)
    assert width(one) > width(few)


def test_a_doubling_from_monday_and_a_special_day():
    history = made_up(28, 3)
    start = MONDAY + dt.timedelta(days=28)
    plain = forecast_arrivals(history, start=start, days=14)
    monday = dt.datetime.combine(start + dt.timedelta(days=7), dt.time())
    double = forecast_arrivals(history, start=start, days=14, what_if=[WhatIf(2.0, monday)])
    ratio = (double.daily["calls"] / plain.daily["calls"]).to_list()
    assert ratio == pytest.approx([1.0] * 7 + [2.0] * 7)
    assert double.daily["high"][7] == pytest.approx(2 * plain.daily["high"][7], rel=0.03)
    holiday = forecast_arrivals(history, start=start, days=14, special=[SpecialDay(start, like=6, factor=0.5)])
    assert holiday.daily["calls"][0] == pytest.approx(plain.daily["calls"][6] / 2)
    assert holiday.daily["calls"][1:].equals(plain.daily["calls"][1:])


def test_a_day_left_out_teaches_nothing():
    history = made_up(28, 4)
    odd = MONDAY + dt.timedelta(days=24)
    flooded = history.with_columns(
        pl.when(pl.col("start").dt.date() == odd).then(pl.col("calls") * 10).otherwise(pl.col("calls"))
    )
    start = MONDAY + dt.timedelta(days=28)
    clean = forecast_arrivals(history.filter(pl.col("start").dt.date() != odd), start=start, days=7)
    left_out = forecast_arrivals(flooded, start=start, days=7, leave_out=[odd])
    assert left_out.frame.equals(clean.frame)


@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from((5, 10, 15, 60, 120)))
def test_length_of_the_intervals_and_order_are_irrelevant(seed, minutes):
    history = made_up(10, seed)
    start = MONDAY + dt.timedelta(days=10)
    whole = forecast_arrivals(history, start=start, days=3)
    if minutes < 30:
        parts = 30 // minutes
        other = pl.concat(
            history.with_columns(
                pl.col("start") + pl.duration(minutes=minutes * n),
                (pl.col("calls") // parts + (n < pl.col("calls") % parts).cast(pl.Int64)).alias("calls"),
            )
            for n in range(parts)
        )
        again = forecast_arrivals(other.sample(fraction=1, shuffle=True, seed=seed), start=start, days=3)
        assert again.frame.equals(whole.frame)
    else:
        other = history.group_by(pl.col("start").dt.truncate(f"{minutes}m")).agg(pl.col("calls").sum())
        again = forecast_arrivals(other, start=start, days=3)
        assert again.daily["calls"].to_numpy() == pytest.approx(whole.daily["calls"].to_numpy(), rel=1e-9)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_ten_times_the_calls_is_ten_times_the_forecast(seed):
    history = made_up(21, seed, level=2000)
    start = MONDAY + dt.timedelta(days=21)
    once = forecast_arrivals(history, start=start, days=7).daily["calls"].to_numpy()
    tenfold = forecast_arrivals(history.with_columns(pl.col("calls") * 10), start=start, days=7)
    assert tenfold.daily["calls"].to_numpy() == pytest.approx(10 * once, rel=0.03)


def test_whole_days_are_spread_by_the_profile_given():
    daily = made_up(28, 5).group_by(pl.col("start").dt.truncate("1d")).agg(pl.col("calls").sum()).sort("start")
    start = MONDAY + dt.timedelta(days=28)
    flat = forecast_arrivals(daily, start=start, days=2)
    assert "no_half_hours" in [note.code for note in flat.notes]
    assert flat.frame["calls"][:48].to_numpy() == pytest.approx(flat.daily["calls"][0] / 48)
    shaped = forecast_arrivals(daily, start=start, days=2, profile=[0] * 16 + [1] * 32)
    assert shaped.frame.height == 64
    assert shaped.frame["calls"][0] == pytest.approx(shaped.daily["calls"][0] / 32)


def test_moments_are_counted_into_half_hours():
    since, later = dt.datetime(2020, 3, 2, 8), dt.datetime(2020, 3, 2, 10)
    times = [dt.datetime(2020, 3, 2, 9, 59, 59), dt.datetime(2020, 3, 2, 8, 0), dt.datetime(2020, 3, 2, 8, 29)]
    assert count_arrivals(times, since=since, until=later)["calls"].to_list() == [2, 0, 0, 1]
    with pytest.raises(InputError, match="not between"):
        count_arrivals([dt.datetime(2020, 3, 2, 10)], since=since, until=later)


def test_the_seats_follow_the_forecast():
    told = forecast_arrivals(made_up(28, 6), start=MONDAY + dt.timedelta(days=28), days=1)
    lines = [Line("a", 600.0, 180.0, share=0.75), Line("b", 300.0, 180.0, share=0.25)]
    expected, high = demand_table(told.frame, lines), demand_table(told.frame, lines, column="high")
    assert expected.height == 56
    assert (high["seats"] >= expected["seats"]).all()
    assert expected["seats"].min() >= 2
    assert expected.filter(pl.col("skill") == "a")["calls"].to_list() == pytest.approx(
        (told.frame["calls"] * 0.75).to_list(), abs=1e-5
    )


@pytest.mark.parametrize(
    "history",
    [
        pl.DataFrame(schema=ARRIVALS_SCHEMA),
        made_up(2, 0).drop("calls"),
        pl.concat([made_up(2, 0), made_up(2, 0)]),
        made_up(2, 0).with_columns(pl.col("calls") - 100),
        made_up(2, 0).with_columns(pl.col("start") + pl.duration(minutes=7)),
    ],
)
def test_a_history_that_cannot_be_used_is_refused(history):
    with pytest.raises(InputError) as caught:
        forecast_arrivals(history, start=MONDAY, days=1)
    assert caught.value.code == "arrivals_invalid"


@pytest.mark.parametrize("wrong", [{"days": 0}, {"level": 1.0}, {"what_if": [WhatIf(-1.0, dt.datetime(2020, 3, 2))]}])
def test_an_impossible_wish_is_refused(wrong):
    with pytest.raises(InputError, match="arrivals_invalid"):
        forecast_arrivals(made_up(2, 0), **{"start": MONDAY, "days": 1} | wrong)
