"""What the engine foresees for a roster is what callers meet when the line is simulated call by call."""

import pytest
from line_simulation import simulate
from staffing_world import LINES, curve

from tongzhou_engines.staffing import Line, Targets, demand_table, figures


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
