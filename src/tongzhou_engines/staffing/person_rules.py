"""The rules of one person as rows of a program: used where a roster is made and where it is mended."""

from __future__ import annotations

from collections.abc import Mapping

from tongzhou_engines.staffing.board import Board
from tongzhou_engines.staffing.check import NIGHTS_DAYS
from tongzhou_engines.staffing.solver import Program

__all__ = ["add_person_rules"]

Works = Mapping[tuple[int, int], list[int]]


def add_person_rules(program: Program, board: Board, person: int, works: Works, fixed: Mapping[int, int]) -> None:
    """One shift a day, rest, days in a row, hours of a week, nights.

    works: (day, shift) -> flags of the program that mean this person works it (one per line); fixed: day -> shift of
    days that are not to be decided. A day is in one of the two or free.
    """
    by_day: dict[int, list[tuple[int, int]]] = {}
    for (day, shift), flags in works.items():
        by_day.setdefault(day, []).extend((shift, flag) for flag in flags)
    for day in sorted(by_day):
        program.at_most_one([flag for _, flag in by_day[day]])
    _rest(program, board, by_day, fixed)
    _rows(program, board, person, by_day, fixed)
    for number in range(int(board.week[-1]) + 1):
        days = [day for day in by_day if board.week[day] == number]
        used = sum(int(board.minutes[shift]) for day, shift in fixed.items() if board.week[day] == number)
        terms = [(flag, int(board.minutes[shift])) for day in days for shift, flag in by_day[day]]
        if terms:
            program.row(terms, high=max(0, int(board.week_left[person, number]) - used))
    limit = int(board.nights[person])
    for end, past in board.night_windows(person):
        span = range(max(0, end - NIGHTS_DAYS + 1), end + 1)
        used = past + sum(1 for day, shift in fixed.items() if day in span and board.night[shift])
        terms = [(flag, 1) for day in span for shift, flag in by_day.get(day, []) if board.night[shift]]
        if len(terms) + used > limit and terms:
            program.row(terms, high=max(0, limit - used))


def _rest(
    program: Program, board: Board, by_day: Mapping[int, list[tuple[int, int]]], fixed: Mapping[int, int]
) -> None:
    for between, table in board.clashes:
        for day in sorted(by_day):
            later = by_day.get(day + between, [])
            for shift in sorted({shift for shift, _ in by_day[day]}):
                mine = [flag for s, flag in by_day[day] if s == shift]
                against = [flag for other, flag in later if table[shift, other]]
                if against:
                    program.at_most_one([*mine, *against])
                after, before = fixed.get(day + between), fixed.get(day - between)
                if (after is not None and table[shift, after]) or (before is not None and table[before, shift]):
                    program.row([(flag, 1) for flag in mine], high=0)


def _rows(
    program: Program, board: Board, person: int, by_day: Mapping[int, list[tuple[int, int]]], fixed: Mapping[int, int]
) -> None:
    most = board.task.rules.days_in_row
    run = int(board.run[person])
    for first in range(-min(run, most), board.days - most):
        span = range(first, first + most + 1)
        used = sum(1 for day in span if day in fixed or -run <= day < 0)
        terms = [(flag, 1) for day in span for _, flag in by_day.get(day, [])]
        if terms and len({d for d in span if d in by_day}) + used > most:
            program.row(terms, high=max(0, most - used))
