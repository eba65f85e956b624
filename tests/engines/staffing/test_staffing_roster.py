"""Rosters against exhaustive search on tiny tasks, and against the check on larger ones."""

import dataclasses
import datetime as dt
import itertools
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staffing_world import LINES, MONDAY, SHIFTS, curve, people_of, task_of

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import (
    ASSIGNMENTS_SCHEMA,
    DEMAND_SCHEMA,
    Absence,
    Person,
    RosterTask,
    Rules,
    Shift,
    Window,
    Wish,
    check_roster,
    make_roster,
    repair_roster,
)

DAY, LATE, NIGHT = Shift("D", 480, 480), Shift("L", 960, 480), Shift("N", 0, 480)


def at(day: int, hour: float = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY, dt.time()) + dt.timedelta(days=day, hours=hour)


def whole_shifts(spots: list[tuple[int, int, int]]) -> pl.DataFrame:
    """(day, first hour, seats): eight hours of demand each."""
    rows = [(at(day, hour + half / 2), "line", "seat", seats) for day, hour, seats in spots for half in range(16)]
    return pl.DataFrame(rows, schema=DEMAND_SCHEMA, orient="row")


@st.composite
def tiny_tasks(draw) -> RosterTask:
    """Three people, two or three days, two kinds of shift."""
    people = []
    for n in range(3):
        free = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True))
        windows = tuple(Window(at(day), at(day + 1, 1)) for day in free)
        skills = {"line"} | ({"supervisor"} if draw(st.booleans()) else set())
        people.append(Person(f"p{n}", frozenset(skills), windows, draw(st.sampled_from((480, 960, 2400)))))
    shifts = draw(st.sampled_from(((DAY, LATE), (DAY, NIGHT), (LATE, NIGHT))))
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 1), st.sampled_from([s.start_minute // 60 for s in shifts]), st.integers(2, 3)),
            min_size=1, max_size=3, unique_by=lambda spot: spot[:2],
        )
    )  # fmt: skip
    rules = Rules(days_in_row=draw(st.integers(1, 2)), supervisor=draw(st.sampled_from((None, "supervisor"))))
    return RosterTask(MONDAY, 2, tuple(people), shifts, whole_shifts(spots), rules)


def lawful_days(task: RosterTask, person: Person) -> list[tuple[str | None, ...]]:
    """Every way this person may work, by the rules as written, not by the engine's check."""
    made = []
    length = {s.code: s for s in task.shifts}
    for days in itertools.product((None, *length), repeat=task.days):
        work = [(day, length[code]) for day, code in enumerate(days) if code]
        first = [at(day, shift.start_minute / 60) for day, shift in work]
        last = [start + dt.timedelta(hours=8) for start in first]
        free = all(any(w.start <= a and b <= w.end for w in joined(person)) for a, b in zip(first, last, strict=True))
        in_row = len(work) <= task.rules.days_in_row or work[-1][0] - work[0][0] >= len(work)
        rest = all((b - a) >= dt.timedelta(hours=11) for a, b in zip(last, first[1:], strict=False))
        night = all((a.code, b.code) not in (("N", "D"), ("N", "L")) for (_, a), (_, b) in itertools.pairwise(work))
        if free and in_row and rest and night and 480 * len(work) <= person.week_minutes:
            made.append(days)
    return made


def joined(person: Person) -> list[Window]:
    """Windows of a tiny task overlap when their days follow each other."""
    made: list[Window] = []
    for window in sorted(person.windows, key=lambda w: w.start):
        if made and window.start <= made[-1].end:
            made[-1] = Window(made[-1].start, window.end)
        else:
            made.append(window)
    return made


