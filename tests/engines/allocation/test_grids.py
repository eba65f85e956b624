"""Rough grids and long integers give what exact denominators give, and their flows are still proved."""

from functools import partial

import numpy as np
import pytest
from planned import plan_of

from tongzhou_engines.allocation import amounts, check, flows, planner
from tongzhou_engines.allocation.flows import maximum_flow
from tongzhou_engines.testing.shapes import crossed_instance, random_instance


@pytest.mark.parametrize("grid", [2**50, 2**24, 2**12])
@pytest.mark.parametrize("shape", [random_instance, crossed_instance])
def test_a_rough_grid_changes_nothing_and_is_proved(monkeypatch, tmp_path, grid, shape):
    for seed in range(25):
        instance = shape(seed)
        wanted = plan_of(instance).cells
        with monkeypatch.context() as rough:
            rough.setattr(amounts, "_EXACT_TOTAL", 1)
            rough.setattr(amounts, "_GRID_TOTAL", grid)
            made = plan_of(instance)
        assert made.cells.equals(wanted), seed
        made.write(tmp_path / "plan")
        assert check(tmp_path / "plan").faults == (), seed


def test_long_integers_change_nothing(monkeypatch):
    for seed in range(25):
        instance = crossed_instance(seed)
        wanted = plan_of(instance)
        with monkeypatch.context() as long:
            long.setattr(planner, "Staging", partial(amounts.Staging, long=True))
            long.setattr(flows, "LIMIT", 1)  # every amount is too long for the 64-bit solver
            made = plan_of(instance)
        assert made.cells.equals(wanted.cells), seed


def test_the_long_flow_equals_the_short_one():
    rng = np.random.default_rng(7)
    for _ in range(60):
        nodes = int(rng.integers(4, 12))
        arcs = int(rng.integers(5, 30))
        tail = rng.integers(0, nodes, arcs)
        head = (tail + rng.integers(1, nodes, arcs)) % nodes
        capacity = [int(c) for c in rng.integers(0, 9, arcs)]
        short = maximum_flow(tail, head, capacity, nodes, 0, nodes - 1)
        times = 10**40
        long = maximum_flow(tail, head, [c * times for c in capacity], nodes, 0, nodes - 1)
        assert _value(long.flow, tail, head) == times * _value(short.flow, tail, head)
        assert np.array_equal(long.shore[:-1], short.shore[:-1])
        balance = np.zeros(nodes, dtype=object)
        for arc, amount in enumerate(long.flow):
            assert 0 <= amount <= capacity[arc] * times
            balance[tail[arc]] -= amount
            balance[head[arc]] += amount
        assert not balance[1:-1].any()


def _value(flow, tail, head) -> int:
    return sum(int(f) for f, t in zip(flow, tail, strict=True) if t == 0) - sum(
        int(f) for f, h in zip(flow, head, strict=True) if h == 0
    )
