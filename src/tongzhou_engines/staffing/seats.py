"""How many seats a line needs so that every promise holds, for one half hour or for a whole forecast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from tongzhou_engines.staffing.inputs import DEMAND_SCHEMA, Line, between, invalid
from tongzhou_engines.staffing.queues import LineFigures, erlang_a, erlang_c

__all__ = ["DEMAND_DETAILS", "SeatsNeeded", "agents_needed", "demand_table", "figures"]

#: Columns that `demand_table` gives beside those of the demand.
DEMAND_DETAILS: dict[str, pl.DataType] = {
    "calls": pl.Float64(),
    "driven_by": pl.String(),
    "service_level": pl.Float64(),
    "abandonment": pl.Float64(),
    "occupancy": pl.Float64(),
    "wait_seconds": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class SeatsNeeded:
    """The fewest seats that keep every target. driven_by: the target that asks for most (least_seats, service_level,
    abandonment or occupancy); figures: how the line does with these seats, service_level counted as the target says.
    """

    seats: int
    driven_by: str
    figures: LineFigures
    service_level: float


def figures(calls: float, line: Line, seats: int) -> LineFigures:
    """How `line` does with `seats` seats and `calls` calls per half hour: Erlang A, or C without a patience."""
    within = line.targets.answer_within_seconds
    if line.patience_seconds is None:
        return erlang_c(calls, line.handle_seconds, seats, within)
    return erlang_a(calls, line.handle_seconds, line.patience_seconds, seats, within)


def counted_level(found: LineFigures, counted: str) -> float:
    """The service level with the denominator that the target names."""
    if counted == "answered":
        return found.service_level_answered
    return found.service_level_patient if counted == "patient" else found.service_level


def agents_needed(calls: float, line: Line) -> SeatsNeeded:
    """The fewest seats that keep every target of `line`, never fewer than its least.

    calls: calls of this line per half hour (its `share` is not applied here). Each target alone is monotone in the
    seats, so each gives a least number by bisection, and the greatest of them is the answer. Errors: line_invalid.
    """
    between("calls", calls, 0.0, 100_000.0)
    known: dict[int, LineFigures] = {}

    def at(seats: int) -> LineFigures:
        if seats not in known:
            known[seats] = figures(calls, line, seats)
        return known[seats]

    targets = line.targets
    keeps: list[tuple[str, Callable[[LineFigures], bool]]] = []
    if (level := targets.service_level) is not None:
        keeps.append(("service_level", lambda f: counted_level(f, targets.counted) >= level))
    if (hung_up := targets.abandonment) is not None and line.patience_seconds is not None:
        keeps.append(("abandonment", lambda f: f.abandonment <= hung_up))
    if (busy := targets.occupancy) is not None:
        keeps.append(("occupancy", lambda f: f.occupancy <= busy))
    if line.patience_seconds is None:
        keeps.append(("occupancy", lambda f: f.load < f.seats))
    best, driven = line.least_seats, "least_seats"
    for name, kept in keeps:
        least = _fewest(at, kept, best)
        if least > best:
            best, driven = least, name
    return SeatsNeeded(best, driven, at(best), counted_level(at(best), targets.counted))


def _fewest(at: Callable[[int], LineFigures], kept: Callable[[LineFigures], bool], least: int) -> int:
    """The fewest seats from `least` on for which `kept` holds (it holds for every greater number too)."""
    if kept(at(least)):
        return least
    low, high = least, max(least + 1, int(at(least).load) + 2)
    while not kept(at(high)):
        low, high = high, high + max(1, high // 4)
    while high - low > 1:
        middle = (low + high) // 2
        if kept(at(middle)):
            high = middle
        else:
            low = middle
    return high


def demand_table(forecast: pl.DataFrame, lines: Sequence[Line], *, column: str = "calls") -> pl.DataFrame:
    """Seats per half hour and line.

    forecast: columns start (half hours) and `column`: calls per half hour of all lines together; "calls" staffs for
    what is expected, "high" for the upper end of the interval. Out: DEMAND_SCHEMA and DEMAND_DETAILS, by start and
    line. Errors: InputError line_invalid, arrivals_invalid.
    """
    skills = [line.skill for line in lines]
    if not lines or len(set(skills)) < len(skills):
        raise invalid(
            "line_invalid",
            "没有给出热线，或两条热线同名",
            "no line is given, or two have one name",
            "请给每条热线一个自己的名称",
            "Give each line a name of its own",
        )
    for name in ("start", column):
        if name not in forecast.columns:
            raise invalid(
                "arrivals_invalid",
                f"预测表里没有 {name} 列",
                f"the forecast has no column {name}",
                "请给出 forecast_arrivals 的 frame",
                "Give the frame of forecast_arrivals",
            )
    rows = []
    found: dict[tuple[int, float], SeatsNeeded] = {}
    for start, calls in forecast.sort("start").select("start", pl.col(column).cast(pl.Float64)).iter_rows():
        for n, line in enumerate(lines):
            rate = round(calls * line.share, 6)
            if (n, rate) not in found:
                found[n, rate] = agents_needed(rate, line)
            need = found[n, rate]
            told = need.figures
            details = (need.service_level, told.abandonment, told.occupancy, told.mean_wait_seconds)
            rows.append((start, line.skill, "seat", need.seats, rate, need.driven_by, *details))
    return pl.DataFrame(rows, schema=DEMAND_SCHEMA | DEMAND_DETAILS, orient="row")