def least_shortage(task: RosterTask) -> int:
    """By trying every roster there is."""
    codes = {s.start_minute // 60: s.code for s in task.shifts}
    spots = {
        ((start.date() - MONDAY).days, codes[start.hour // 8 * 8]): seats
        for start, _, _, seats in task.demand.iter_rows()
    }
    found = []
    for choice in itertools.product(*[lawful_days(task, person) for person in task.people]):
        lacking = 0
        for (day, code), seats in spots.items():
            there = [p for p, days in zip(task.people, choice, strict=True) if days[day] == code]
            lacking += 16 * max(0, seats - len(there))
            if task.rules.supervisor and not any("supervisor" in p.skills for p in there):
                lacking += 16
        found.append(lacking)
    return min(found)


@settings(max_examples=40)
@given(tiny_tasks())
def test_the_shortage_is_the_least_there_is(task):
    made = make_roster(task)
    least = least_shortage(task)
    assert made.shortage == least
    assert made.least_shortage <= least
    assert made.status == ("complete" if least == 0 else "short_proved" if made.least_shortage == least else "short")
    assert made.shortages["lacking"].sum() == least


@settings(max_examples=10)
@given(tiny_tasks(), st.integers(0, 100))
def test_order_of_input_is_irrelevant_and_bytes_are_the_same(task, seed):
    rng = random.Random(seed)
    people, shifts = list(task.people), list(task.shifts)
    rng.shuffle(people)
    rng.shuffle(shifts)
    other = dataclasses.replace(
        task, people=tuple(people), shifts=tuple(shifts), demand=task.demand.sample(fraction=1, shuffle=True, seed=seed)
    )
    first, second = make_roster(task), make_roster(other)
    assert first.assignments.write_csv() == second.assignments.write_csv()
    assert first.people.write_csv() == second.people.write_csv()


@settings(max_examples=10)
@given(tiny_tasks())
def test_one_more_person_is_never_worse(task):
    more = Person("q", frozenset({"line", "supervisor"}), (Window(at(-1), at(4)),))
    richer = dataclasses.replace(task, people=(*task.people, more))
    assert make_roster(richer).shortage <= make_roster(task).shortage


@pytest.fixture(scope="module")
def week():
    """64 people, five days, two lines, a dialect, supervisors."""
    task = task_of(64, 5, 12.0, wishes=12)
    return task, make_roster(task, effort=0.2)


def test_a_week_is_covered_and_holds(week):
    task, made = week
    told = check_roster(task, made.assignments)
    assert told.ok, told.faults[:3]
    assert (made.status, made.shortage, made.least_shortage) == ("complete", 0, 0)
    assert not made.stopped_by_time
    assert made.shortages.height == 0
    assert made.fairness.refused <= 2
    minutes = {s.code: s.minutes for s in SHIFTS}
    assert made.minutes == sum(minutes[s] for s in made.assignments["shift"])
    assert made.people["minutes"].sum() == made.minutes


def test_the_same_week_comes_out_again(week):
    task, made = week
    again = make_roster(task, effort=0.2)
    assert again.assignments.write_csv() == made.assignments.write_csv()


def test_a_shortage_is_proved_and_says_why():
    few = dataclasses.replace(task_of(40, 2, 6.0), people=people_of(8, 2), wishes=(), before=None)
    made = make_roster(few, effort=0.1)
    assert made.shortage >= made.least_shortage > 0
    assert made.shortage == made.shortages["lacking"].sum() == check_roster(few, made.assignments).shortage
    assert not [fault for fault in check_roster(few, made.assignments).faults if fault.person]
    reasons = set(made.shortages["reason"])
    assert reasons <= {"no_shift", "no_people", "too_few_hours", "rules_together", "not_proved"}
    assert "too_few_hours" in reasons or "no_people" in reasons


def two_people(count: int = 2, **more) -> RosterTask:
    people = tuple(Person(f"p{n}", frozenset({"line", "supervisor"}), (Window(at(-1), at(15)),)) for n in range(count))
    need = whole_shifts([(day, 8, 2) for day in range(7)])
    return RosterTask(MONDAY, 7, people, (DAY,), need, Rules(days_in_row=7), **more)


def test_reasons_worked_out_by_hand():
    """Two people of 40 h a week for seven days of two seats: 112 person-hours asked, 80 there; 32 h lacking."""
    made = make_roster(two_people())
    assert (made.status, made.shortage, made.least_shortage) == ("short_proved", 64, 64)
    assert set(made.shortages.filter(pl.col("skill") == "line")["reason"]) == {"too_few_hours"}
    line = made.shortages.filter(pl.col("skill") == "line").row(0, named=True)
    assert line["en"] == "this week takes 112 person-hours, people with this skill can give 80 at most"
    assert line["zh"] == "这一周要 112 人时，有这项技能的人最多能上 80 人时"
    sick = dataclasses.replace(
        two_people(3), absences=(Absence("p0", at(2, 9), at(2, 10)), Absence("p1", at(2), at(3)))
    )
    lacking = make_roster(sick).shortages.filter(pl.col("start").dt.date() == at(2).date())
    assert lacking["reason"].unique().to_list() == ["no_people"]
    assert lacking["en"][0] == "only 1 people with this skill can be there, 2 are required"


def test_burdens_are_even_where_they_can_be():
    """Seven days of two seats over four people alike: 14 shifts are 3.5 each, four on the weekend are one each."""
    made = make_roster(two_people(4))
    assert sorted(made.people["minutes"]) == [3 * 480, 3 * 480, 4 * 480, 4 * 480]
    assert made.people["weekend_days"].to_list() == [1, 1, 1, 1]
    assert made.fairness.minutes == 240.0


def test_wishes_are_kept_where_they_can_be():
    wish = tuple(Wish(f"p{n}", (at(day)).date()) for n in (0, 1) for day in (2, 3))
    made = make_roster(two_people(4, wishes=wish))
    assert made.status == "complete"
    assert (made.fairness.wishes, made.fairness.refused) == (4, 0)
    everyone = tuple(Wish(f"p{n}", at(2).date()) for n in range(4))
    made = make_roster(two_people(4, wishes=everyone))
    assert (made.status, made.fairness.refused) == ("complete", 2)


def test_one_sick_person_moves_one_other(week):
    task, made = week
    ill, date = made.assignments.filter(pl.col("date") == MONDAY + dt.timedelta(days=2)).row(0)[:2]
    gone = Absence(
        ill, dt.datetime.combine(date, dt.time()), dt.datetime.combine(date, dt.time()) + dt.timedelta(days=2)
    )
    mended = repair_roster(task, made.assignments, [gone])
    told = check_roster(mended.task, mended.assignments)
    assert told.ok, told.faults[:3]
    assert mended.status == "complete"
    assert mended.least_moves <= mended.moves_made <= 4
    lost = mended.moves.filter(pl.col("move") == "absent")
    assert set(lost["person"]) == {ill}
    before, after = set(made.assignments.rows()), set(mended.assignments.rows())
    named = set(mended.moves.select("person", "date").rows())
    assert {(row[0], row[1]) for row in before ^ after} == named


def test_a_repair_with_the_fewest_moves_by_hand():
    """p0 is ill on one day of two seats: one of the two who are free steps in, nobody else moves."""
    task = two_people(4)
    made = make_roster(task)
    ill, date = made.assignments.row(0)[:2]
    day = dt.datetime.combine(date, dt.time())
    mended = repair_roster(task, made.assignments, [Absence(ill, day, day + dt.timedelta(days=1))])
    assert mended.moves["move"].to_list().count("added") == 1
    assert (mended.moves.height, mended.moves_made, mended.least_moves, mended.proved) == (2, 1, 1, True)
    nobody = [Absence(f"p{n}", day, day + dt.timedelta(days=1)) for n in range(4)]
    empty = repair_roster(task, made.assignments, nobody)
    assert (empty.status, empty.new_shortage, empty.moves_made) == ("short", 48, 0)
    assert set(empty.shortages["reason"]) == {"no_people"}


def test_what_is_not_missed_is_not_filled():
    task = two_people(4)
    made = make_roster(task)
    idle = repair_roster(task, made.assignments, [Absence("p0", at(20), at(21))])
    assert (idle.moves.height, idle.status, idle.proved) == (0, "complete", True)


def test_a_published_roster_that_does_not_hold_is_refused():
    task = two_people(3)
    twice = pl.DataFrame([("p0", MONDAY, "D", "line")] * 2, schema=ASSIGNMENTS_SCHEMA, orient="row")
    with pytest.raises(InputError, match="does not hold") as caught:
        repair_roster(task, twice, [])
    assert caught.value.code == "roster_invalid"


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 0},
        {"people": ()},
        {"people": (Person("a", frozenset(), ()), Person("a", frozenset(), ()))},
        {"shifts": (Shift("D", 490, 480),)},
        {"shifts": (Shift("D", 480, 480, ((460, 30),)),)},
        {"shifts": (Shift("D", 480, 480, ((450, 60),)),)},
        {"rules": Rules(days_in_row=0)},
        {"people": (Person("a", frozenset({"line"}), (Window(at(2), at(1)),)),)},
    ],
)
def test_an_impossible_task_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        make_roster(dataclasses.replace(two_people(), **wrong))
    assert caught.value.code == "roster_invalid"


def test_no_time_is_a_status_and_not_an_answer():
    task = task_of(64, 5, 12.0)
    made = make_roster(task, seconds=0.0)
    assert made.stopped_by_time
    assert made.status == "short"
    assert not [f for f in check_roster(task, made.assignments).faults if f.person]


def test_the_world_of_the_tests_is_what_it_seems():
    assert {line.skill for line in LINES} == {"counselling", "medical"}
    assert curve(1, 100.0).height == 48
