"""Calls of the days to come, per half hour, with an interval that is wide where little is known.

A day's calls = level x weekday factor; a half hour's = the day's x its share. What may happen is negative binomial: a
Poisson number whose mean is itself uncertain (the day as a whole, the half hour by itself, the estimate of both).
docs/methods/staffing.md has the formulas, the assumptions for short histories, and the measured coverage.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tongzhou_engines.staffing.arrivals import SLOTS, History, Reals, read_history
from tongzhou_engines.staffing.inputs import SpecialDay, WhatIf, invalid

__all__ = ["DAILY_SCHEMA", "FORECAST_SCHEMA", "Forecast", "Note", "forecast_arrivals"]

FORECAST_SCHEMA: dict[str, pl.DataType] = {
    "start": pl.Datetime("us"),
    "calls": pl.Float64(),
    "low": pl.Int64(),
    "high": pl.Int64(),
}
DAILY_SCHEMA: dict[str, pl.DataType] = {
    "date": pl.Date(),
    "calls": pl.Float64(),
    "low": pl.Int64(),
    "high": pl.Int64(),
}
#: What is believed before any day has been seen, and how many days of history that belief weighs.
PRIOR_VARIANCE = 0.09  # relative, of a day: about 30 % either way
PRIOR_GROWTH = 0.01  # added for every day ahead
PRIOR_SLOT = 0.04  # relative, of a half hour within its day
PRIOR_DAYS = 4.0
WEEKDAY_DAYS = 2.0
PROFILE_CALLS = 240.0
HALF_LIVES = (1.0, 2.0, 4.0, 7.0, 14.0, 28.0, 1000.0)
_WARM = 7
_LEAST = 0.0004  # no day is foreseen closer than to 2 %


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the forecast must know. code: short_history, no_half_hours, no_weekday, partly_known."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """frame: FORECAST_SCHEMA, per half hour; daily: DAILY_SCHEMA; level: chance meant to lie within low..high.

    history_days: days it rests on; half_life_days: how fast old days lose weight; notes: what limits it.
    """

    frame: pl.DataFrame
    daily: pl.DataFrame
    level: float
    history_days: int
    half_life_days: float
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Model:
    """level: calls of a day of factor 1; weekday: float[7]; profile: float[7, 48], shares that sum to 1;
    near, growth: relative variance of a day one day ahead and per further day; slot: of a half hour within its day;
    days: n behind each weekday's factor.
    """

    level: float
    weekday: Reals
    profile: Reals
    near: float
    growth: float
    slot: float
    half_life: float


def forecast_arrivals(
    history: pl.DataFrame,
    *,
    start: dt.date,
    days: int,
    level: float = 0.9,
    special: Sequence[SpecialDay] = (),
    what_if: Sequence[WhatIf] = (),
    leave_out: Sequence[dt.date] = (),
    minutes: int | None = None,
    profile: Sequence[float] | None = None,
) -> Forecast:
    """Calls per half hour from `start` on for `days` days.

    history: start (local Datetime) and calls, one row per interval of `minutes` (None: read from the table); rows of
    calls 0 say that nobody called, missing rows that nothing is known (a half hour missing on every day is closed and
    has no forecast). special, what_if: see there. leave_out: dates of the history that are not to be learnt from.
    profile: 48 shares of a day, used when the history has whole days only. Errors: InputError arrivals_invalid.
    """
    _check(start, days, level, what_if)
    past = read_history(history, minutes, leave_out)
    model = _fit(past, profile)
    ahead0 = max(1, (start - past.days[-1]).days)
    odd = {day.date: day for day in special}
    rows, daily = [], []
    for n in range(days):
        date = start + dt.timedelta(days=n)
        told = odd.get(date)
        weekday = date.weekday() if told is None or told.like is None else told.like
        times = told.factor if told is not None else 1.0
        midnight = dt.datetime.combine(date, dt.time())
        factors = np.array([_factor(what_if, midnight + dt.timedelta(minutes=30 * s)) for s in range(SLOTS)])
        means = model.level * model.weekday[weekday] * model.profile[weekday] * times * factors
        spread = model.near + model.growth * (ahead0 + n - 1)
        total = float(means.sum())
        inner = model.slot * float((means**2).sum()) / total**2 if total > 0 else 0.0
        daily.append((date, total, *_interval(total, spread + inner, level)))
        for s in np.flatnonzero(model.profile[weekday] > 0):
            mean = float(means[s])
            low, high = _interval(mean, spread + model.slot, level)
            rows.append((midnight + dt.timedelta(minutes=30 * int(s)), mean, low, high))
    return Forecast(
        pl.DataFrame(rows, schema=FORECAST_SCHEMA, orient="row"),
        pl.DataFrame(daily, schema=DAILY_SCHEMA, orient="row"),
        level,
        len(past.days),
        model.half_life,
        tuple(_notes(past, start, days, profile is not None)),
    )


def _check(start: dt.date, days: int, level: float, what_if: Sequence[WhatIf]) -> None:
    del start
    if not 1 <= days <= 366:
        raise _bad(f"天数 {days} 不在 1 到 366 之间", f"{days} days: not between 1 and 366")
    if not 0.5 <= level <= 0.999:
        raise _bad(f"区间的把握 {level} 不在 0.5 到 0.999 之间", f"a level of {level} is not between 0.5 and 0.999")
    for what in what_if:
        if not 0 <= what.factor <= 1000:
            raise _bad(
                f"倍数 {what.factor} 不在 0 到 1000 之间", f"a factor of {what.factor} is not between 0 and 1000"
            )


def _factor(what_if: Sequence[WhatIf], start: dt.datetime) -> float:
    factor = 1.0
    for what in what_if:
        if what.start <= start and (what.end is None or start < what.end):
            factor *= what.factor
    return factor


def _fit(past: History, profile: Sequence[float] | None) -> _Model:
    """Everything the forecast needs, from the history; short histories lean on what is believed beforehand."""
    whole = np.array([day not in past.partly for day in past.days])
    rows = whole if whole.any() else np.ones(len(past.days), dtype=bool)
    daily, weekdays = past.daily[rows], past.weekdays[rows]
    ages = np.array([(past.days[-1] - day).days for day in past.days], dtype=np.float64)[rows]
    shares, slot = _profile(past, profile)
    best = min(HALF_LIVES, key=lambda life: (_trial(daily, weekdays, ages, life, (1, 7)), -life))
    factors = _weekday_factors(daily, weekdays)
    level = _level(daily / factors[weekdays], ages, best)
    near, growth = _spread(daily, weekdays, ages, best, level)
    return _Model(level, factors, shares, near, growth, slot, best)


def _level(plain: Reals, ages: Reals, half_life: float) -> float:
    weights = 0.5 ** (ages / half_life)
    return float((weights * plain).sum() / weights.sum())


def _weekday_factors(daily: Reals, weekdays: Reals | np.ndarray) -> Reals:
    """How each weekday differs from the week around it, drawn towards 1 as if two days had shown no difference."""
    around = np.array([_around(daily, n) for n in range(len(daily))])
    ratio = np.divide(daily, around, out=np.ones_like(daily), where=around > 0)
    factors = np.ones(7)
    for weekday in range(7):
        mine = ratio[weekdays == weekday]
        factors[weekday] = (mine.sum() + WEEKDAY_DAYS) / (len(mine) + WEEKDAY_DAYS)
    return factors


def _around(daily: Reals, n: int) -> float:
    """Mean of the seven days around day n (as many as there are)."""
    first = max(0, min(n - 3, len(daily) - 7))
    return float(daily[first : first + 7].mean())


def _profile(past: History, given: Sequence[float] | None) -> tuple[Reals, float]:
    """float[7, 48] shares of a day, and the relative variance of a half hour within its day."""
    if not past.by_half_hour:
        shares = np.asarray(given if given is not None else [1.0] * SLOTS, dtype=np.float64)
        if shares.shape != (SLOTS,) or not np.isfinite(shares).all() or (shares < 0).any() or shares.sum() <= 0:
            raise _bad("profile 要有 48 个不小于 0 的数", "profile must hold 48 numbers, none below 0")
        return np.tile(shares / shares.sum(), (7, 1)), PRIOR_SLOT * 2
    known = ~np.isnan(past.counts)
    counts = np.where(known, past.counts, 0.0)
    open_slots = known.any(axis=0)
    seen = np.maximum(known.sum(axis=0), 1)
    mean = counts.sum(axis=0) / seen
    pooled = _drawn(mean, _smooth(mean, open_slots), float(counts.sum()), open_slots)
    weekdays = past.weekdays
    shares = np.zeros((7, SLOTS))
    for weekday in range(7):
        mine = weekdays == weekday
        opens = known[mine].any(axis=0) if mine.any() else open_slots
        base = np.where(opens, pooled, 0.0)
        total = base.sum()
        if mine.any() and counts[mine].sum() > 0 and total > 0:
            own = counts[mine].sum(axis=0) / np.maximum(known[mine].sum(axis=0), 1)
            weight = mine.sum() / (mine.sum() + WEEKDAY_DAYS)
            base = weight * own / own.sum() + (1 - weight) * base / total
        elif total <= 0:
            base = opens.astype(np.float64)
        shares[weekday] = base / base.sum()
    return shares, _slot_variance(past, shares, known, counts)


def _drawn(mean: Reals, smooth: Reals, calls: float, open_slots: np.ndarray) -> Reals:
    """Shares, drawn towards their smoothed neighbours as long as calls are few."""
    if mean.sum() <= 0:
        return open_slots / open_slots.sum()
    weight = calls / (calls + PROFILE_CALLS)
    return weight * mean / mean.sum() + (1 - weight) * smooth / smooth.sum()


def _smooth(mean: Reals, open_slots: np.ndarray) -> Reals:
    """Weighted mean of five half hours around the clock, open ones only; never exactly 0."""
    total, weight = np.zeros(SLOTS), np.zeros(SLOTS)
    for shift, w in ((-2, 1.0), (-1, 2.0), (0, 3.0), (1, 2.0), (2, 1.0)):
        total += w * np.roll(np.where(open_slots, mean, 0.0), shift)
        weight += w * np.roll(open_slots.astype(np.float64), shift)
    smooth = np.where(open_slots, total / np.maximum(weight, 1.0), 0.0)
    return smooth + open_slots * 0.02 * max(float(mean.mean()), 1e-9)


def _slot_variance(past: History, shares: Reals, known: np.ndarray, counts: Reals) -> float:
    """Relative variance of half hours beyond Poisson, given the day's total; the prior weighs PRIOR_DAYS days."""
    surplus = squares = 0.0
    for n, weekday in enumerate(past.weekdays):
        part = np.where(known[n], shares[weekday], 0.0)
        if part.sum() <= 0:
            continue
        expected = past.daily[n] * part / part.sum()
        rest = 1.0 - part / part.sum()
        surplus += float(((counts[n] - expected) ** 2 - expected * rest)[known[n]].sum())
        squares += float((expected**2)[known[n]].sum())
    days = float(len(past.days))
    measured = max(0.0, surplus / squares) * days / max(1.0, days - 1.0) if squares > 0 else PRIOR_SLOT
    return (PRIOR_DAYS * PRIOR_SLOT + days * measured) / (PRIOR_DAYS + days)


