"""All 71 exact cases through the library: amounts, totals and movement as tests/data/allocation/README.md says."""

import json
import math
from collections import defaultdict
from pathlib import Path

import pytest
from planned import Tables, plan_of

from tongzhou_engines.allocation import check
from tongzhou_engines.testing import Instance, assert_lawful, assert_optimal

CASES = json.loads((Path(__file__).parents[2] / "data" / "allocation" / "cases.json").read_text(encoding="utf-8"))


def near_floor(amount: float) -> int:
    return math.floor(amount + 0.0015)


def near_ceiling(amount: float) -> int:
    return math.ceil(amount - 0.0015)


def assert_as_expected(tables, case) -> None:
    """Served amounts and movement against the numbers written in the case, without any oracle."""
    expected = {(place, category, urgency): amount for place, category, urgency, amount in case["expected"]["served"]}
    served = {(r["place"], r["category"], r["urgency"]): r["served"] for r in tables.cells.iter_rows(named=True)}
    assert served.keys() == expected.keys()
    totals, exact = defaultdict(int), defaultdict(float)
    for key, amount in expected.items():
        assert near_floor(amount) <= served[key] <= near_ceiling(amount), key
        for now in range(4):
            for name in [("class", now)] * (key[2] == now) + [("up to", now)] * (key[2] <= now):
                totals[name] += served[key]
                exact[name] += amount
    slack = 0.0005 * len(expected)
    for name, total in totals.items():
        assert math.floor(exact[name] + slack + 0.001) <= total <= math.ceil(exact[name] - slack - 0.001), name
    if all(near_floor(amount) == near_ceiling(amount) for amount in expected.values()):
        moved = defaultdict(int)
        for row in tables.assignments.iter_rows(named=True):
            moved[str(row["reach"])] += row["quantity"]
        assert {r: moved[r] for r in "01234"} == case["expected"]["moved"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_library(case, tmp_path):
    instance = Instance.from_case(case)
    made = plan_of(instance)
    assert_as_expected(made, case)
    assert_lawful(made, instance)
    assert_optimal(made, instance)
    made.write(tmp_path / "plan")
    result = check(tmp_path / "plan")
    assert result.ok, result.faults
    assert_as_expected(Tables(tmp_path / "plan"), case)
