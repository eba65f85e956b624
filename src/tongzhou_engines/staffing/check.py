"""Is a roster right? Every rule, counted again from the task and the assignments alone, without the solver."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tongzhou_engines.staffing.demand import Key, required
from tongzhou_engines.staffing.inputs import (
    ASSIGNMENTS_SCHEMA,
    LEAST_SEATS,
    Person,
    RosterTask,
    Shift,
    half_hours,
    invalid,
)
from tongzhou_engines.staffing.wording import fault_text

__all__ = ["COVERAGE_SCHEMA", "RULES", "CheckedRoster", "Duty", "RosterFault", "check_roster", "duties"]

COVERAGE_SCHEMA: dict[str, pl.DataType] = {
    "start": pl.Datetime("us"),
    "skill": pl.String(),
    "kind": pl.String(),
    "required": pl.Int64(),
    "present": pl.Int64(),
    "lacking": pl.Int64(),
}
#: Rules of single assignments, of persons over time, and of what is covered.
RULES = (
    "unknown_person", "unknown_shift", "unknown_skill", "outside_period", "one_shift_a_day", "unskilled",
    "unavailable", "absent", "rest", "day_after_night", "days_in_row", "week_hours", "nights",
    "two_seats", "seats", "supervisor", "present",
)  # fmt: skip
NIGHTS_DAYS = 28


@dataclass(frozen=True, slots=True)
class RosterFault:
    """One rule broken once: rule (one of RULES), who, on which day, which shift; or which half hour and skill."""

    rule: str
    zh: str
    en: str
    person: str = ""
    date: dt.date | None = None
    shift: str = ""
    start: dt.datetime | None = None
    skill: str = ""


@dataclass(frozen=True, slots=True)
class CheckedRoster:
    """ok: no fault. faults: in order of RULES, then time. coverage: COVERAGE_SCHEMA. shortage: seat half hours lacking
    (places of kind "present" that nobody fills count too).
    """

    ok: bool
    faults: tuple[RosterFault, ...]
    coverage: pl.DataFrame
    shortage: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One assignment with the shift it names."""

    person: str
    date: dt.date
    shift: Shift
    skill: str

    @property
    def begins(self) -> dt.datetime:
        """When it begins."""
        return self.shift.begins(self.date)

    @property
    def ends(self) -> dt.datetime:
        """When it ends."""
        return self.shift.ends(self.date)


def check_roster(task: RosterTask, assignments: pl.DataFrame) -> CheckedRoster:
    """Every rule that `assignments` (ASSIGNMENTS_SCHEMA, any order) breaks, and what is covered.

    Errors: InputError roster_invalid when the task or the table as a whole cannot be read; a wrong row is a fault.
    """
    people = {person.code: person for person in task.people}
    shifts = {shift.code: shift for shift in task.shifts}
    needs = required(task)
    lines = {skill for _, skill, kind in needs if kind == "seat"}
    faults: list[RosterFault] = []
    known: list[Duty] = []
    for person, date, shift, skill in _rows(assignments):
        unknown = [
            rule
            for rule, missing in (
                ("unknown_person", person not in people),
                ("unknown_shift", shift not in shifts),
                ("unknown_skill", skill not in lines),
                ("outside_period", not 0 <= (date - task.start).days < task.days),
            )
            if missing
        ]
        faults += [_fault(rule, person=person, date=date, shift=shift, skill=skill) for rule in unknown]
        if not unknown:
            known.append(Duty(person, date, shifts[shift], skill))
    earlier = [duty for duty in duties(task, task.before) if duty.date < task.start]
    faults += _fitting(task, people, known)
    by_person: dict[str, list[Duty]] = defaultdict(list)
    for duty in earlier + known:
        by_person[duty.person].append(duty)
    for code in sorted(by_person):
        faults += _over_time(task, people.get(code), sorted(by_person[code], key=lambda d: (d.begins, d.skill)))
    coverage = _coverage(needs, people, earlier + known)
    faults += _lacking(task, coverage)
    rank = {rule: n for n, rule in enumerate(RULES)}
    faults.sort(key=lambda f: (rank[f.rule], str(f.start or f.date), f.person, f.skill))
    return CheckedRoster(not faults, tuple(faults), coverage, int(coverage["lacking"].sum()))


def duties(task: RosterTask, assignments: pl.DataFrame | None) -> list[Duty]:
    """The rows of a table of assignments whose shift is known, in order of time and person."""
    if assignments is None:
        return []
    shifts = {shift.code: shift for shift in task.shifts}
    made = [Duty(p, day, shifts[code], skill) for p, day, code, skill in _rows(assignments) if code in shifts]
    return sorted(made, key=lambda d: (d.begins, d.person, d.skill))


def _rows(assignments: pl.DataFrame) -> Iterable[tuple[str, dt.date, str, str]]:
    missing = [name for name in ASSIGNMENTS_SCHEMA if name not in assignments.columns]
    if missing:
        raise invalid(
            "roster_invalid",
            f"排班表缺少 {'、'.join(missing)} 列",
            f"the roster has no column {', '.join(missing)}",
            "请给出 person、date、shift、skill 四列",
            "Give the columns person, date, shift and skill",
        )
    table = assignments.select(pl.col(name).cast(kind) for name, kind in ASSIGNMENTS_SCHEMA.items())
    if sum(table.null_count().row(0)):
        raise invalid(
            "roster_invalid", "排班表有空格", "the roster has an empty cell", "请补上", "Fill it in and check again"
        )
    return table.iter_rows()


