"""A first filling, one place after the other, that breaks no rule: where the solver begins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tongzhou_engines.staffing.board import Board
from tongzhou_engines.staffing.check import NIGHTS_DAYS

__all__ = ["fill_greedily"]


class _Person:
    """What somebody has been given so far."""

    def __init__(self, board: Board, person: int) -> None:
        self.board, self.person = board, person
        self.works: dict[int, int] = {}
        self.minutes: Counter[int] = Counter()

    def may(self, day: int, shift: int) -> bool:
        """Whether this shift breaks no rule beside those given already."""
        board, week = self.board, int(self.board.week[day])
        if day in self.works or not board.can[self.person, day, shift]:
            return False
        if self.minutes[week] + int(board.minutes[shift]) > int(board.week_left[self.person, week]):
            return False
        for between, table in board.clashes:
            after, before = self.works.get(day + between), self.works.get(day - between)
            if (after is not None and table[shift, after]) or (before is not None and table[before, shift]):
                return False
        return self._row(day) <= board.task.rules.days_in_row and (not board.night[shift] or self._night(day))

    def _row(self, day: int) -> int:
        """Days in a row that this day would be part of."""
        first = last = day
        while first - 1 in self.works or (first <= 0 and -int(self.board.run[self.person]) <= first - 1):
            first -= 1
        while last + 1 in self.works:
            last += 1
        return last - first + 1

    def _night(self, day: int) -> bool:
        """Whether one more night stays within the limit in every 28 days around it."""
        board = self.board
        nights = [d for d, shift in self.works.items() if board.night[shift]] + list(board.past_nights[self.person])
        limit = int(board.nights[self.person])
        ends = [end for end in [day, *nights] if day <= end < day + NIGHTS_DAYS]
        return all(1 + sum(1 for d in nights if end - NIGHTS_DAYS < d <= end) <= limit for end in ends)


def fill_greedily(
    board: Board, people: Sequence[int], wanted: Mapping[tuple[int, int], list[int]]
) -> dict[tuple[int, int], int]:
    """(person, day) -> shift: as many places of `wanted` as come easily, whoever has most left to give first."""
    state = {person: _Person(board, person) for person in people}
    able = {spot: sum(1 for p in people if board.can[p, spot[0], spot[1]]) for spot in wanted}
    left = {person: max(1, int(board.week_left[person].sum())) for person in people}
    days: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for spot in wanted:
        days[spot[0]].append(spot)
    for day in sorted(days):
        for _, shift in sorted(days[day], key=lambda spot: (able[spot] - len(wanted[spot]), spot)):
            free = [p for p in people if state[p].may(day, shift)]
            options = {p: int(board.can[p, day].sum()) for p in free}
            free.sort(
                key=lambda p: (
                    (p, day) in board.wishes,
                    round(sum(state[p].minutes.values()) / left[p], 2),
                    options[p],
                    p,
                )
            )
            for person in free[: len(wanted[day, shift])]:
                state[person].works[day] = shift
                state[person].minutes[int(board.week[day])] += int(board.minutes[shift])
    return {(person, day): shift for person in people for day, shift in state[person].works.items()}
