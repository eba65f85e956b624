"""The oracle agrees with the exact cases, with staged linear programs, and with plain enumeration."""

import itertools
import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
from lp_optimum import lp_amounts

from tongzhou_engines.testing import (
    ORDERS,
    Instance,
    NeedRow,
    OfferRow,
    Reading,
    best_rounding,
    by_cell,
    crossed_instance,
    least_movement,
    permitted,
    random_instance,
    staged_optimum,
)

CASES = json.loads((Path(__file__).parents[2] / "data" / "allocation" / "cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_exact_cases(case):
    exact = staged_optimum(Instance.from_case(case))
    amounts = by_cell(exact)
    expected = {(place, category, urgency): amount for place, category, urgency, amount in case["expected"]["served"]}
    assert amounts.keys() == expected.keys()
    for key, amount in expected.items():
        assert float(amounts[key]) == pytest.approx(amount, abs=0.0015)
    rounded = best_rounding(exact)
    assert permitted(exact, rounded.served)
    if all(amount.denominator == 1 for amount in exact.amounts):
        assert list(rounded.moved) == [case["expected"]["moved"][str(r)] for r in range(5)]


@pytest.mark.parametrize("make", [random_instance, crossed_instance])
@pytest.mark.parametrize("seed", range(60))
def test_linear_programs_agree(make, seed):
    instance = make(seed)
    exact = staged_optimum(instance)
    assert lp_amounts(instance) == pytest.approx([float(a) for a in exact.amounts], abs=1e-3)


def test_shapes_are_all_there():
    made = [random_instance(seed) for seed in range(400)]
    assert {i.principles for i in made} == set(ORDERS)
    assert {n.urgency for i in made for n in i.needs} == {0, 1, 2, 3}
    assert any(n.place == "CN" for i in made for n in i.needs)
    assert any(o.place == "CN" for i in made for o in i.offers)
    assert any(i.depths is not None for i in made)
    assert any(len(code) == 9 and i.places[code] == code[:4] for i in made for code in i.places)
    assert any(len(o.coverage) > 1 for i in made for o in i.offers)
    assert any(o.coverage and not any(o.place.startswith(c) for c in o.coverage) for i in made for o in i.offers)
    assert any(o.quantity is None for i in made for o in i.offers)
    assert any(o.quantity == 0 for i in made for o in i.offers)
    assert any(n.quantity is None for i in made for n in i.needs)
    assert any(n.quantity == 0 for i in made for n in i.needs)
    readings = [Reading.of(i) for i in made]
    assert any(len({c.key for c in r.cells}) < len(r.cells) for r in readings), "cells differing only in their windows"
    assert any(len(c.needs) > 1 for r in readings for c in r.cells)
    open_chain = [i for i in made if set(i.compat.get("n95_respirator", ())) == {"surgical_mask"}]
    assert any(i.compat.get("surgical_mask") == ("cloth_mask",) for i in open_chain)
    shared = [staged_optimum(i) for i in made]
    assert sum(any(a.denominator > 1 for a in e.amounts) for e in shared) > 80


def test_class_totals_can_be_fractional():
    exact = staged_optimum(crossed_example())
    assert dict(zip((c.key for c in exact.reading.cells), exact.amounts, strict=True)) == {
        ("420101001", "cloth_mask", 2): Fraction(1, 2),
        ("420101001", "surgical_mask", 2): 1,
        ("420101002", "cloth_mask", 0): Fraction(1, 2),
    }
    # One of the two half-served cells gets the unit: the one that can be served in its own street.
    assert best_rounding(exact).served == (1, 1, 0)
    assert best_rounding(exact).moved == (1, 1, 0, 0, 0)


def crossed_example():
    """Ring 0 halves one unit between two routine cells; at ring 1 a neighbour takes one over, for an urgent cell."""
    streets = ("420101001", "420101002")
    return Instance(
        places={"CN": None, "42": "CN", "4201": "42", "420101": "4201", **dict.fromkeys(streets, "420101")},
        compat={"n95_respirator": ("surgical_mask", "cloth_mask")},
        needs=(
            NeedRow("x", streets[0], "surgical_mask", 2, 1),
            NeedRow("y", streets[0], "cloth_mask", 2, 1),
            NeedRow("w", streets[1], "cloth_mask", 0, 2),
        ),
        offers=(
            OfferRow("o", streets[0], "n95_respirator", 1, ("420101",)),
            OfferRow("p", streets[1], "surgical_mask", 1, ("420101",)),
        ),
        principles=ORDERS[2],
    )


def tiny_instance(seed):
    """At most 3 needs and 3 offers of at most 3 units with few lawful pairs."""
    for attempt in itertools.count(seed * 1000):
        instance = random_instance(attempt, needs=3, offers=3, quantity=3)
        if 0 < len(Reading.of(instance).reach) <= 5:
            return instance
    raise AssertionError


@pytest.mark.parametrize("seed", range(150))
def test_rounding_by_plain_enumeration(seed):
    """Every whole-unit assignment is tried; the best by the rules is what the oracle returns."""
    exact = staged_optimum(tiny_instance(seed))
    reading = exact.reading
    pairs = sorted(reading.reach)
    ranges = [range(min(reading.supply[i], reading.cells[k].demand) + 1) for i, k in pairs]
    rank = sorted(range(len(reading.cells)), key=lambda k: (exact.ratio(k), reading.cells[k].key))
    best = None
    for given in itertools.product(*ranges):
        served = [sum(q for (_, k), q in zip(pairs, given, strict=True) if k == n) for n in range(len(reading.cells))]
        spent = [sum(q for (i, _), q in zip(pairs, given, strict=True) if i == n) for n in range(len(reading.supply))]
        if any(s > have for s, have in zip(spent, reading.supply, strict=True)) or not permitted(exact, served):
            continue
        moved = [0] * (reading.farthest + 1)
        for pair, quantity in zip(pairs, given, strict=True):
            moved[reading.reach[pair]] += quantity
        score = (moved[:0:-1], [-served[k] for k in rank])
        if best is None or score < best[0]:
            best = (score, tuple(served), tuple(moved))
    assert best is not None
    rounded = best_rounding(exact)
    assert best[1] in (rounded.served, *rounded.equals)
    assert rounded.moved == best[2]


@pytest.mark.parametrize("seed", range(100))
def test_least_movement_is_least(seed):
    """Random assignments of the same amounts never move less."""
    exact = staged_optimum(random_instance(seed))
    served = best_rounding(exact).served
    least = least_movement(exact.reading, served)
    rng = random.Random(seed)
    for _ in range(20):
        moved = _random_delivery(rng, exact.reading, served)
        assert moved is None or moved[:0:-1] >= least[:0:-1]


def _random_delivery(rng, reading, served):
    spare, lacking, moved = list(reading.supply), list(served), [0] * (reading.farthest + 1)
    pairs = list(reading.reach)
    rng.shuffle(pairs)
    for i, k in pairs:
        amount = min(spare[i], lacking[k])
        spare[i] -= amount
        lacking[k] -= amount
        moved[reading.reach[i, k]] += amount
    return None if any(lacking) else tuple(moved)
