"""What callers of a roster will meet, day by day: people present, calls expected, Erlang A in each half hour."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tongzhou_engines.staffing.inputs import Line, invalid
from tongzhou_engines.staffing.seats import figures

__all__ = ["SERVICE_SCHEMA", "expected_service"]

SERVICE_SCHEMA: dict[str, pl.DataType] = {
    "date": pl.Date(),
    "skill": pl.String(),
    "calls": pl.Float64(),
    "in_time": pl.Float64(),
    "given_up": pl.Float64(),
}


def expected_service(coverage: pl.DataFrame, demand: pl.DataFrame, lines: Sequence[Line]) -> pl.DataFrame:
    """Calls expected, answered within the line's time, and given up, by day and skill: SERVICE_SCHEMA.

    coverage: COVERAGE_SCHEMA of a roster (rows of kind "seat"); demand: columns start, skill, kind, calls (per half
    hour, as `demand_table` gives them); lines: what each skill promises and how long its calls take. Each half hour is
    taken for itself, as if it had always been so; with nobody there everybody gives up. Errors: line_invalid for a
    skill that no line explains.
    """
    by_skill = {line.skill: line for line in lines}
    there = coverage.filter(pl.col("kind") == "seat").select("start", "skill", "present")
    wanted = demand.filter(pl.col("kind") == "seat").select("start", "skill", "calls")
    known: dict[tuple[str, int, float], tuple[float, float]] = {}
    rows = []
    joined = wanted.join(there, on=["start", "skill"], how="left").with_columns(pl.col("present").fill_null(0))
    for start, skill, calls, present in joined.sort("start", "skill").iter_rows():
        if skill not in by_skill:
            raise invalid(
                "line_invalid",
                f"不知道“{skill}”的通话多长、等多久",
                f"nothing is said of the calls of “{skill}”",
                "请给出这条热线",
                "Give this line too",
            )
        if (skill, present, calls) not in known:
            known[skill, present, calls] = _shares(calls, by_skill[skill], present)
        in_time, given_up = known[skill, present, calls]
        rows.append((start.date(), skill, calls, calls * in_time, calls * given_up))
    table = pl.DataFrame(rows, schema=SERVICE_SCHEMA, orient="row")
    return table.group_by("date", "skill", maintain_order=True).agg(pl.col("calls", "in_time", "given_up").sum())


def _shares(calls: float, line: Line, present: int) -> tuple[float, float]:
    """(answered in time, given up) of the calls of a half hour."""
    if present < 1:
        return 0.0, 1.0
    told = figures(calls, line, present)
    return told.service_level, told.abandonment
