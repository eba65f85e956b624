"""The check catches every rule that is broken, one planted violation a rule, and nothing else."""

import dataclasses
import datetime as dt

import polars as pl
import pytest

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import (
    ASSIGNMENTS_SCHEMA,
    DEMAND_SCHEMA,
    RULES,
    Absence,
    Person,
    RosterTask,
    Rules,
    Shift,
    Window,
    check_roster,
    swap_allowed,
)

MONDAY = dt.date(2020, 3, 2)
DAY = Shift("D", 8 * 60, 480)
LATE = Shift("L", 16 * 60, 480)
NIGHT = Shift("N", 0, 480)


def at(day: int, hour: float = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY, dt.time()) + dt.timedelta(days=day, hours=hour)


ALWAYS = (Window(at(-30), at(60)),)


def person(code: str, *skills: str, **more) -> Person:
    return Person(code, frozenset({"line", *skills}), more.pop("windows", ALWAYS), **more)


def roster(*rows: tuple[str, int, str] | tuple[str, int, str, str]) -> pl.DataFrame:
    made = [(row[0], MONDAY + dt.timedelta(days=row[1]), row[2], row[3] if len(row) > 3 else "line") for row in rows]
    return pl.DataFrame(made, schema=ASSIGNMENTS_SCHEMA, orient="row")


def demand(
    hours: range, days: range = range(1), seats: int = 2, skill: str = "line", kind: str = "seat"
) -> pl.DataFrame:
    rows = [(at(day, hour + half), skill, kind, seats) for day in days for hour in hours for half in (0, 0.5)]
    return pl.DataFrame(rows, schema=DEMAND_SCHEMA, orient="row")


def task(*people: Person, need: pl.DataFrame | None = None, days: int = 28, **more) -> RosterTask:
    everyone = people or (person("a", "supervisor"), person("b"), person("c", "supervisor"))
    rules = more.pop("rules", Rules())
    table = demand(range(8, 16)) if need is None else need
    return RosterTask(MONDAY, days, everyone, (DAY, LATE, NIGHT), table, rules, **more)


GOOD = (("a", 0, "D"), ("b", 0, "D"))


def broken(made: RosterTask, *rows) -> list[str]:
    return [fault.rule for fault in check_roster(made, roster(*GOOD, *rows)).faults]


def test_a_good_roster_has_no_fault():
    told = check_roster(task(), roster(*GOOD))
    assert told.ok
    assert told.faults == ()
    assert told.coverage.height == 32  # 16 half hours: the line, a supervisor
    assert told.shortage == 0


def week(code: str, days: range, shift: str = "D") -> list[tuple[str, int, str]]:
    return [(code, day, shift) for day in days]


