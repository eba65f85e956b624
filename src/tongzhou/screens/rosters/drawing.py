"""A day's coverage as a drawing of plain SVG attributes, and the grid of people and days."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from tongzhou.desks.professionals.models import Professional, Roster, Shift

__all__ = ["Bar", "Grid", "bars_of", "grid_of"]

#: Units of the drawing: width of a half hour, height of a seat at most, height of the whole.
WIDTH, TALL = 12, 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One half hour of one skill: how many sit there, how many are needed; and where it stands in the drawing."""

    start: dt.datetime
    required: int
    present: int
    lacking: int
    x: int
    height: int
    y: int
    need_y: int


def bars_of(coverage: pl.DataFrame, skill: str, kind: str, day: dt.date) -> list[Bar]:
    """The half hours of a day."""
    rows = coverage.filter(
        (pl.col("skill") == skill) & (pl.col("kind") == kind) & (pl.col("start").dt.date() == day)
    ).sort("start")
    most = max([1, *rows["required"].to_list(), *rows["present"].to_list()])
    scale = TALL // most if most <= TALL else 1
    found = []
    for row in rows.iter_rows(named=True):
        at: dt.datetime = row["start"]
        height, need = row["present"] * scale, row["required"] * scale
        x = (at.hour * 2 + at.minute // 30) * WIDTH
        found.append(Bar(at, row["required"], row["present"], row["lacking"], x, height, TALL - height, TALL - need))
    return found


@dataclass(frozen=True, slots=True)
class Grid:
    """days: (date, is weekend); rows: (professional, cells, hours); a cell is a list of (kind, skill label, hole)."""

    days: list[tuple[dt.date, bool]]
    rows: list[tuple[Professional, list[list[tuple[str, str, str]]], int]]


def grid_of(roster: Roster, skills: dict[str, str], only: uuid.UUID | None = None) -> Grid:
    """People x days of a roster as it holds now (of a draft: as it was made). Two queries."""
    days = [roster.start + dt.timedelta(days=n) for n in range(roster.days)]
    rows: Any = Shift.objects.filter(roster=roster, withdrawn_at=None).select_related("professional")
    cells: dict[Professional, dict[dt.date, list[tuple[str, str, str]]]] = defaultdict(lambda: defaultdict(list))
    hours: dict[Professional, float] = defaultdict(float)
    for one in rows.filter(professional=only) if only else rows:
        cells[one.professional][one.date].append((one.kind, skills.get(one.skill, one.skill), one.hole_code))
        hours[one.professional] += (one.ends_at - one.starts_at).total_seconds() / 3600
    people = sorted(cells, key=lambda person: person.alias)
    return Grid(
        [(day, day.weekday() >= 5) for day in days],
        [(person, [cells[person][day] for day in days], round(hours[person])) for person in people],
    )
