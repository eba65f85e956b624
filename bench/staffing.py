"""Forecast, seats, roster and a simulation of it: how near, how fast.

    PYTHONPATH=src python bench/staffing.py [--calls FILE] [--people 300] [--days 28] [--peak 100] [--seconds 480]
                                            [--only forecast roster line]

forecast: --calls names a table of calls per five minutes (start, calls; default: the 2003 bank calls beside the
repository, if they are there). Each month's last weeks are foreseen from what came before; printed: how many half
hours fell into the 90 % interval. line: the shape of those calls, brought down to a volunteer line, is foreseen,
staffed, rostered and simulated call by call (SimPy); engine and simulation are set side by side, per day. roster: a
made-up line of --people people over --days days (tests/engines/staffing/staffing_world.py); printed: status, proof,
seconds, processor seconds, fairness, and the smallest repair when somebody falls ill.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests/engines/staffing")]

from line_simulation import simulate  # noqa: E402
from staffing_world import MONDAY, task_of, weekly_windows  # noqa: E402

from tongzhou_engines.staffing import (  # noqa: E402
    DEMAND_SCHEMA,
    Absence,
    Line,
    Person,
    RosterTask,
    Rules,
    Shift,
    Targets,
    check_roster,
    demand_table,
    figures,
    forecast_arrivals,
    make_roster,
    repair_roster,
)

CALLS = ROOT.parent / "shared/data/hotline/bank_calls_5min_2003.csv"
LINE = Line("line", 420.0, 150.0, targets=Targets(0.8, 20.0))
SHIFTS = tuple(
    Shift(f"{hour:02d}{'ab'[n]}", hour * 60, 480, ((180 + 60 * n, 30),), night=False)
    for hour in (7, 9, 11, 13)
    for n in range(2)
)


def half_hourly(path: Path) -> pl.DataFrame:
    """Calls per half hour of a table of calls per five minutes."""
    table = pl.read_csv(path, try_parse_dates=True)
    return table.group_by(pl.col("start").dt.truncate("30m")).agg(pl.col("calls").sum()).sort("start")


def bench_forecast(history: pl.DataFrame) -> None:
    """Coverage of the 90 % interval on weeks that were held out."""
    print("forecast   from        days  half hours in  days in  width   error  seconds")
    for cut in (dt.date(2003, 4, 14), dt.date(2003, 5, 12), dt.date(2003, 6, 9), dt.date(2003, 7, 7)):
        for back in (5, 12, 400):
            edge = dt.datetime.combine(cut, dt.time())
            past = history.filter(pl.col("start") < edge, pl.col("start") >= edge - dt.timedelta(days=back))
            begun = time.process_time()
            told = forecast_arrivals(past, start=cut, days=14)
            seconds = time.process_time() - begun
            both = told.frame.join(history.rename({"calls": "came"}), on="start")
            days = told.daily.join(
                history.group_by(pl.col("start").dt.date().alias("date")).agg(pl.col("calls").sum().alias("came")),
                on="date",
            )
            held, day_held = (t.select(pl.col("came").is_between("low", "high").mean()).item() for t in (both, days))
            width = both.select(((pl.col("high") - pl.col("low")) / pl.col("calls")).mean()).item()
            off = both.select((pl.col("came") - pl.col("calls")).abs().sum() / pl.col("came").sum()).item()
            print(
                f"           {cut}  {told.history_days:4}  {held:13.1%}  {day_held:7.1%}  {width:5.2f}  {off:6.1%}"
                f"  {seconds:7.2f}"
            )


def bench_line(history: pl.DataFrame, seconds: float) -> None:
    """A week of the real shape: foreseen, staffed, rostered, simulated."""
    factor = 60.0 / history["calls"].max()
    small = history.with_columns((pl.col("calls") * factor).round().cast(pl.Int64))
    cut, days = dt.date(2003, 7, 7), 5
    told = forecast_arrivals(small.filter(pl.col("start") < dt.datetime.combine(cut, dt.time())), start=cut, days=days)
    frame = told.frame.filter(pl.col("start").dt.weekday() <= 5)
    demand = demand_table(frame, [LINE]).select(DEMAND_SCHEMA.keys())
    hours = dict.fromkeys(range(5), (0, 1440))
    people = tuple(
        Person(
            f"p{n:02d}",
            frozenset({"line", "supervisor"} if n % 4 == 0 else {"line"}),
            weekly_windows(cut, days, hours),
        )
        for n in range(60)
    )
    task = RosterTask(cut, days, people, SHIFTS, demand, Rules())
    made = make_roster(task, seconds=seconds)
    print(
        f"line       roster of {days} days, 60 people: {made.status}, {made.minutes / 60:.0f} h, {made.seconds:.0f} s"
    )
    for row in made.shortages.group_by("reason", "skill").agg(pl.col("lacking").sum(), pl.col("start").min()).rows():
        print("           short:", *row)
    there = made.coverage.filter(pl.col("kind") == "seat").select("start", pl.col("present").alias("seats"))
    both = frame.join(there, on="start").sort("start").with_columns(pl.col("start").dt.date().alias("date"))
    day_of = both.filter(pl.col("seats") > 0).partition_by("date", maintain_order=True)
    print("           day         engine: in time  hung up   simulated: in time  hung up   differ (points)")
    total = [0.0] * 5
    for day in day_of:
        calls, seats = day["calls"].to_list(), day["seats"].to_list()
        meant = [figures(c, LINE, s) for c, s in zip(calls, seats, strict=True)]
        runs = [simulate(calls, seats, LINE.handle_seconds, LINE.patience_seconds, 20.0, seed=n) for n in range(10)]
        offered = sum(sum(run.offered) for run in runs)
        row = (
            sum(calls),
            sum(m.service_level * c for m, c in zip(meant, calls, strict=True)),
            sum(m.abandonment * c for m, c in zip(meant, calls, strict=True)),
            sum(calls) * sum(sum(run.in_time) for run in runs) / offered,
            sum(calls) * sum(sum(run.hung_up) for run in runs) / offered,
        )
        total = [t + r for t, r in zip(total, row, strict=True)]
        _line(str(day["date"][0]), row)
    _line("all", total)


def _line(name: str, row: list[float] | tuple[float, ...]) -> None:
    level, lost, simulated, simulated_lost = (part / row[0] for part in row[1:])
    print(
        f"           {name:<10}  {level:15.2%}  {lost:7.2%}   {simulated:18.2%}  {simulated_lost:7.2%}"
        f"   {100 * (simulated - level):+.2f}  {100 * (simulated_lost - lost):+.2f}"
    )


def bench_roster(people: int, days: int, peak: float, seconds: float) -> None:
    """A made-up line: the whole roster, then one person ill for three days."""
    task = task_of(people, days, peak, wishes=people // 5)
    begun = time.process_time()
    made = make_roster(task, seconds=seconds, watch=lambda step, done, of: print(f"           {step}", flush=True))
    busy = time.process_time() - begun
    told = check_roster(task, made.assignments)
    print(
        f"roster     {people} people, {days} days: {made.status}, shortage {made.shortage} of at least"
        f" {made.least_shortage},"
        f" {made.assignments.height} shifts, {made.minutes / 60:.0f} h; faults by the check: {len(told.faults)}"
    )
    print(f"           {made.seconds:.0f} s, {busy:.0f} processor s, stopped by time: {made.stopped_by_time}")
    print(f"           {made.fairness}")
    ill = made.assignments.filter(pl.col("date") == MONDAY + dt.timedelta(days=9))["person"][0]
    first = dt.datetime.combine(MONDAY + dt.timedelta(days=9), dt.time())
    mended = repair_roster(task, made.assignments, [Absence(ill, first, first + dt.timedelta(days=3))])
    print(
        f"repair     three days ill: {mended.status}, {mended.moves_made} moves, fewer than {mended.least_moves} proved"
        f" impossible, {mended.seconds:.0f} s"
    )


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=Path, default=CALLS)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--peak", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=480.0)
    parser.add_argument("--only", nargs="+", choices=["forecast", "line", "roster"], default=None)
    options = parser.parse_args()
    wanted = options.only or ["forecast", "line", "roster"]
    if not options.calls.is_file() and set(wanted) & {"forecast", "line"}:
        print(f"no table of calls at {options.calls}: only the roster")
        wanted = ["roster"]
    if "forecast" in wanted:
        bench_forecast(half_hourly(options.calls))
    if "line" in wanted:
        bench_line(half_hourly(options.calls), options.seconds)
    if "roster" in wanted:
        bench_roster(options.people, options.days, options.peak, options.seconds)


if __name__ == "__main__":
    main()