PLANTED = {
    "unknown_person": lambda: broken(task(), ("x", 1, "D")),
    "unknown_shift": lambda: broken(task(), ("c", 1, "X")),
    "unknown_skill": lambda: broken(task(), ("c", 1, "D", "nothing")),
    "outside_period": lambda: broken(task(), ("c", 28, "D")),
    "one_shift_a_day": lambda: broken(task(), ("a", 0, "D")),
    "unskilled": lambda: broken(
        task(person("a", "supervisor"), person("b"), Person("c", frozenset({"x"}), ALWAYS)), ("c", 1, "D")
    ),
    "unavailable": lambda: broken(
        task(person("a", "supervisor"), person("b"), person("c", windows=(Window(at(1, 8.5), at(9)),))), ("c", 1, "D")
    ),
    "absent": lambda: broken(task(absences=(Absence("c", at(1, 15.5), at(2)),)), ("c", 1, "D")),
    "rest": lambda: broken(task(), ("c", 1, "L"), ("c", 2, "D")),
    "day_after_night": lambda: broken(task(), ("c", 1, "N"), ("c", 2, "D")),
    "days_in_row": lambda: broken(task(rules=Rules(days_in_row=4)), *week("c", range(1, 6))),
    "week_hours": lambda: broken(task(), *week("c", range(1, 7))),
    "nights": lambda: broken(
        task(person("a", "supervisor"), person("b"), person("c", nights=3)),
        *[("c", day, "N") for day in (1, 8, 15, 22)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", PLANTED)
def test_each_planted_violation_is_the_only_fault(rule):
    assert PLANTED[rule]() == [rule]


def rules_of(made: RosterTask, *rows) -> set[str]:
    return {fault.rule for fault in check_roster(made, roster(*rows)).faults}


def test_each_gap_in_the_cover_is_caught():
    assert rules_of(task(), ("a", 0, "D")) == {"two_seats", "seats"}
    assert rules_of(task(need=demand(range(8, 16), seats=3)), *GOOD) == {"seats"}
    assert rules_of(task(), ("b", 0, "D"), ("c", 0, "D")) == set()
    assert rules_of(task(person("a"), person("b")), *GOOD) == {"supervisor"}
    dialect = pl.concat([demand(range(8, 16)), demand(range(9, 10), seats=1, skill="dialect", kind="present")])
    told = check_roster(task(need=dialect), roster(*GOOD))
    assert [(fault.rule, fault.start) for fault in told.faults] == [("present", at(0, 9)), ("present", at(0, 9.5))]
    assert told.shortage == 2


def test_every_rule_has_a_planted_violation():
    assert set(PLANTED) | {"two_seats", "seats", "supervisor", "present"} == set(RULES)


def test_one_seat_asked_for_is_two():
    assert "two_seats" in rules_of(task(need=demand(range(8, 16), seats=1)), ("a", 0, "D"))


def test_a_break_leaves_the_seat_empty():
    paused = dataclasses.replace(task(), shifts=(Shift("D", 480, 480, ((240, 30),)), LATE, NIGHT))
    faults = check_roster(paused, roster(*GOOD)).faults
    assert {fault.start for fault in faults} == {at(0, 12)}
    assert {fault.rule for fault in faults} == {"two_seats", "seats", "supervisor"}


def test_limits_are_limits_and_not_one_less():
    assert broken(task(), ("c", 1, "L"), ("c", 2, "L"), ("c", 3, "L"), ("c", 4, "L"), ("c", 5, "L")) == []
    assert broken(task(rules=Rules(days_in_row=5)), *week("c", range(1, 6))) == []
    close = task(rules=Rules(rest_minutes=480))
    assert broken(close, ("c", 1, "L"), ("c", 2, "D")) == []
    assert broken(task(rules=Rules(day_after_night=True)), ("c", 1, "N"), ("c", 2, "D")) == []
    assert (
        broken(
            task(person("a", "supervisor"), person("b"), person("c", nights=3)), *[("c", d, "N") for d in (1, 9, 18)]
        )
        == []
    )


def test_the_days_before_the_period_count():
    before = roster(*[("c", day, "D") for day in range(-6, 0)])
    long = task(person("a", "supervisor"), person("b"), person("c", week_minutes=9999), before=before)
    assert broken(long, ("c", 0, "D")) == ["days_in_row"]
    late = task(before=roster(("c", -1, "L")))
    assert broken(late, ("c", 0, "D")) == ["rest"]
    nights = task(person("a", "supervisor"), person("b"), person("c", nights=1), before=roster(("c", -20, "N")))
    assert broken(nights, ("c", 2, "N")) == ["nights"]
    assert broken(nights, ("c", 9, "N")) == []
    assert [f.rule for f in check_roster(late, roster(*GOOD)).faults] == []


def test_faults_say_who_when_and_how_much():
    [fault] = check_roster(task(), roster(*GOOD, ("c", 1, "L"), ("c", 2, "D"))).faults
    assert (fault.person, fault.date, fault.shift) == ("c", dt.date(2020, 3, 4), "D")
    assert fault.zh == "2020-03-04 c D line：两班之间休息不够（只隔 8 小时）"
    assert fault.en == "2020-03-04 c D line: too little rest between two shifts (only 8 h between them)"


def test_a_swap_names_the_rule_it_would_break():
    made = task(need=demand(range(8, 16), range(3)))
    rows = roster(*[(code, day, "D") for day in range(3) for code in "ab"], ("c", 1, "L"))
    refused = swap_allowed(made, rows, ("b", MONDAY + dt.timedelta(days=2)), ("c", None))
    assert not refused.allowed
    assert [fault.rule for fault in refused.faults] == ["rest"]
    given = swap_allowed(made, rows, ("b", MONDAY), ("c", None))
    assert given.allowed
    assert ("c", MONDAY, "D", "line") in given.assignments.rows()
    swapped = swap_allowed(made, rows, ("b", MONDAY), ("c", MONDAY + dt.timedelta(days=1)))
    assert {fault.rule for fault in swapped.faults} == {
        "one_shift_a_day",
        "rest",
    }  # two shifts on Tuesday, the early one on Wednesday
    with pytest.raises(InputError, match="has no shift"):
        swap_allowed(made, rows, ("c", MONDAY), ("a", None))


@pytest.mark.parametrize(
    "need",
    [
        demand(range(8, 9)).drop("kind"),
        demand(range(8, 9), range(28, 29)),
        pl.concat([demand(range(8, 9)), demand(range(8, 9))]),
        demand(range(8, 9), seats=-1),
        demand(range(8, 9), seats=0),
        demand(range(8, 9), kind="chair"),
        demand(range(8, 9)).with_columns(pl.col("start") + pl.duration(minutes=10)),
    ],
)
def test_a_wrong_table_of_demand_is_refused(need):
    with pytest.raises(InputError) as caught:
        check_roster(task(need=need), roster(*GOOD))
    assert caught.value.code == "roster_invalid"
