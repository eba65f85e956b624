"""A published roster after it was published: somebody falls ill, two people want to swap."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tongzhou_engines.staffing.board import Board, Placed, Whole, build_board, table_of
from tongzhou_engines.staffing.check import RosterFault, check_roster
from tongzhou_engines.staffing.counts import Budget
from tongzhou_engines.staffing.inputs import Absence, RosterTask, invalid
from tongzhou_engines.staffing.mending import days_reaching, lacking_slots, mend
from tongzhou_engines.staffing.reasons import shortages

__all__ = ["MOVES_SCHEMA", "Repair", "Swap", "repair_roster", "swap_allowed"]

#: move: "absent" (a shift of somebody absent falls away), "added", "removed" or "changed".
MOVES_SCHEMA: dict[str, pl.DataType] = {
    "move": pl.String(),
    "person": pl.String(),
    "date": pl.Date(),
    "shift_before": pl.String(),
    "skill_before": pl.String(),
    "shift": pl.String(),
    "skill": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Repair:
    """assignments, moves (MOVES_SCHEMA): the new roster and how it differs; task: the old one with the absences.

    status: "complete" (nothing lacks that did not before) or "short". moves_made: moves of people who are there;
    least_moves: fewer are proved impossible; proved: the two are equal. new_shortage: seat half hours lacking beyond
    what the published roster lacked; shortages: SHORTAGES_SCHEMA of all that is lacking.
    """

    task: RosterTask
    assignments: pl.DataFrame
    moves: pl.DataFrame
    status: str
    moves_made: int
    least_moves: int
    new_shortage: int
    shortages: pl.DataFrame
    seconds: float

    @property
    def proved(self) -> bool:
        """Whether no repair with this shortage has fewer moves."""
        return self.moves_made == self.least_moves


@dataclass(frozen=True, slots=True)
class Swap:
    """allowed; faults: the rules that the swap would newly break; assignments: the roster with the swap made."""

    allowed: bool
    faults: tuple[RosterFault, ...]
    assignments: pl.DataFrame


def repair_roster(
    task: RosterTask,
    assignments: pl.DataFrame,
    absences: Sequence[Absence],
    *,
    seed: int = 0,
    effort: float = 1.0,
    seconds: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> Repair:
    """The published roster without the absent, changed as little as possible so that nothing new is lacking.

    task: what `assignments` was made for; absences: new ones. Everything before the first half hour that an absence
    touches may still move: give a task that begins today when the past must stand. Errors: InputError roster_invalid
    when the published roster itself breaks a person's rule.
    """
    begun = clock()
    budget = Budget(seed, effort, begun + seconds, clock)
    checked = check_roster(task, assignments)
    broken = next((fault for fault in checked.faults if fault.person), None)
    if broken is not None:
        raise invalid(
            "roster_invalid",
            f"发布的排班本身不成立：{broken.zh}",
            f"the published roster itself does not hold: {broken.en}",
            "请先改正它",
            "Correct it first",
        )
    changed = dataclasses.replace(task, absences=(*task.absences, *absences))
    board = build_board(changed)
    before = _placed(board, assignments)
    left = {spot: work for spot, work in before.items() if board.can[spot[0], spot[1], work[0]]}
    lack_before = lacking_slots(board, before)
    placed, least = _refill(board, left, lack_before, budget)
    table = table_of(board, placed)
    again = check_roster(changed, table)
    wrong = next((fault for fault in again.faults if fault.person), None)
    if wrong is not None:
        raise ArithmeticError(f"the repair does not hold: {wrong.en}")
    moves = _moves(board, before, placed)
    made = moves.filter(pl.col("move") != "absent").height
    new = again.shortage - checked.shortage
    return Repair(
        task=changed,
        assignments=table,
        moves=moves,
        status="complete" if new <= 0 else "short",
        moves_made=made,
        least_moves=min(least, made),
        new_shortage=max(0, new),
        shortages=shortages(board, again.coverage, -1, again.shortage),
        seconds=clock() - begun,
    )


def swap_allowed(
    task: RosterTask, assignments: pl.DataFrame, one: tuple[str, dt.date], other: tuple[str, dt.date | None]
) -> Swap:
    """May `one` give the shift of that day to `other`, for other's shift of the other day (None: for nothing)?

    Each sits at the line of the shift they take over. Errors: InputError roster_invalid when there is no such shift.
    """
    table = assignments.select("person", "date", "shift", "skill")
    rows = [list(row) for row in table.iter_rows()]
    first = _row_of(rows, one[0], one[1])
    rows[first][0] = other[0]
    if other[1] is not None:
        second = _row_of([[*row] if n != first else ["", *row[1:]] for n, row in enumerate(rows)], other[0], other[1])
        rows[second][0] = one[0]
    swapped = pl.DataFrame([tuple(row) for row in rows], schema=table.schema, orient="row")
    old = {_same(fault) for fault in check_roster(task, assignments).faults}
    new = tuple(fault for fault in check_roster(task, swapped).faults if _same(fault) not in old)
    return Swap(not new, new, swapped.sort("date", "shift", "skill", "person"))


def _same(fault: RosterFault) -> tuple[object, ...]:
    return (fault.rule, fault.person, fault.date, fault.shift, fault.start, fault.skill, fault.zh)


def _row_of(rows: list[list[object]], person: str, date: dt.date) -> int:
    for n, row in enumerate(rows):
        if row[0] == person and row[1] == date:
            return n
    raise invalid(
        "roster_invalid",
        f"{person} 在 {date} 没有班",
        f"{person} has no shift on {date}",
        "请看看排班表，选一个有班的日子",
        "Look at the roster and choose a day with a shift",
    )


def _placed(board: Board, assignments: pl.DataFrame) -> Placed:
    people = {person.code: n for n, person in enumerate(board.people)}
    shifts = {shift.code: n for n, shift in enumerate(board.shifts)}
    return {
        (people[person], (date - board.task.start).days): (shifts[shift], board.lines.index(skill))
        for person, date, shift, skill in assignments.select("person", "date", "shift", "skill").iter_rows()
    }


def _refill(board: Board, left: Placed, lack_before: Whole, budget: Budget) -> tuple[Placed, int]:
    """Fill what the absent leave; wider windows of days while something new is lacking. Also the least moves proved."""
    new = [int(slot) for slot in np.flatnonzero(lacking_slots(board, left) > lack_before)]
    reach = days_reaching(board, new)
    if not reach:
        return left, 0
    best: Placed = left
    lacking = int(lacking_slots(board, left).sum())
    for wider in (0, 2, 7):
        free = range(max(0, min(reach) - wider), min(board.days, max(reach) + 1 + wider))
        found = mend(board, left, free if wider else reach, budget, effort=3.0)
        if found is not None and (now := int(lacking_slots(board, found.placed).sum())) < lacking:
            best, lacking = found.placed, now
        if lacking <= int(lack_before.sum()):
            break
    bound = mend(board, left, reach, budget, effort=3.0, alone=True, most_lacking=_inside(board, best, reach))
    return best, bound.least_moves if bound is not None else 0


def _inside(board: Board, placed: Placed, days: list[int]) -> int:
    """What is lacking at the half hours that shifts of these days can fill."""
    slots = {s for day in days for shift in range(len(board.shifts)) for s in board.slots_of(day, shift)}
    lack = lacking_slots(board, placed)
    return int(sum(int(lack[slot]) for slot in slots))


def _moves(board: Board, before: Placed, after: Placed) -> pl.DataFrame:
    rows = []
    for person, day in sorted(before.keys() | after.keys(), key=lambda spot: (spot[1], spot[0])):
        old, new = before.get((person, day)), after.get((person, day))
        if old == new:
            continue
        gone = old is not None and not board.can[person, day, old[0]]
        kinds = [("absent", old, None), ("added", None, new)] if gone and new else []
        if not kinds:
            move = "absent" if gone else "added" if old is None else "removed" if new is None else "changed"
            kinds = [(move, old, new)]
        for move, was, now in kinds:
            date = board.task.start.fromordinal(board.task.start.toordinal() + day)
            rows.append((move, board.people[person].code, date, *_names(board, was), *_names(board, now)))
    return pl.DataFrame(rows, schema=MOVES_SCHEMA, orient="row")


def _names(board: Board, work: tuple[int, int] | None) -> tuple[str | None, str | None]:
    return (None, None) if work is None else (board.shifts[work[0]].code, board.lines[work[1]])
