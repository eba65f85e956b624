"""What the engine foresees for a roster is what callers meet when the line is simulated call by call."""

import datetime as dt

import polars as pl
import pytest
from line_simulation import simulate
from staffing_world import LINES, curve

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import COVERAGE_SCHEMA, Line, Targets, demand_table, expected_service, figures


@pytest.mark.parametrize("seats", [9, 11, 13])
def test_a_steady_line(seats):
    """Load 10, two hundred hours, one hour left out at the start by its small weight."""
    line = Line("a", 300.0, 120.0, targets=Targets(answer_within_seconds=20.0))
    told = simulate([60.0] * 400, [seats] * 400, 300.0, 120.0, 20.0, seed=seats)
    meant = figures(60.0, line, seats)
    assert told.share(told.in_time) == pytest.approx(meant.service_level, abs=0.02)
    assert told.share(told.hung_up) == pytest.approx(meant.abandonment, abs=0.01)
    assert sum(told.waited) / sum(told.offered) == pytest.approx(meant.mean_wait_seconds, rel=0.1)


def test_days_with_changing_seats():
    """Twelve days of the curve of the tests, staffed half hour by half hour: within two percentage points."""
    line = LINES[1]
    table = demand_table(curve(12, 60.0), [line])
    calls, seats = table["calls"].to_list(), table["seats"].to_list()
    told = simulate(calls, seats, line.handle_seconds, line.patience_seconds, 30.0, seed=3)
    foreseen = (table["service_level"] * table["calls"]).sum() / table["calls"].sum()
    lost = (table["abandonment"] * table["calls"]).sum() / table["calls"].sum()
    assert told.share(told.in_time) == pytest.approx(foreseen, abs=0.02)
    assert told.share(told.hung_up) == pytest.approx(lost, abs=0.02)
    assert foreseen >= 0.8


def test_a_roster_says_what_its_callers_meet():
    """Two lines with days of plenty, days too thin, a night with nobody: the table against the play."""
    days = 6
    demand = demand_table(curve(days, 40.0), LINES)
    rows = [
        (start, skill, "seat", seats, present, max(0, seats - present))
        for start, skill, seats in demand.select("start", "skill", "seats").iter_rows()
        for present in [0 if start.day == 5 and start.hour < 4 else seats + 1 if start.day % 2 else max(1, seats - 2)]
    ]
    coverage = pl.DataFrame(rows, schema=COVERAGE_SCHEMA, orient="row")
    told = expected_service(coverage, demand, LINES)
    assert told.height == 2 * days
    for line in LINES:
        own, there = (t.filter(pl.col("skill") == line.skill).sort(t.columns[0]) for t in (told, coverage))
        calls = demand.filter(pl.col("skill") == line.skill).sort("start")["calls"].to_list()
        runs = [
            simulate(calls, there["present"].to_list(), line.handle_seconds, line.patience_seconds, 30.0, seed=n)
            for n in range(12)
        ]
        offered = sum(sum(run.offered) for run in runs)
        assert own["calls"].sum() == pytest.approx(sum(calls))
        for column, seen in (("in_time", [r.in_time for r in runs]), ("given_up", [r.hung_up for r in runs])):
            assert own[column].sum() / own["calls"].sum() == pytest.approx(sum(map(sum, seen)) / offered, abs=0.02), (
                line.skill,
                column,
            )


def test_a_half_hour_without_anybody_loses_everybody():
    """Worked by hand: two half hours of 3 calls, nobody in the first, a hundred people in the second."""
    at = dt.datetime(2020, 3, 2, 8)
    line = Line("a", 600.0, 120.0)
    schema = {"start": pl.Datetime("us"), "skill": pl.String(), "kind": pl.String(), "calls": pl.Float64()}
    later = at + dt.timedelta(minutes=30)
    demand = pl.DataFrame([(at, "a", "seat", 3.0), (later, "a", "seat", 3.0)], schema=schema, orient="row")
    coverage = pl.DataFrame([(later, "a", "seat", 2, 100, 0)], schema=COVERAGE_SCHEMA, orient="row")
    assert expected_service(coverage, demand, [line]).rows() == [(at.date(), "a", 6.0, 3.0, 3.0)]
    with pytest.raises(InputError, match="line_invalid"):
        expected_service(coverage, demand, [Line("b", 600.0, 120.0)])
