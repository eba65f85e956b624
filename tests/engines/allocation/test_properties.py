"""What must hold for every plan, on instances Hypothesis makes up and shrinks."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from planned import plan_of

from tongzhou_engines.testing import Instance, assert_lawful, assert_optimal, staged_optimum
from tongzhou_engines.testing.strategies import instances

SETTINGS = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def cells_of(plan, column):
    rows = plan.cells.iter_rows(named=True)
    return sorted((r["place"], r["category"], r["urgency"], r["demand"], r[column]) for r in rows if r["demand"])


def class_totals(plan) -> list[int]:
    totals = Counter()
    for row in plan.cells.iter_rows(named=True):
        totals[row["urgency"]] += row["served"]
    return [totals[urgency] for urgency in range(4)]


def scaled(instance: Instance, k: int) -> Instance:
    def times(quantity):
        return None if quantity is None else quantity * k

    return replace(
        instance,
        needs=tuple(replace(n, quantity=times(n.quantity), confirmed=times(n.confirmed)) for n in instance.needs),
        offers=tuple(replace(o, quantity=times(o.quantity), reserve=o.reserve * k) for o in instance.offers),
        minimum_lot={c: instance.minimum_lot.get(c, 1) * k for c in instance.categories()},
        plausible_maximum={c: q * k for c, q in instance.plausible_maximum.items()},
    )


@SETTINGS
@given(instances())
def test_lawful_and_optimal(instance):
    """Never more than stock or need, a reason for everything unmet or held, and the oracle's amounts."""
    made = plan_of(instance)
    assert_lawful(made, instance)
    assert_optimal(made, instance)


@SETTINGS
@given(instances(), st.integers(0, 1000))
def test_order_of_input_is_irrelevant(instance, seed):
    rng = random.Random(seed)
    needs, offers, places = list(instance.needs), list(instance.offers), list(instance.places.items())
    for rows in (needs, offers, places):
        rng.shuffle(rows)
    other = replace(instance, needs=tuple(needs), offers=tuple(offers), places=dict(places))
    first, second = plan_of(instance), plan_of(other)
    assert cells_of(first, "served") == cells_of(second, "served")
    assert cells_of(first, "exact") == cells_of(second, "exact")


@SETTINGS
@given(instances(), st.sampled_from((2, 3, 10, 1000)))
def test_scaling_scales_the_exact_amounts(instance, k):
    small = [(*row[:3], row[3] * k, Fraction(row[4]) * k) for row in cells_of(plan_of(instance), "exact")]
    large = [(*row[:4], Fraction(row[4])) for row in cells_of(plan_of(scaled(instance, k)), "exact")]
    assert sorted(small) == sorted(large)


@SETTINGS
@given(instances(), st.integers(0, 4), st.integers(1, 20))
def test_more_stock_never_hurts_the_most_urgent(instance, which, more):
    assume(instance.offers and instance.principles[0] == "urgency")
    n = which % len(instance.offers)
    assume(instance.offers[n].quantity is not None)
    richer = replace(instance.offers[n], quantity=instance.offers[n].quantity + more)
    other = replace(instance, offers=(*instance.offers[:n], richer, *instance.offers[n + 1 :]))
    assert class_totals(plan_of(other)) >= class_totals(plan_of(instance))


@SETTINGS
@given(instances(needs=4, offers=4), st.integers(0, 10))
def test_same_inputs_same_bytes(tmp_path_factory, instance, seed):
    folder = tmp_path_factory.mktemp("twice")
    for name in ("first", "second"):
        plan_of(instance, seed=seed).write(folder / name)
    written = sorted(p.relative_to(folder / "first") for p in (folder / "first").rglob("*") if p.is_file())
    assert written == sorted(p.relative_to(folder / "second") for p in (folder / "second").rglob("*") if p.is_file())
    for name in written:
        assert (folder / "first" / name).read_bytes() == (folder / "second" / name).read_bytes(), name


@SETTINGS
@given(instances())
def test_default_order_goes_by_kind(instance):
    """Without principles goods are shared fairly first and visits in person go home first."""
    kinds = {"surgical_mask": "in_person", "n95_respirator": "in_person", "cloth_mask": "in_person"}
    for kind in ("goods", "funds", "in_person", "remote"):
        by_default = replace(instance, principles=(), kinds=dict.fromkeys(kinds, kind))
        exact = staged_optimum(by_default)
        expected = sorted((*c.key, c.demand, a) for c, a in zip(exact.reading.cells, exact.amounts, strict=True))
        listed = [(*row[:4], Fraction(row[4])) for row in cells_of(plan_of(by_default), "exact")]
        assert sorted(listed) == expected
