"""A task brought to numbers for the solver: who can work which shift when, what excludes what, what is needed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tongzhou_engines.staffing.check import NIGHTS_DAYS, Duty, duties
from tongzhou_engines.staffing.demand import required
from tongzhou_engines.staffing.inputs import ASSIGNMENTS_SCHEMA, Person, RosterTask, Shift, Window, invalid

__all__ = ["SLOTS", "Board", "Placed", "Spot", "build_board", "table_of"]

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
SLOTS = 48

#: (day, shift) -> (person -> line): who works what; day and shift are indices, person too.
Spot = tuple[int, int]
#: (person, day) -> (shift, line)
Placed = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Board:
    """people, shifts sorted by code; lines and presents (skills of kind "present") sorted by name.

    can: bool[people, days, shifts]; sits: bool[people, lines]; shows: bool[people, presents]; seats: int[lines,
    slots], present: int[presents, slots]: what is still needed after what `before` covers; covers: per shift the half
    hours after the midnight of its day at which it fills a seat; clashes: (days between, bool[shifts, shifts]): the
    first shift excludes the second so many days later; minutes, night: per shift; week: per day; weeks: number of
    them; week_left: int[people, weeks] minutes; run: days in a row that end on the day before the period; nights:
    most nights; past_nights: per person, day offsets (negative) of nights before the period.
    """

    task: RosterTask
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    lines: tuple[str, ...]
    presents: tuple[str, ...]
    can: Flags
    sits: Flags
    shows: Flags
    seats: Whole
    present: Whole
    covers: tuple[tuple[int, ...], ...]
    clashes: tuple[tuple[int, Flags], ...]
    minutes: Whole
    night: Flags
    week: Whole
    week_left: Whole
    run: Whole
    nights: Whole
    past_nights: tuple[tuple[int, ...], ...]
    wishes: dict[tuple[int, int], int]

    @property
    def days(self) -> int:
        """Days of the period."""
        return self.task.days

    def slots_of(self, day: int, shift: int) -> list[int]:
        """The half hours of the period at which this shift fills a seat."""
        last = self.days * SLOTS
        return [slot for after in self.covers[shift] if 0 <= (slot := day * SLOTS + after) < last]

    def night_windows(self, person: int) -> list[tuple[int, int]]:
        """(last day, nights before the period) of every 28 days in which the limit could be broken."""
        past = self.past_nights[person]
        ends = range(0 if past else min(NIGHTS_DAYS, self.days) - 1, self.days)
        return [(end, sum(1 for day in past if end - day < NIGHTS_DAYS)) for end in ends]


def build_board(task: RosterTask) -> Board:
    """Check the task and bring it to numbers. Errors: InputError roster_invalid."""
    needs = required(task)
    people = tuple(sorted(task.people, key=lambda p: p.code))
    shifts = tuple(sorted(task.shifts, key=lambda s: s.code))
    _check(task, people, shifts)
    lines = tuple(sorted({skill for _, skill, kind in needs if kind == "seat"}))
    presents = tuple(sorted({skill for _, skill, kind in needs if kind == "present"}))
    midnight = dt.datetime.combine(task.start, dt.time())
    seats = np.zeros((len(lines), task.days * SLOTS), dtype=np.int64)
    present = np.zeros((len(presents), task.days * SLOTS), dtype=np.int64)
    for (start, skill, kind), need in needs.items():
        slot = int((start - midnight).total_seconds()) // 1800
        if kind == "seat":
            seats[lines.index(skill), slot] = need
        else:
            present[presents.index(skill), slot] = need
    covers = tuple(_covers(shift) for shift in shifts)
    clashes = _clashes(task, shifts)
    index = {person.code: n for n, person in enumerate(people)}
    earlier = [duty for duty in duties(task, task.before) if duty.date < task.start and duty.person in index]
    number = {shift.code: n for n, shift in enumerate(shifts)}
    for duty in earlier:
        for after in covers[number[duty.shift.code]]:
            slot = (duty.date - task.start).days * SLOTS + after
            if 0 <= slot < task.days * SLOTS:
                if duty.skill in lines:
                    seats[lines.index(duty.skill), slot] -= 1
                for n, skill in enumerate(presents):
                    present[n, slot] -= skill in people[index[duty.person]].skills
    week = np.array([((task.start + dt.timedelta(days=d)) - _monday(task.start)).days // 7 for d in range(task.days)])
    can = _can(task, people, shifts)
    week_left = np.tile(np.array([[p.week_minutes] for p in people], dtype=np.int64), (1, int(week[-1]) + 1))
    run, past_nights = _carry(task, earlier, index, number, clashes, can, week_left)
    limit = task.rules.nights
    wishes: dict[tuple[int, int], int] = defaultdict(int)
    for wish in task.wishes:
        if wish.person in index and 0 <= (day := (wish.date - task.start).days) < task.days:
            wishes[index[wish.person], day] = max(wishes[index[wish.person], day], wish.weight)
    return Board(
        task=task,
        people=people,
        shifts=shifts,
        lines=lines,
        presents=presents,
        can=can,
        sits=np.array([[skill in p.skills for skill in lines] for p in people], dtype=np.bool_),
        shows=np.array([[s in p.skills for s in presents] for p in people], dtype=np.bool_).reshape(len(people), -1),
        seats=np.maximum(seats, 0),
        present=np.maximum(present, 0),
        covers=covers,
        clashes=clashes,
        minutes=np.array([shift.minutes for shift in shifts], dtype=np.int64),
        night=np.array([shift.is_night for shift in shifts], dtype=np.bool_),
        week=week,
        week_left=week_left,
        run=run,
        nights=np.array([limit if p.nights is None else min(limit, p.nights) for p in people], dtype=np.int64),
        past_nights=past_nights,
        wishes=dict(wishes),
    )


def table_of(board: Board, placed: Placed) -> pl.DataFrame:
    """The assignments as ASSIGNMENTS_SCHEMA, by day, shift, line, person."""
    rows = [
        (
            board.people[person].code,
            board.task.start + dt.timedelta(days=day),
            board.shifts[shift].code,
            board.lines[line],
        )
        for (person, day), (shift, line) in placed.items()
    ]
    return pl.DataFrame(rows, schema=ASSIGNMENTS_SCHEMA, orient="row").sort("date", "shift", "skill", "person")


def _check(task: RosterTask, people: tuple[Person, ...], shifts: tuple[Shift, ...]) -> None:
    if not 1 <= task.days <= 366:
        raise _bad(f"排班 {task.days} 天，不在 1 到 366 之间", f"a roster of {task.days} days: not between 1 and 366")
    for kind, codes in (("人", [p.code for p in people]), ("班次", [s.code for s in shifts])):
        if not codes or len(set(codes)) < len(codes):
            word = "people" if kind == "人" else "shifts"
            raise _bad(f"没有{kind}，或两个{kind}编号相同", f"there are no {word}, or two have one code")
    for shift in shifts:
        times = [shift.start_minute, shift.minutes, *(number for part in shift.breaks for number in part)]
        inside = all(after >= 0 and length > 0 and after + length <= shift.minutes for after, length in shift.breaks)
        if any(t % 30 for t in times) or not 0 <= shift.start_minute < 1440 or not 30 <= shift.minutes <= 960:
            raise _bad(
                f"班次 {shift.code} 的时间不是整半小时，或长过 16 小时",
                f"shift {shift.code} does not keep to half hours, or is longer than 16 h",
            )
        if not inside:
            raise _bad(f"班次 {shift.code} 的休息不在班里", f"a break of shift {shift.code} lies outside it")
    rules = task.rules
    if not (0 <= rules.rest_minutes <= 2880 and rules.days_in_row >= 1 and rules.nights >= 0):
        raise _bad("休息、连班或夜班的规则不成立", "the rules of rest, days in a row or nights are not valid")
    for person in people:
        if person.week_minutes < 0 or any(window.end < window.start for window in person.windows):
            raise _bad(f"{person.code} 的工时或时间窗不成立", f"hours or windows of {person.code} are not valid")


def _covers(shift: Shift) -> tuple[int, ...]:
    away = {slot for after, length in shift.breaks for slot in range(after // 30, (after + length) // 30)}
    first = shift.start_minute // 30
    return tuple(first + n for n in range(shift.minutes // 30) if n not in away)


def _clashes(task: RosterTask, shifts: tuple[Shift, ...]) -> tuple[tuple[int, Flags], ...]:
    """For 1, 2, ... days between: which shift excludes which; as long as there are any."""
    made = []
    for between in range(1, 5):
        table = np.zeros((len(shifts), len(shifts)), dtype=np.bool_)
        for a, one in enumerate(shifts):
            for b, other in enumerate(shifts):
                gap = between * 1440 + other.start_minute - one.start_minute - one.minutes
                wrong = between == 1 and one.is_night and not other.is_night and not task.rules.day_after_night
                table[a, b] = gap < task.rules.rest_minutes or wrong
        if table.any():
            made.append((between, table))
    return tuple(made)


def _can(task: RosterTask, people: tuple[Person, ...], shifts: tuple[Shift, ...]) -> Flags:
    """bool[people, days, shifts]: the shift lies in the person's windows and touches no absence."""
    midnight = dt.datetime.combine(task.start, dt.time())

    def minute(time: dt.datetime) -> float:
        return (time - midnight).total_seconds() / 60

    days = np.arange(task.days)[:, None] * 1440
    begins = days + np.array([shift.start_minute for shift in shifts])[None, :]
    ends = begins + np.array([shift.minutes for shift in shifts])[None, :]
    away = defaultdict(list)
    for absence in task.absences:
        away[absence.person].append((minute(absence.start), minute(absence.end)))
    can = np.zeros((len(people), task.days, len(shifts)), dtype=np.bool_)
    for n, person in enumerate(people):
        for first, last in _joined(person.windows):
            can[n] |= (begins >= minute(first)) & (ends <= minute(last))
        for first, last in away[person.code]:
            can[n] &= ~((begins < last) & (ends > first))
    return can