def _errors(
    daily: Reals, weekdays: np.ndarray, ages: Reals, half_life: float, horizons: tuple[int, int]
) -> list[tuple[float, float]]:
    """(relative error, expected calls) of forecasts made from earlier days only, `horizons` days ahead."""
    found = []
    for origin in range(min(_WARM, max(2, len(daily) // 2)), len(daily)):
        factors = _weekday_factors(daily[:origin], weekdays[:origin])
        level = _level(daily[:origin] / factors[weekdays[:origin]], ages[:origin] - ages[origin - 1], half_life)
        for n in range(origin, len(daily)):
            ahead = ages[origin - 1] - ages[n]
            expected = level * factors[weekdays[n]]
            if horizons[0] <= ahead <= horizons[1] and expected > 0:
                found.append((float(daily[n] / expected - 1.0), float(expected)))
    return found


def _trial(daily: Reals, weekdays: np.ndarray, ages: Reals, half_life: float, horizons: tuple[int, int]) -> float:
    """Mean squared relative error of earlier forecasts; histories under ten days are averaged whole."""
    if len(daily) < 10:
        return 0.0 if half_life == HALF_LIVES[-1] else 1.0
    found = _errors(daily, weekdays, ages, half_life, horizons)
    return sum(min(error * error, 4.0) for error, _ in found) / max(1, len(found))


def _spread(daily: Reals, weekdays: np.ndarray, ages: Reals, half_life: float, level: float) -> tuple[float, float]:
    """Relative variance of a day beyond Poisson: one day ahead, and what each further day adds.

    Measured on forecasts of the past (1-7 and 8-28 days ahead) and mixed with the prior: by weighted mean, from four
    weeks on by weighted geometric mean, so that what was measured prevails. With n days the estimate of
    the level adds 1/n of it, and few days widen it as a t distribution is wider than a normal one.
    """
    days = float(len(daily))

    def measured(horizons: tuple[int, int], believed: float) -> float:
        found = _errors(daily, weekdays, ages, half_life, horizons) if days >= 10 else []
        if not found:
            return believed
        excess = sum(error * error - 1.0 / expected for error, expected in found) / len(found)
        origins = min(days, len(found)) / (2.0 if horizons[0] == 1 else 8.0)  # errors of one origin hang together
        if days < 28:
            return (PRIOR_DAYS * believed + origins * max(0.0, excess)) / (PRIOR_DAYS + origins)
        logs = PRIOR_DAYS * math.log(believed) + origins * math.log(max(_LEAST, excess))
        return math.exp(logs / (PRIOR_DAYS + origins))

    soon = measured((1, 7), PRIOR_VARIANCE)
    late = measured((8, 28), soon + 14 * PRIOR_GROWTH) if days >= 28 else soon + 14 * min(PRIOR_GROWTH, soon / 7)
    growth = max(0.0, (late - soon) / 14.0)
    freedom = PRIOR_DAYS + days - 1.0
    wider = freedom / (freedom - 2.0)
    near = max(soon - 3.0 * growth, soon / 2.0)
    few = 1.0 / (days * max(level, 1.0))  # Poisson part of not knowing the level
    return near * (1.0 + 1.0 / days) * wider + few, growth * wider


def _interval(mean: float, relative: float, level: float) -> tuple[int, int]:
    """The middle `level` of the negative binomial with this mean and variance mean + relative * mean**2."""
    if mean <= 0:
        return 0, 0
    low, high = (1.0 - level) / 2.0, 1.0 - (1.0 - level) / 2.0
    deviation = math.sqrt(mean + relative * mean * mean)
    while True:
        top = int(mean + 12.0 * deviation) + 20
        stride = max(1, top // 200_000)
        cumulated = np.cumsum(_negative_binomial(np.arange(0, top + 1, stride), mean, relative))
        cumulated /= cumulated[-1]
        return (
            int(np.searchsorted(cumulated, low, side="left")) * stride,
            int(np.searchsorted(cumulated, high, side="left")) * stride,
        )


def _negative_binomial(numbers: np.ndarray, mean: float, relative: float) -> Reals:
    """Its probabilities at `numbers`, up to one common factor."""
    if relative < 1e-9:
        relative = 1e-9
    size = 1.0 / relative
    whole = np.arange(1, int(numbers[-1]) + 1, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((whole - 1.0 + size) / whole * (mean / (mean + size))))])
    logs = logs[numbers]
    return np.exp(logs - logs.max())


def _notes(past: History, start: dt.date, days: int, profile: bool) -> list[Note]:
    notes = []
    n = len(past.days)
    if n < 14:
        text = f"只有 {n} 天的记录，区间因此很宽：主要凭一般的假定，不是凭这条热线"
        notes.append(
            Note("short_history", text, f"only {n} days of history: the wide interval rests on general beliefs")
        )
    if not past.by_half_hour and not profile:
        text = "记录只有每天的总数：一天之内按平均分摊"
        notes.append(Note("no_half_hours", text, "the history has whole days only: spread evenly over the day"))
    seen = {day.weekday() for day in past.days}
    if any((start + dt.timedelta(days=k)).weekday() not in seen for k in range(min(7, days))):
        text = "有的星期几从没见过：按其余各天估计"
        notes.append(Note("no_weekday", text, "some weekdays were never seen: taken from the other days"))
    if past.partly:
        text = f"有 {len(past.partly)} 天记录不全：只用来看一天之内的起伏"
        notes.append(Note("partly_known", text, f"{len(past.partly)} days are partly recorded: used for profiles only"))
    return notes


def _bad(zh: str, en: str) -> Exception:
    return invalid("arrivals_invalid", zh, en, "请改正后再算", "Correct this and try again")
