"""A made-up hotline for tests and the bench: two lines, a dialect, supervisors, people with quite different times."""

import datetime as dt
import math
import random

import polars as pl

from tongzhou_engines.staffing import (
    ASSIGNMENTS_SCHEMA,
    DEMAND_SCHEMA,
    Line,
    Person,
    RosterTask,
    Rules,
    Shift,
    Targets,
    Wish,
    demand_table,
    weekly_windows,
)

MONDAY = dt.date(2020, 3, 2)
LINES = (
    Line("counselling", handle_seconds=900.0, patience_seconds=240.0, share=0.6, targets=Targets(0.8, 30.0)),
    Line("medical", handle_seconds=360.0, patience_seconds=180.0, share=0.4, targets=Targets(0.8, 30.0)),
)
SHIFTS = (
    Shift("A1", 7 * 60, 480, ((180, 30),)),
    Shift("A2", 7 * 60, 480, ((240, 30),)),
    Shift("B1", 15 * 60, 480, ((180, 30),)),
    Shift("B2", 15 * 60, 480, ((240, 30),)),
    Shift("D", 9 * 60, 480, ((210, 60),)),
    Shift("E", 18 * 60, 240),
    Shift("N1", 23 * 60, 480, ((180, 60),)),
    Shift("N2", 23 * 60, 480, ((300, 60),)),
)


def curve(days: int, peak: float, start: dt.date = MONDAY) -> pl.DataFrame:
    """Calls per half hour: quiet nights, two humps, fewer at weekends."""
    rows = []
    for day in range(days):
        date = start + dt.timedelta(days=day)
        for slot in range(48):
            hour = slot / 2
            shape = 0.12 + 0.75 * math.exp(-(((hour - 11) / 3.5) ** 2)) + 0.9 * math.exp(-(((hour - 20) / 2.5) ** 2))
            calls = peak * shape * (0.8 if date.weekday() >= 5 else 1.0)
            rows.append((dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=30 * slot), calls))
    return pl.DataFrame(rows, schema={"start": pl.Datetime("us"), "calls": pl.Float64()}, orient="row")


def people_of(count: int, days: int, seed: int = 7, start: dt.date = MONDAY) -> tuple[Person, ...]:
    """People: half free at any time, a fifth on weekdays only, the rest some evenings and weekends."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        skills = {"counselling"} if n % 10 < 6 else {"medical"} if n % 10 < 9 else {"counselling", "medical"}
        skills |= {"supervisor"} if n % 8 == 0 else set()
        skills |= {"dialect"} if rng.random() < 0.25 else set()
        kind = rng.random()
        if kind < 0.5:
            hours, limit = dict.fromkeys(range(7), (0, 1440)), 2400
        elif kind < 0.7:
            hours, limit = dict.fromkeys(range(5), (6 * 60, 23 * 60)), 2400
        else:
            hours = dict.fromkeys(sorted(rng.sample(range(7), 4)), (14 * 60, 1440 + 8 * 60))
            limit = 1440
        made.append(Person(f"p{n:03d}", frozenset(skills), weekly_windows(start, days, hours), limit))
    return tuple(made)


def task_of(count: int, days: int, peak: float, *, seed: int = 7, wishes: int = 0) -> RosterTask:
    """A whole task; the night before the period is staffed, so that its first morning is covered."""
    people = people_of(count, days, seed)
    demand = demand_table(curve(days, peak), LINES).select(DEMAND_SCHEMA.keys())
    shown = demand.filter(pl.col("skill") == "counselling", pl.col("start").dt.hour().is_between(9, 20))
    shown = shown.with_columns(
        pl.lit("dialect").alias("skill"), pl.lit("present").alias("kind"), pl.lit(1).alias("seats")
    )
    rng = random.Random(seed + 1)
    asked = tuple(
        Wish(people[rng.randrange(count)].code, MONDAY + dt.timedelta(days=rng.randrange(days))) for _ in range(wishes)
    )
    before = _before(people, demand)
    return RosterTask(
        MONDAY, days, people, SHIFTS, pl.concat([demand, shown.cast(demand.schema)]), Rules(), (), asked, before
    )


def _before(people: tuple[Person, ...], demand: pl.DataFrame) -> pl.DataFrame:
    """Nights of the Sunday before, enough for the first seven hours."""
    first = dt.datetime.combine(MONDAY, dt.time())
    rows = []
    used = set()
    for skill in ("counselling", "medical"):
        early = demand.filter(
            pl.col("skill") == skill, pl.col("start") >= first, pl.col("start") < first + dt.timedelta(hours=7)
        )
        most = early["seats"].max()
        free = [p for p in people if skill in p.skills and p.week_minutes == 2400 and p.code not in used]
        free.sort(key=lambda p: "supervisor" not in p.skills)
        for n, person in enumerate(free[: 2 * most]):
            rows.append((person.code, MONDAY - dt.timedelta(days=1), "N1" if n % 2 else "N2", skill))
            used.add(person.code)
    return pl.DataFrame(rows, schema=ASSIGNMENTS_SCHEMA, orient="row")