def _joined(windows: tuple[Window, ...]) -> list[tuple[dt.datetime, dt.datetime]]:
    joined: list[tuple[dt.datetime, dt.datetime]] = []
    for window in sorted(windows, key=lambda w: (w.start, w.end)):
        if joined and window.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], window.end))
        else:
            joined.append((window.start, window.end))
    return joined


def _carry(
    task: RosterTask,
    earlier: list[Duty],
    index: dict[str, int],
    number: dict[str, int],
    clashes: tuple[tuple[int, Flags], ...],
    can: Flags,
    week_left: Whole,
) -> tuple[Whole, tuple[tuple[int, ...], ...]]:
    """What the days before the period leave: `can` and `week_left` are cut down; runs and nights are returned."""
    worked: dict[int, set[int]] = defaultdict(set)
    nights: dict[int, list[int]] = defaultdict(list)
    monday = _monday(task.start)
    for duty in earlier:
        person, shift, day = index[duty.person], number[duty.shift.code], (duty.date - task.start).days
        worked[person].add(day)
        if duty.shift.is_night:
            nights[person].append(day)
        if duty.date >= monday:
            week_left[person, 0] -= duty.shift.minutes
        for between, table in clashes:
            if 0 <= day + between < task.days:
                can[person, day + between] &= ~table[shift]
    np.maximum(week_left, 0, out=week_left)
    run = np.zeros(len(index), dtype=np.int64)
    for person, days in worked.items():
        while -1 - int(run[person]) in days:
            run[person] += 1
    return run, tuple(tuple(sorted(nights[n])) for n in range(len(index)))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _bad(zh: str, en: str) -> Exception:
    return invalid("roster_invalid", zh, en, "请改正后再排", "Correct this and try again")
