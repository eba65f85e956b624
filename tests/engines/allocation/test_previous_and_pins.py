"""The plan in force and pins: what they may change, judged by the oracle."""

import random
from collections import Counter
from dataclasses import replace

import polars as pl
import pytest
from planned import plan_of

from tongzhou_engines.allocation import check
from tongzhou_engines.testing import assert_lawful, assert_optimal, lawful_faults, random_instance

SEEDS = range(200_000, 200_040)


def lines_of(plan) -> Counter:
    return Counter({(r["offer_id"], r["need_id"]): r["quantity"] for r in plan.assignments.iter_rows(named=True)})


def change(old: Counter, new: Counter) -> int:
    return sum(((old - new) + (new - old)).values())


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_changes_without_need(seed):
    """With itself as the plan in force a plan stays as it is."""
    instance = random_instance(seed)
    first = plan_of(instance)
    assert lines_of(plan_of(instance, previous=first.assignments)) == lines_of(first)


@pytest.mark.parametrize("seed", SEEDS)
def test_plan_in_force_never_costs_the_optimum(seed, tmp_path):
    """One need changed: amounts and movement are the oracle's, and no more lines change than without the old plan."""
    instance = random_instance(seed, needs=9, offers=7)
    first = plan_of(instance)
    rng = random.Random(seed)
    needs = list(instance.needs)
    n = rng.randrange(len(needs))
    needs[n] = replace(needs[n], confirmed=rng.randint(1, 30))
    later = replace(instance, needs=tuple(needs))
    made = plan_of(later, previous=first.assignments)
    assert_lawful(made, later)
    assert_optimal(made, later)
    made.write(tmp_path / "later")
    assert check(tmp_path / "later").ok
    assert change(lines_of(first), lines_of(made)) <= change(lines_of(first), lines_of(plan_of(later)))


@pytest.mark.parametrize("seed", SEEDS)
def test_pins_are_kept(seed, tmp_path):
    """A forbidden pair is not used; a pinned one carries exactly what was pinned; `check` accepts the plan."""
    instance = random_instance(seed, needs=9, offers=7)
    first = lines_of(plan_of(instance))
    if not first:
        return
    rng = random.Random(seed)
    pair = rng.choice(sorted(first))
    for quantity in (0, rng.randint(1, first[pair])):
        pins = pl.DataFrame({"need_id": [pair[1]], "offer_id": [pair[0]], "quantity": [quantity]})
        made = plan_of(instance, pins=pins)
        # A pin sets its need apart from its cell, so comparing cells and turns inside them says nothing here.
        faults = [f for f in lawful_faults(made, instance) if not f.startswith("cell") and "whose turn" not in f]
        assert not faults
        assert lines_of(made)[pair] == quantity
        made.write(tmp_path / str(quantity))
        assert check(tmp_path / str(quantity)).ok
