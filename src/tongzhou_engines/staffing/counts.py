"""First step of a roster: how many of each group work each shift of each day at each line.

People who can stand in for each other form groups. What all of a group may work together (hours, nights, days in a row,
rest) bounds the counts from above; every roster keeps these bounds, so what they leave uncovered no roster covers: the
least shortage found here is a proof, not a guess.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tongzhou_engines.staffing.board import Board, Whole
from tongzhou_engines.staffing.check import NIGHTS_DAYS
from tongzhou_engines.staffing.inputs import LEAST_SEATS
from tongzhou_engines.staffing.solver import Answer, Program

__all__ = ["GROUP", "Budget", "Counts", "Group", "choose_counts", "groups_of", "most_minutes", "weekend_days"]

#: Most people of one group: small enough for the second step to be quick, large enough to be exchangeable.
GROUP = 24
_SCALE = 1000
_FAIR_COST = 2
_WISH_COST = 4
_BELOW_TWO_COST = 50


@dataclass(frozen=True, slots=True)
class Budget:
    """effort: factor on deterministic time; until: moment of `clock` at which to stop; seed."""

    seed: int
    effort: float
    until: float
    clock: Callable[[], float] = time.monotonic

    @property
    def seconds(self) -> float:
        """What is left."""
        return self.until - self.clock()

    def solve(self, program: Program, effort: float, gap: float = 0.0) -> Answer:
        """Solve within what is left."""
        return program.solve(seed=self.seed, effort=effort * self.effort, seconds=self.seconds, gap=gap)


@dataclass(frozen=True, slots=True)
class Group:
    """People with the same skills and similar times. kind: number of the set of skills; most_minutes, most_nights,
    most_weekend_days: what its people can give together.
    """

    kind: int
    people: tuple[int, ...]
    most_minutes: int
    most_nights: int
    most_weekend_days: int


@dataclass(frozen=True, slots=True)
class Counts:
    """numbers: (group, day, shift, line) -> people. least: shortage (seat half hours) that no roster goes below,
    proved; reached: shortage of these counts; proved: whether the two are equal.
    """

    numbers: dict[tuple[int, int, int, int], int]
    least: int
    reached: int

    @property
    def proved(self) -> bool:
        """Whether no roster has a smaller shortage than these counts."""
        return self.least == self.reached


def weekend_days(board: Board) -> list[int]:
    """The Saturdays and Sundays of the period."""
    first = board.task.start.weekday()
    return [day for day in range(board.days) if (first + day) % 7 >= 5]


def groups_of(board: Board) -> tuple[Group, ...]:
    """Groups of at most `GROUP` people; who has no skill of any line is in none."""
    kinds: dict[bytes, list[int]] = defaultdict(list)
    for person in range(len(board.people)):
        if board.sits[person].any() and board.can[person].any():
            kinds[board.sits[person].tobytes() + b"|" + board.shows[person].tobytes()].append(person)
    made = []
    for kind, signature in enumerate(sorted(kinds)):
        members = sorted(kinds[signature], key=lambda p: (board.can[p].tobytes(), p))
        parts = -(-len(members) // GROUP)
        for part in np.array_split(np.array(members), parts):
            made.append(_group(board, kind, tuple(int(p) for p in part)))
    return tuple(made)


def _group(board: Board, kind: int, people: tuple[int, ...]) -> Group:
    weekend = weekend_days(board)
    nights = minutes = free = 0
    for person in people:
        days = board.can[person].any(axis=1)
        night_days = int(board.can[person][:, board.night].any(axis=1).sum())
        nights += min(night_days, int(board.nights[person]) * -(-board.days // NIGHTS_DAYS))
        free += int(days[weekend].sum())
        minutes += sum(most_minutes(board, person, week) for week in range(board.week_left.shape[1]))
    return Group(kind, people, minutes, nights, free)


def most_minutes(board: Board, person: int, week: int) -> int:
    """The most minutes this person can work in this week: whole shifts on days in reach, within the week's limit."""
    reach = {0}
    left = int(board.week_left[person, week])
    for day in np.flatnonzero(board.week == week):
        lengths = {int(board.minutes[s]) for s in np.flatnonzero(board.can[person, day])}
        reach |= {m + length for m in reach for length in lengths if m + length <= left}
    return max(reach)