def _fault(
    rule: str,
    *,
    person: str = "",
    date: dt.date | None = None,
    shift: str = "",
    start: dt.datetime | None = None,
    skill: str = "",
    detail: tuple[str, str] = ("", ""),
) -> RosterFault:
    zh, en = fault_text(rule, person=person, date=date, shift=shift, start=start, skill=skill, detail=detail)
    return RosterFault(rule, zh, en, person, date, shift, start, skill)


def _fitting(task: RosterTask, people: dict[str, Person], known: list[Duty]) -> list[RosterFault]:
    """Does each assignment fit the person: skill, windows, absences."""
    faults = []
    merged = {code: _merged(person) for code, person in people.items()}
    for duty in known:
        broken = []
        if duty.skill not in people[duty.person].skills:
            broken.append("unskilled")
        if not any(first <= duty.begins and duty.ends <= last for first, last in merged[duty.person]):
            broken.append("unavailable")
        if any(
            absence.person == duty.person and absence.start < duty.ends and duty.begins < absence.end
            for absence in task.absences
        ):
            broken.append("absent")
        faults += [_at(rule, duty) for rule in broken]
    return faults


def _merged(person: Person) -> list[tuple[dt.datetime, dt.datetime]]:
    """The windows in which a person can work, those that touch joined."""
    joined: list[tuple[dt.datetime, dt.datetime]] = []
    for window in sorted(person.windows, key=lambda w: w.start):
        if joined and window.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], window.end))
        else:
            joined.append((window.start, window.end))
    return joined


def _at(rule: str, duty: Duty, detail: tuple[str, str] = ("", "")) -> RosterFault:
    return _fault(rule, person=duty.person, date=duty.date, shift=duty.shift.code, skill=duty.skill, detail=detail)


def _over_time(task: RosterTask, person: Person | None, mine: list[Duty]) -> list[RosterFault]:
    """The rules of one person over time; only what a shift of the period breaks counts."""
    if person is None:
        return []
    faults = []
    rules = task.rules
    for one, other in itertools.pairwise(mine):
        if other.date < task.start:
            continue
        gap = int((other.begins - one.ends).total_seconds()) // 60
        if one.date == other.date:
            faults.append(_at("one_shift_a_day", other))
        elif gap < rules.rest_minutes:
            hours = f"{gap / 60:g}"
            faults.append(_at("rest", other, (f"只隔 {hours} 小时", f"only {hours} h between them")))
        next_day = (other.date - one.date).days == 1
        if next_day and one.shift.is_night and not other.shift.is_night and not rules.day_after_night:
            faults.append(_at("day_after_night", other))
    faults += _days_in_row(task, mine)
    faults += _week_hours(task, person, mine)
    limit = rules.nights if person.nights is None else min(person.nights, rules.nights)
    faults += _nights(task, limit, mine)
    return faults


def _days_in_row(task: RosterTask, mine: list[Duty]) -> list[RosterFault]:
    faults = []
    run, last = 0, None
    for duty in mine:
        if duty.date == last:
            continue
        run = run + 1 if last is not None and (duty.date - last).days == 1 else 1
        last = duty.date
        if run > task.rules.days_in_row and duty.date >= task.start:
            faults.append(_at("days_in_row", duty, (f"连续第 {run} 天", f"day {run} in a row")))
    return faults


def _week_hours(task: RosterTask, person: Person, mine: list[Duty]) -> list[RosterFault]:
    faults = []
    minutes: Counter[dt.date] = Counter()
    for duty in mine:
        monday = duty.date - dt.timedelta(days=duty.date.weekday())
        minutes[monday] += duty.shift.minutes
        if minutes[monday] > person.week_minutes and duty.date >= task.start:
            hours = f"{minutes[monday] / 60:g}"
            faults.append(_at("week_hours", duty, (f"这一周 {hours} 小时", f"{hours} h in this week")))
    return faults


def _nights(task: RosterTask, limit: int, mine: list[Duty]) -> list[RosterFault]:
    faults = []
    nights = [duty for duty in mine if duty.shift.is_night]
    for n, duty in enumerate(nights):
        count = sum(1 for other in nights[: n + 1] if (duty.date - other.date).days < NIGHTS_DAYS)
        if count > limit and duty.date >= task.start:
            faults.append(_at("nights", duty, (f"28 天里第 {count} 个夜班", f"night {count} within 28 days")))
    return faults


def _coverage(needs: dict[Key, int], people: dict[str, Person], known: list[Duty]) -> pl.DataFrame:
    there: Counter[Key] = Counter()
    for duty in known:
        if duty.person not in people:
            continue
        away = {
            time
            for after, length in duty.shift.breaks
            for time in half_hours(
                duty.begins + dt.timedelta(minutes=after), duty.begins + dt.timedelta(minutes=after + length)
            )
        }
        for start in half_hours(duty.begins, duty.ends):
            if start not in away:
                there[start, duty.skill, "seat"] += 1
                for skill in people[duty.person].skills:
                    there[start, skill, "present"] += 1
    rows = [(*key, need, there[key], max(0, need - there[key])) for key, need in needs.items()]
    return pl.DataFrame(rows, schema=COVERAGE_SCHEMA, orient="row")


def _lacking(task: RosterTask, coverage: pl.DataFrame) -> list[RosterFault]:
    faults = []
    for start, skill, kind, need, there, lacking in coverage.filter(pl.col("lacking") > 0).iter_rows():
        detail = (f"要 {need}，有 {there}", f"{need} required, {there} there")
        if kind == "seat":
            if there < LEAST_SEATS:
                faults.append(_fault("two_seats", start=start, skill=skill, detail=detail))
            faults.append(_fault("seats", start=start, skill=skill, detail=detail))
        else:
            rule = "supervisor" if skill == task.rules.supervisor else "present"
            faults.append(_fault(rule, start=start, skill=skill, detail=detail))
        del lacking
    return faults
