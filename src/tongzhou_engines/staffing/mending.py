"""Some days of a roster arranged anew while everything else stays: to fill gaps, or to change as little as possible."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from tongzhou_engines.staffing.board import Board, Placed, Whole
from tongzhou_engines.staffing.counts import Budget
from tongzhou_engines.staffing.inputs import LEAST_SEATS
from tongzhou_engines.staffing.person_rules import add_person_rules
from tongzhou_engines.staffing.solver import Program

__all__ = ["Mended", "covered", "days_reaching", "lacking_slots", "mend"]

_LACK = 10_000_000
_BELOW_TWO = 1_000_000
_MOVE = 10_000  # above all that wishes and minutes of some hundred moves can cost
_WISH = 20


@dataclass(frozen=True, slots=True)
class Mended:
    """placed: the roster with these days arranged anew; moves: how many (person, day) differ; least_moves: no solution
    of this program has fewer (meant for `alone`, where only moves are priced).
    """

    placed: Placed
    moves: int
    least_moves: int


def covered(board: Board, placed: Mapping[tuple[int, int], tuple[int, int]]) -> tuple[Whole, Whole]:
    """How many are there: int[lines, slots], int[presents, slots]."""
    seats, present = np.zeros_like(board.seats), np.zeros_like(board.present)
    for (person, day), (shift, line) in placed.items():
        slots = board.slots_of(day, shift)
        seats[line, slots] += 1
        for skill in np.flatnonzero(board.shows[person]):
            present[skill, slots] += 1
    return seats, present


def lacking_slots(board: Board, placed: Mapping[tuple[int, int], tuple[int, int]]) -> Whole:
    """int[slots]: how much is lacking at each half hour, over all lines and skills."""
    seats, present = covered(board, placed)
    lack: Whole = np.maximum(board.seats - seats, 0).sum(axis=0) + np.maximum(board.present - present, 0).sum(axis=0)
    return lack


def days_reaching(board: Board, slots: Collection[int]) -> list[int]:
    """The days of which some shift fills one of these half hours."""
    wanted = set(slots)
    return [
        day
        for day in range(board.days)
        if any(wanted.intersection(board.slots_of(day, shift)) for shift in range(len(board.shifts)))
    ]


def mend(
    board: Board,
    placed: Placed,
    free: Collection[int],
    budget: Budget,
    *,
    effort: float = 2.0,
    alone: bool = False,
    most_lacking: int | None = None,
) -> Mended | None:
    """The days `free` arranged anew: least shortage first, then fewest moves, then wishes; None when nothing is found.

    alone: only moves are priced and the other days are left out of every rule: a relaxation, so that no way of mending
    with a shortage of at most `most_lacking` at these days' half hours has fewer moves, whatever days it touches.
    """
    program = Program()
    days = sorted(free)
    flags: dict[tuple[int, int, int, int], int] = {}
    kept = {spot: work for spot, work in placed.items() if spot[1] not in set(days)}
    fixed: dict[int, dict[int, int]] = {}
    for (person, day), (shift, _) in kept.items():
        fixed.setdefault(person, {})[day] = shift
    start: dict[int, int] = {}
    for person in range(len(board.people)):
        works: dict[tuple[int, int], list[int]] = {}
        for day in days:
            for shift in np.flatnonzero(board.can[person, day]):
                for line in np.flatnonzero(board.sits[person]):
                    flag = _flag(program, board, placed, (person, day), (int(shift), int(line)), alone)
                    flags[person, day, int(shift), int(line)] = flag
                    works.setdefault((day, int(shift)), []).append(flag)
                    start[flag] = int(placed.get((person, day)) == (shift, line))
        if works:
            add_person_rules(program, board, person, works, {} if alone else fixed.get(person, {}))
    lacks = _cover(program, board, kept, days, flags, 0 if alone else 1)
    if most_lacking is not None:
        program.row([(v, 1) for v in lacks], high=most_lacking)
    program.hint(start)
    answer = budget.solve(program, effort)
    if not answer.found:
        return None
    result = dict(kept)
    for (person, day, shift, line), flag in flags.items():
        if answer.values[flag]:
            result[person, day] = (shift, line)
    moves = sum(1 for spot in result.keys() | placed.keys() if result.get(spot) != placed.get(spot))
    was_there = sum(1 for _, day in placed if day in set(days))
    return Mended(result, moves, max(0, math.ceil(answer.bound / _MOVE - 1e-6) + was_there))


def _flag(
    program: Program, board: Board, placed: Placed, spot: tuple[int, int], work: tuple[int, int], alone: bool
) -> int:
    """A flag whose price counts moves: keeping what was is free, everything else is one move."""
    now = placed.get(spot)
    wish = 0 if alone else _WISH * board.wishes.get(spot, 0)
    if now == work:
        return program.flag(wish - _MOVE)
    minutes = 0 if alone else int(board.minutes[work[0]]) // 30
    return program.flag((0 if now is not None else _MOVE + minutes) + wish)


def _cover(
    program: Program,
    board: Board,
    kept: Placed,
    days: list[int],
    flags: Mapping[tuple[int, int, int, int], int],
    price: int,
) -> list[int]:
    """Rows for every half hour that the freed days can fill; the variables of what is lacking there."""
    seats, present = covered(board, kept)
    by_slot: dict[tuple[int, int, int], list[int]] = {}
    reach: set[int] = set()
    for day in days:
        for shift in range(len(board.shifts)):
            reach.update(board.slots_of(day, shift))
    for (person, day, shift, line), flag in flags.items():
        for slot in board.slots_of(day, shift):
            by_slot.setdefault((0, line, slot), []).append(flag)
            for skill in np.flatnonzero(board.shows[person]):
                by_slot.setdefault((1, int(skill), slot), []).append(flag)
    lacks = []
    for kind, needs, there in ((0, board.seats, seats), (1, board.present, present)):
        for skill in range(needs.shape[0]):
            for slot in sorted(reach):
                need = int(needs[skill, slot] - there[skill, slot])
                if need <= 0:
                    continue
                terms = [(flag, 1) for flag in by_slot.get((kind, skill, slot), [])]
                floor = min(need, max(0, LEAST_SEATS - int(there[skill, slot]))) if kind == 0 else 0
                upper = program.whole(0, need - floor, price * _LACK)
                lower = program.whole(0, floor, price * (_LACK + _BELOW_TWO))
                lacks += [upper, lower]
                program.row([*terms, (upper, 1), (lower, 1)], low=need)
    return lacks
