"""Second step of a roster: who works what, group by group, from the counts of the first step; fair within the group."""

from __future__ import annotations

import math
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tongzhou_engines.staffing.board import Board, Placed
from tongzhou_engines.staffing.check import NIGHTS_DAYS
from tongzhou_engines.staffing.counts import Budget, Counts, Group, weekend_days
from tongzhou_engines.staffing.person_rules import add_person_rules
from tongzhou_engines.staffing.solver import Program

__all__ = ["Shares", "fair_shares", "place_people"]

_UNFILLED = 20_000
_WISH = 60
_BEYOND = 30
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Shares:
    """Fair shares of the people of one group: person -> minutes, nights, weekend days, in proportion to what each can
    give (times, limits of hours and nights).
    """

    minutes: dict[int, float]
    nights: dict[int, float]
    weekend_days: dict[int, float]


def fair_shares(board: Board, group: Group, minutes: int, nights: int, free_days: int) -> Shares:
    """What each person of a group should carry of the group's minutes, nights and weekend days."""
    weekend = weekend_days(board)
    weeks = board.week_left.shape[1]
    able: dict[str, dict[int, float]] = {"minutes": {}, "nights": {}, "weekend": {}}
    longest = int(board.minutes.max())
    for person in group.people:
        days = board.can[person].any(axis=1)
        able["minutes"][person] = float(
            sum(
                min(int(board.week_left[person, week]), int(days[board.week == week].sum()) * longest)
                for week in range(weeks)
            )
        )
        night_days = int(board.can[person][:, board.night].any(axis=1).sum())
        able["nights"][person] = float(min(night_days, int(board.nights[person]) * -(-board.days // NIGHTS_DAYS)))
        able["weekend"][person] = float(days[weekend].sum())

    def shared(what: str, total: int) -> dict[int, float]:
        whole = sum(able[what].values())
        return {person: total * mine / whole if whole else 0.0 for person, mine in able[what].items()}

    return Shares(shared("minutes", minutes), shared("nights", nights), shared("weekend", free_days))


def place_people(board: Board, groups: tuple[Group, ...], counts: Counts, budget: Budget) -> Placed:
    """Every count filled by people who may work there; what cannot be filled stays open."""
    wanted: list[dict[tuple[int, int], list[int]]] = [defaultdict(list) for _ in groups]
    for (g, day, shift, line), number in sorted(counts.numbers.items()):
        wanted[g][day, shift] += [line] * number
    with ThreadPoolExecutor(_THREADS) as pool:
        made = list(pool.map(lambda g: _place(board, groups[g], wanted[g], budget), range(len(groups))))
    return {spot: work for placed in made for spot, work in placed.items()}


def _place(board: Board, group: Group, wanted: dict[tuple[int, int], list[int]], budget: Budget) -> Placed:
    program = Program()
    flags: dict[tuple[int, int, int], int] = {}
    for person in group.people:
        works: dict[tuple[int, int], list[int]] = {}
        for day, shift in sorted(wanted):
            if board.can[person, day, shift]:
                flag = program.flag(_WISH * board.wishes.get((person, day), 0))
                flags[person, day, shift] = flag
                works[day, shift] = [flag]
        add_person_rules(program, board, person, works, {})
    for (day, shift), lines in sorted(wanted.items()):
        open_places = program.whole(0, len(lines), _UNFILLED)
        mine = [(flags[p, day, shift], 1) for p in group.people if (p, day, shift) in flags]
        program.row([*mine, (open_places, 1)], low=len(lines), high=len(lines))
    _fair(program, board, group, wanted, flags)
    answer = budget.solve(program, 1.5)
    if not answer.found:
        return {}
    placed: Placed = {}
    for (day, shift), lines in sorted(wanted.items()):
        there = [p for p in group.people if (p, day, shift) in flags and answer.values[flags[p, day, shift]]]
        turn = day % max(1, len(there))  # who sits at which line changes from day to day
        for person, line in zip(there[turn:] + there[:turn], lines, strict=False):
            placed[person, day] = (shift, line)
    return placed


def _fair(
    program: Program,
    board: Board,
    group: Group,
    wanted: dict[tuple[int, int], list[int]],
    flags: dict[tuple[int, int, int], int],
) -> None:
    """Nobody carries more or less than the share, rounded; what lies beyond costs by the worst person."""
    weekend = set(weekend_days(board))
    total = [0, 0, 0]
    for (day, shift), lines in wanted.items():
        total[0] += int(board.minutes[shift]) * len(lines)
        total[1] += len(lines) if board.night[shift] else 0
        total[2] += len(lines) if day in weekend else 0
    shares = fair_shares(board, group, *total)
    lengths = {int(m) for m in board.minutes}

    def counted(what: int, day: int, shift: int) -> bool:
        return bool(board.night[shift]) if what == 1 else day in weekend

    mine: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (person, day, shift), flag in flags.items():
        mine[person].append((day, shift, flag))
    for what, share in enumerate((shares.minutes, shares.nights, shares.weekend_days)):
        unit = (min(lengths) if len(lengths) == 1 else 0) if what == 0 else 1
        cost = 1 if what == 0 else _BEYOND
        beyond = program.whole(0, 100_000, cost)
        for person in group.people:
            if what == 0:
                terms = [(flag, int(board.minutes[shift]) // 30) for _, shift, flag in mine[person]]
                low, high = _band(share[person], unit, max(lengths))
            else:
                terms = [
                    (flag, 1)
                    for day, shift, flag in mine[person]
                    if (board.night[shift] if what == 1 else day in weekend)
                ]
                low, high = math.floor(share[person] + 1e-9), math.ceil(share[person] - 1e-9)
            program.row([*terms, (beyond, -1)], high=high)
            program.row([*terms, (beyond, 1)], low=low)


def _band(share: float, unit: int, longest: int) -> tuple[int, int]:
    """Half hours between which a share of minutes counts as met: whole shifts where all are of one length."""
    if unit:
        return math.floor(share / unit + 1e-9) * unit // 30, math.ceil(share / unit - 1e-9) * unit // 30
    return max(0, int((share - longest / 2) // 30)), int(-(-(share + longest / 2) // 30))
