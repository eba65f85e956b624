"""The history of calls, brought to half hours and days, with what is missing kept apart from zero."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tongzhou_engines.staffing.inputs import ARRIVALS_SCHEMA, HALF_HOUR, half_hours, invalid

__all__ = ["SLOTS", "History", "count_arrivals", "read_history"]

Reals = npt.NDArray[np.float64]
#: Half hours of a day.
SLOTS = 48
_DAY = 1440


@dataclass(frozen=True, slots=True)
class History:
    """Calls by day and half hour.

    days: dates in order; counts: float[days, 48], NaN where the history says nothing (closed or not recorded);
    daily: float[days], calls of the day; partly: days that lack a half hour which other days of the weekday have;
    by_half_hour: False when only whole days are known.
    """

    days: tuple[dt.date, ...]
    counts: Reals
    daily: Reals
    by_half_hour: bool
    partly: frozenset[dt.date]

    @property
    def weekdays(self) -> npt.NDArray[np.int64]:
        """0 Monday .. 6 Sunday of each day."""
        return np.array([day.weekday() for day in self.days], dtype=np.int64)


def count_arrivals(times: Sequence[dt.datetime], *, since: dt.datetime, until: dt.datetime) -> pl.DataFrame:
    """Calls per half hour, zeros included, from the moments at which they came.

    times: local, any order; since, until: the line was watched from `since` until before `until` (whole half hours).
    Out: ARRIVALS_SCHEMA. Errors: InputError arrivals_invalid when a call lies outside.
    """
    for edge in (since, until):
        if edge.minute % 30 or edge.second or edge.microsecond:
            raise _bad(f"{edge} 不是整半小时", f"{edge} is not a whole half hour")
    outside = next((time for time in times if not since <= time < until), None)
    if outside is not None:
        raise _bad(
            f"{outside} 的来电不在 {since} 到 {until} 之间", f"a call at {outside} is not between {since} and {until}"
        )
    counts = dict.fromkeys(half_hours(since, until), 0)
    for time in times:
        counts[time.replace(minute=time.minute // 30 * 30, second=0, microsecond=0)] += 1
    return pl.DataFrame(list(counts.items()), schema=ARRIVALS_SCHEMA, orient="row")


def read_history(history: pl.DataFrame, minutes: int | None, leave_out: Sequence[dt.date]) -> History:
    """The table of calls as days x half hours.

    history: start and calls, one row an interval, in any order; minutes: length of the intervals, a divisor of 30, or
    a multiple of it that divides a day (spread evenly), or 1440 (whole days); None: the shortest step in the table.
    """
    for name in ("start", "calls"):
        if name not in history.columns:
            raise _bad(f"缺少 {name} 列", f"column {name} is missing")
    table = history.select(pl.col("start").cast(pl.Datetime("us")), pl.col("calls").cast(pl.Float64)).sort("start")
    _check_rows(table)
    starts, calls = table["start"].to_list(), table["calls"].to_list()
    length = minutes or _step(starts)
    if not (30 % length == 0 or (length % 30 == 0 and _DAY % length == 0)):
        raise _bad(f"时段长 {length} 分钟，排不成半小时", f"intervals of {length} minutes do not make half hours")
    cells: dict[tuple[dt.date, int], list[float]] = {}
    dropped = frozenset(leave_out)
    for start, count in zip(starts, calls, strict=True):
        minute = start.hour * 60 + start.minute
        if minute % length or start.second or start.microsecond:
            raise _bad(f"{start} 不在 {length} 分钟的格子上", f"{start} is not on a grid of {length} minutes")
        if start.date() in dropped:
            continue
        parts = max(1, length // 30)
        for n in range(parts):
            cells.setdefault((start.date(), minute // 30 + n), []).append(count / parts)
    if not cells:
        raise _bad("没有留下一天的来电记录", "no day of history is left")
    return _history(cells, max(1, 30 // length), length < _DAY)


def _history(cells: dict[tuple[dt.date, int], list[float]], parts: int, by_half_hour: bool) -> History:
    days = sorted({day for day, _ in cells})
    counts = np.full((len(days), SLOTS), np.nan)
    row = {day: n for n, day in enumerate(days)}
    for (day, slot), found in cells.items():
        if len(found) == parts:  # a half hour of which a part is missing is unknown, not small
            counts[row[day], slot] = sum(found)
    known = ~np.isnan(counts)
    usual = {w: known[[d.weekday() == w for d in days]].any(axis=0) for w in range(7)}
    partly = frozenset(day for n, day in enumerate(days) if (usual[day.weekday()] & ~known[n]).any())
    if not known.any(axis=1).all():
        keep = known.any(axis=1)
        days, counts = [d for d, k in zip(days, keep, strict=True) if k], counts[keep]
    if not days:
        raise _bad("没有一个完整的半小时", "no half hour is complete")
    return History(tuple(days), counts, np.nansum(counts, axis=1), by_half_hour, partly & frozenset(days))


def _check_rows(table: pl.DataFrame) -> None:
    if table.height == 0:
        raise _bad("来电记录是空的", "the history of calls is empty")
    bad = table.filter(pl.col("start").is_null() | pl.col("calls").is_null() | ~pl.col("calls").is_between(0, 1e7))
    if bad.height:
        start, calls = bad.row(0)
        raise _bad(f"{start} 的来电数 {calls} 不是 0 或更大的数", f"the calls at {start} are {calls}, not 0 or more")
    double = table.filter(pl.col("start").is_duplicated())
    if double.height:
        raise _bad(f"{double.row(0)[0]} 出现了两次", f"{double.row(0)[0]} occurs twice")


def _step(starts: list[dt.datetime]) -> int:
    """The shortest step between rows, in minutes; a single row is a day when it starts at midnight."""
    if len(starts) == 1:
        return _DAY if starts[0].time() == dt.time() else HALF_HOUR.seconds // 60
    step = min(b - a for a, b in itertools.pairwise(starts))
    return max(1, min(_DAY, int(step.total_seconds()) // 60))


def _bad(zh: str, en: str) -> Exception:
    return invalid("arrivals_invalid", zh, en, "请改正来电记录后再算", "Correct the history of calls and try again")
