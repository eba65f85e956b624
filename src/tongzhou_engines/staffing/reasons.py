"""Why a half hour is short of people: the simplest reason that is proved, or that none is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from tongzhou_engines.staffing.board import SLOTS, Board
from tongzhou_engines.staffing.counts import most_minutes
from tongzhou_engines.staffing.wording import SHORTAGES

__all__ = ["SHORTAGES_SCHEMA", "shortages"]

SHORTAGES_SCHEMA: dict[str, pl.DataType] = {
    "start": pl.Datetime("us"),
    "skill": pl.String(),
    "kind": pl.String(),
    "lacking": pl.Int64(),
    "reason": pl.String(),
    "zh": pl.String(),
    "en": pl.String(),
}


def shortages(board: Board, coverage: pl.DataFrame, least: int, total: int) -> pl.DataFrame:
    """What is lacking (coverage: COVERAGE_SCHEMA) with a reason each.

    least: shortage proved to be inevitable over the whole roster; total: the shortage there is.
    """
    midnight = dt.datetime.combine(board.task.start, dt.time())
    hours: dict[tuple[str, str, int], tuple[int, int]] = {}
    rows = []
    for start, skill, kind, need, _, lacking in coverage.filter(pl.col("lacking") > 0).iter_rows():
        slot = int((start - midnight).total_seconds()) // 1800
        spots = [
            (day, shift)
            for day in range(max(0, slot // SLOTS - 1), slot // SLOTS + 1)
            for shift in range(len(board.shifts))
            if slot in board.slots_of(day, shift)
        ]
        skilled = _skilled(board, skill, kind)
        able = sum(1 for p in skilled if any(board.can[p, day, shift] for day, shift in spots))
        week = int(board.week[slot // SLOTS])
        if (skill, kind, week) not in hours:
            hours[skill, kind, week] = _hours(board, skill, kind, week, skilled)
        asked, given = hours[skill, kind, week]
        values: dict[str, object] = {"able": able, "need": need, "least": least}
        if not spots:
            reason = "no_shift"
        elif able < need - _from_before(board, skill, kind, slot, need):
            reason = "no_people"
        elif asked > given:
            reason = "too_few_hours"
            values |= {"need_hours": f"{asked / 60:g}", "able_hours": f"{given / 60:g}"}
        else:
            reason = "rules_together" if least == total else "not_proved"
        zh, en = SHORTAGES[reason]
        rows.append((start, skill, kind, lacking, reason, zh.format(**values), en.format(**values)))
    return pl.DataFrame(rows, schema=SHORTAGES_SCHEMA, orient="row")


def _skilled(board: Board, skill: str, kind: str) -> list[int]:
    if kind == "seat":
        return [int(p) for p in np.flatnonzero(board.sits[:, board.lines.index(skill)])]
    shows = board.shows[:, board.presents.index(skill)] & board.sits.any(axis=1)
    return [int(p) for p in np.flatnonzero(shows)]


def _from_before(board: Board, skill: str, kind: str, slot: int, need: int) -> int:
    """How much of the need people of the days before the period cover."""
    left = board.seats[board.lines.index(skill)] if kind == "seat" else board.present[board.presents.index(skill)]
    return need - int(left[slot])


def _hours(board: Board, skill: str, kind: str, week: int, skilled: list[int]) -> tuple[int, int]:
    """(minutes asked for, minutes these people can give) in a week; half hours that another week's shifts reach are
    left out of what is asked for.
    """
    needs = board.seats[board.lines.index(skill)] if kind == "seat" else board.present[board.presents.index(skill)]
    days = [day for day in range(board.days) if board.week[day] == week]
    others: set[int] = set()
    for day in {days[0] - 1, days[-1] + 1} & set(range(board.days)):
        for shift in range(len(board.shifts)):
            others.update(board.slots_of(day, shift))
    asked = sum(
        30 * int(needs[slot]) for day in days for slot in range(day * SLOTS, (day + 1) * SLOTS) if slot not in others
    )
    return asked, sum(most_minutes(board, person, week) for person in skilled)