class _Model:
    """The program of the first step. lacking: None (full cover is asked for) or the flags of what may lack."""

    def __init__(self, board: Board, groups: tuple[Group, ...], lacking: bool) -> None:
        self.board, self.groups, self.program = board, groups, Program()
        self.number: dict[tuple[int, int, int, int], int] = {}
        self.at: dict[tuple[int, int, int], list[int]] = defaultdict(list)  # (group, day, shift)
        self.lack: list[int] = []
        self.below: list[int] = []
        for g, group in enumerate(groups):
            can = board.can[list(group.people)].sum(axis=0)
            for day in range(board.days):
                for shift in range(len(board.shifts)):
                    if can[day, shift]:
                        self._add_numbers(g, group, day, shift, int(can[day, shift]))
        for g, group in enumerate(groups):
            self._limits(g, group)
        self._coverage(lacking)

    def _add_numbers(self, g: int, group: Group, day: int, shift: int, most: int) -> None:
        if not self.board.slots_of(day, shift):
            return
        made = []
        for line in np.flatnonzero(self.board.sits[group.people[0]]):
            made.append(self.program.whole(0, most))
            self.number[g, day, shift, int(line)] = made[-1]
        self.at[g, day, shift] = made
        if len(made) > 1:
            self.program.row([(v, 1) for v in made], high=most)

    def sum(self, g: int, day: int, shift: int, factor: int = 1) -> list[tuple[int, int]]:
        """The terms of how many of the group work this shift."""
        return [(v, factor) for v in self.at.get((g, day, shift), [])]

    def _limits(self, g: int, group: Group) -> None:
        """What the people of a group can do together: each row is a sum of rules of single persons."""
        board, row, size = self.board, self.program.row, len(group.people)
        shifts = range(len(board.shifts))
        days = [[t for s in shifts for t in self.sum(g, day, s)] for day in range(board.days)]
        can = board.can[list(group.people)]
        for day in range(board.days):
            row(days[day], high=int(can[:, day].any(axis=1).sum()))
            for part in (board.night, ~board.night):
                some = [t for s in shifts if part[s] for t in self.sum(g, day, s)]
                row(some, high=int(can[:, day][:, part].any(axis=1).sum()))
        self._rest(g, size)
        most = board.task.rules.days_in_row
        for first in range(board.days - most):
            span = range(first, first + most + 1)
            able = np.minimum(can[:, list(span)].any(axis=2).sum(axis=1), most)
            row([t for day in span for t in days[day]], high=int(able.sum()))
        for week in range(board.week_left.shape[1]):
            inside = [d for d in range(board.days) if board.week[d] == week]
            able_minutes = sum(most_minutes(board, person, week) for person in group.people)
            row(
                [t for d in inside for s in shifts for t in self.sum(g, d, s, int(board.minutes[s]))], high=able_minutes
            )
        for end in range(min(NIGHTS_DAYS, board.days) - 1, board.days):
            span = range(max(0, end - NIGHTS_DAYS + 1), end + 1)
            terms = [t for d in span for s in shifts if board.night[s] for t in self.sum(g, d, s)]
            able = np.minimum(
                can[:, list(span)][:, :, board.night].any(axis=2).sum(axis=1), board.nights[group.people,]
            )
            row(terms, high=int(able.sum()))

    def _rest(self, g: int, size: int) -> None:
        board = self.board
        for between, table in board.clashes:
            blocks = {(tuple(np.flatnonzero((table == one).all(axis=1))), tuple(np.flatnonzero(one))) for one in table}
            for day in range(board.days - between):
                for first, later in sorted(blocks):
                    if later:
                        terms = [t for s in first for t in self.sum(g, day, int(s))]
                        terms += [t for s in later for t in self.sum(g, day + between, int(s))]
                        self.program.row(terms, high=size)

    def _coverage(self, lacking: bool) -> None:
        board = self.board
        cover: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for day in range(board.days):
            for shift in range(len(board.shifts)):
                for slot in board.slots_of(day, shift):
                    cover[slot].append((day, shift))
        wanted: dict[tuple[int, int, tuple[tuple[int, int], ...]], list[int]] = defaultdict(list)
        for kind, needs in ((0, board.seats), (1, board.present)):
            for skill, slot in zip(*np.nonzero(needs), strict=True):
                wanted[kind, int(skill), tuple(cover[int(slot)])].append(int(needs[skill, slot]))
        for (kind, skill, spots), needed in sorted(wanted.items()):
            terms = [(v, 1) for day, shift in spots for v in self._counted(kind, skill, day, shift)]
            if not lacking:
                self.program.row(terms, low=max(needed))
                continue
            floor = LEAST_SEATS if kind == 0 else 1
            for need, times in sorted((n, needed.count(n)) for n in set(needed)):
                upper, lower = self.program.whole(0, max(0, need - floor)), self.program.whole(0, min(need, floor))
                self.program.row([*terms, (upper, 1), (lower, 1)], low=need)
                self.lack += [upper, lower] * times
                self.below += [lower] * times

    def _counted(self, kind: int, skill: int, day: int, shift: int) -> list[int]:
        found = []
        for g, group in enumerate(self.groups):
            if kind == 0:
                if (g, day, shift, skill) in self.number:
                    found.append(self.number[g, day, shift, skill])
            elif self.board.shows[group.people[0], skill]:
                found += self.at.get((g, day, shift), [])
        return found

    def price_lacking(self) -> None:
        """Make the shortage small, nothing else."""
        for variable in self.lack:
            self.program.price(variable, 1)

    def price_work(self, most_lacking: int | None) -> None:
        """Make hours few, evenly spread, wishes respected; never lack more than `most_lacking`."""
        if most_lacking is not None:
            self.program.row([(v, 1) for v in self.lack], high=most_lacking)
            for variable in self.below:
                self.program.price(variable, _BELOW_TWO_COST)
        for (g, _, shift), variables in self.at.items():
            del g
            for variable in variables:
                self.program.price(variable, int(self.board.minutes[shift]) // 30)
        self._even()
        self._wishes()

    def _even(self) -> None:
        """Groups with the same skills give the same share of what they can give: minutes, nights, weekend days."""
        board, weekend = self.board, set(weekend_days(self.board))
        kinds: dict[int, list[int]] = defaultdict(list)
        for g, group in enumerate(self.groups):
            kinds[group.kind].append(g)
        for members in kinds.values():
            for what in range(3):
                able = [
                    (g, most)
                    for g in members
                    if (most := (self.groups[g].most_minutes, self.groups[g].most_nights,
                                 self.groups[g].most_weekend_days)[what])
                ]  # fmt: skip
                if len(able) < 2:
                    continue
                high, low = self.program.whole(0, _SCALE, _FAIR_COST), self.program.whole(0, _SCALE, -_FAIR_COST)
                for g, most in able:
                    terms = [
                        (v, _SCALE * (int(board.minutes[shift]) if what == 0 else 1))
                        for (group, day, shift), variables in self.at.items()
                        if group == g and (what == 0 or (board.night[shift] if what == 1 else day in weekend))
                        for v in variables
                    ]
                    self.program.row([*terms, (high, -most)], high=0)
                    self.program.row([*terms, (low, -most)], low=0)

    def _wishes(self) -> None:
        group_of = {person: g for g, group in enumerate(self.groups) for person in group.people}
        asked: dict[tuple[int, int], int] = defaultdict(int)
        for person, day in self.board.wishes:
            if person in group_of and self.board.can[person, day].any():
                asked[group_of[person], day] += 1
        for (g, day), count in sorted(asked.items()):
            able = int(self.board.can[list(self.groups[g].people), day].any(axis=1).sum())
            over = self.program.whole(0, count, _WISH_COST)
            terms = [t for s in range(len(self.board.shifts)) for t in self.sum(g, day, s)]
            self.program.row([*terms, (over, -1)], high=able - count)

    def counts(self, values: tuple[int, ...]) -> dict[tuple[int, int, int, int], int]:
        """The numbers of a solution that are not 0."""
        return {key: values[v] for key, v in self.number.items() if values[v]}


def choose_counts(board: Board, groups: tuple[Group, ...], budget: Budget) -> Counts:
    """The counts with the least shortage, then with few hours, evenly spread."""
    full = _Model(board, groups, lacking=False)
    full.price_work(None)
    answer = budget.solve(full.program, 8.0, gap=0.01)
    if answer.found:
        return Counts(full.counts(answer.values), 0, 0)
    short = _Model(board, groups, lacking=True)
    short.price_lacking()
    least = budget.solve(short.program, 8.0)
    if not least.found:
        return Counts({}, 0, int(np.sum(board.seats) + np.sum(board.present)))
    bound = max(0, int(np.ceil(least.bound - 1e-6)), 1 if answer.status == "infeasible" else 0)
    spread = _Model(board, groups, lacking=True)
    spread.price_work(least.objective)
    spread.program.hint({v: least.values[v] for v in spread.number.values()})
    best = budget.solve(spread.program, 5.0, gap=0.01)
    numbers = spread.counts(best.values) if best.found else short.counts(least.values)
    return Counts(numbers, bound, least.objective)


def lacking_of(board: Board, seats: Whole, present: Whole) -> int:
    """The shortage when so many are there: int[lines, slots], int[presents, slots]."""
    return int(np.maximum(board.seats - seats, 0).sum() + np.maximum(board.present - present, 0).sum())
