"""How many seats a line needs in each half hour, from its recorded contacts; and how many people that is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from tongzhou.desks.professionals.models import ArrivalCount, Professional, ServiceLine
from tongzhou.desks.professionals.models.lines import DAY
from tongzhou.desks.professionals.types import PersonState
from tongzhou.kernel.errors import Refusal
from tongzhou_engines.staffing import Line, SpecialDay, Targets, WhatIf, demand_table, forecast_arrivals

__all__ = ["Need", "engine_lines", "open_slots", "people_needed", "seats_needed"]

#: History older than this says little about next week.
_HISTORY = dt.timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Need:
    """frame: start, calls, low, high per half hour (local); demand: the engine's table with its details.

    notes: what limits the forecast, [{code, zh, en}]; history_days: days it rests on (0: a number was typed).
    daily: date, calls, low, high of each day as it was forecast; None when a number was typed.
    """

    frame: pl.DataFrame
    demand: pl.DataFrame
    notes: list[dict[str, str]]
    history_days: int
    daily: pl.DataFrame | None = None


def open_slots(line: ServiceLine, day: dt.date) -> list[dt.datetime]:
    """The half hours of a day (local, naive) in which the line is open."""
    midnight = dt.datetime.combine(day, dt.time())
    found = []
    for slot in range(48):
        minute = slot * 30
        for back in (0, 1):
            window = line.hours.get(str((day.weekday() - back) % 7))
            if window and window[0] <= minute + back * DAY < window[1]:
                found.append(midnight + dt.timedelta(minutes=minute))
                break
    return found


def engine_lines(line: ServiceLine) -> list[Line]:
    """The line's skills as the engine takes them."""
    targets = Targets(
        service_level=line.answer_percent / 100, answer_within_seconds=line.answer_seconds,
        abandonment=line.abandon_percent / 100,
    )  # fmt: skip
    return [
        Line(
            skill=skill.code,
            handle_seconds=skill.handle_seconds,
            patience_seconds=skill.patience_seconds,
            share=skill.share_percent / 100,
            targets=targets,
            least_seats=line.least_seats,
        )
        for skill in line.skills.filter(withdrawn_at=None).order_by("code")
    ]


def _history(line: ServiceLine, start: dt.date) -> pl.DataFrame:
    since = dt.datetime.combine(start, dt.time(), line.zone) - _HISTORY
    rows = ArrivalCount.objects.filter(line=line, start__gte=since, start__lt=since + _HISTORY)
    local = [(at.astimezone(line.zone).replace(tzinfo=None), calls) for at, calls in rows.values_list("start", "calls")]
    return pl.DataFrame(local, schema={"start": pl.Datetime("us"), "calls": pl.Int64()}, orient="row")


def _partly(line: ServiceLine, history: pl.DataFrame) -> list[dt.date]:
    """The first and the last day of the record when they are not whole: counting began or stands in the middle.

    Learnt from they would pass for quiet days. Records of whole days, and a record of nothing else, are left as they
    are.
    """
    starts = set(history["start"].to_list())
    days = {at.date() for at in starts}
    edges = [
        day
        for day in sorted({min(days), max(days)})
        if len(starts) > len(days) and any(at not in starts for at in open_slots(line, day))
    ]
    return edges if len(days) > len(edges) else []


def _flat(line: ServiceLine, start: dt.date, days: int, daily: float, what_if: list[WhatIf]) -> pl.DataFrame:
    """So many a day, spread evenly over the open half hours: all that can be said without a record."""
    rows = []
    for n in range(days):
        slots = open_slots(line, start + dt.timedelta(days=n))
        for at in slots:
            times = 1.0
            for one in what_if:
                times *= one.factor if one.start <= at and (one.end is None or at < one.end) else 1.0
            calls = daily / len(slots) * times
            rows.append((at, calls, int(calls * 0.5), int(calls * 2) + 1))
    schema = {"start": pl.Datetime("us"), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def seats_needed(line: ServiceLine, start: dt.date, days: int, asked: dict[str, Any]) -> Need:
    """Seats per half hour and skill. `asked`: factor (what if), factor_from (date), column, daily.

    Raises ``roster_arrivals`` when nothing is known; InputError of the engine for a history that cannot be read.
    """
    factor = float(asked.get("factor") or 1)
    since = dt.date.fromisoformat(asked["factor_from"]) if asked.get("factor_from") else start
    what_if = [WhatIf(factor, dt.datetime.combine(since, dt.time()))] if factor != 1 else []
    history, daily = _history(line, start), float(asked.get("daily") or 0)
    notes: list[dict[str, str]] = []
    by_day: pl.DataFrame | None = None
    if daily > 0 or history.is_empty():
        if daily <= 0:
            raise Refusal("roster_arrivals")
        frame, history_days = _flat(line, start, days, daily, what_if), 0
        notes.append({
            "code": "no_history", "zh": "没有来话记录：按您填的每天次数平均分到开放时间，高低是猜的。",
            "en": "No record of contacts: the number a day is spread evenly over the open hours, high and low are "
            "guesses.",
        })  # fmt: skip
    else:
        special = [SpecialDay(dt.date.fromisoformat(day), factor=0.0) for day in asked.get("closed", [])]
        made = forecast_arrivals(
            history, start=start, days=days, what_if=what_if, special=special, leave_out=_partly(line, history)
        )
        frame, by_day, history_days = made.frame, made.daily, made.history_days
        notes += [{"code": note.code, "zh": note.zh, "en": note.en} for note in made.notes]
    slots = {at for n in range(days) for at in open_slots(line, start + dt.timedelta(days=n))}
    frame = _opened(frame, slots)
    demand = demand_table(frame, engine_lines(line), column=asked.get("column") or "calls")
    return Need(frame, demand, notes, history_days, by_day)


def _opened(frame: pl.DataFrame, slots: set[dt.datetime]) -> pl.DataFrame:
    """Every open half hour once: those the forecast says nothing about expect nobody (two seats stay)."""
    wanted = pl.DataFrame({"start": sorted(slots)}, schema={"start": pl.Datetime("us")})
    joined = wanted.join(frame, on="start", how="left")
    return joined.with_columns(pl.col("calls").fill_null(0.0), pl.col("low").fill_null(0), pl.col("high").fill_null(0))


def people_needed(line: ServiceLine, need: Need, days: int) -> tuple[int, int, dict[str, Any]]:
    """(people the need asks for, people there are, the arithmetic in numbers).

    Seat hours a week divided by the hours the people there work in a week (20 when nobody is there yet), one fifth more
    for rest, illness and shifts that do not fit: the roster itself is the exact answer.
    """
    seat_hours = float(need.demand.filter(pl.col("kind") == "seat")["seats"].sum() or 0) / 2
    weekly = seat_hours * 7 / max(1, days)
    rows = Professional.objects.filter(line=line, state__in=[PersonState.ACTIVE, PersonState.TRAINED])
    minutes = list(rows.values_list("week_minutes", flat=True))
    each = sum(minutes) / len(minutes) / 60 if minutes else 20.0
    wanted = -(-weekly * 1.2 // each)
    basis = {
        "seat_hours_a_week": round(weekly, 1), "hours_each": round(each, 1), "reserve_percent": 20,
        "history_days": need.history_days,
    }  # fmt: skip
    return int(wanted), len(minutes), basis
