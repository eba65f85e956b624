"""Quantities up to 10**12 (money, sheets with 亿): as exact as small ones, and never without end."""

import pytest
from planned import plan_of

from tongzhou_engines.testing import (
    ORDERS,
    Instance,
    NeedRow,
    OfferRow,
    assert_lawful,
    assert_optimal,
    random_instance,
)

PLACES = {"CN": None, "42": "CN", "4201": "42", "420102": "4201"}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("units", [2**28, 2**29, 2**30, 10**9, 10**12])
def test_a_huge_need_beside_a_tiny_one(units, order):
    instance = Instance(
        places=PLACES,
        compat={},
        needs=(NeedRow("huge", "420102", "funds", 1, units), NeedRow("tiny", "CN", "funds", 1, 2)),
        offers=(OfferRow("one", "420102", "funds", 1), OfferRow("half", "4201", "funds", units // 2)),
        principles=order,
    )
    made = plan_of(instance, time_limit=5)
    assert_lawful(made, instance)
    assert_optimal(made, instance)


@pytest.mark.parametrize("most", [10**6, 10**9, 10**10, 10**12])
@pytest.mark.parametrize("start", range(50_000, 50_160, 40))
@pytest.mark.filterwarnings("error:overflow")
def test_random_instances(most, start):
    wrong = {}
    for seed in range(start, start + 40):
        instance = random_instance(seed, quantity=most)
        try:
            made = plan_of(instance, time_limit=5)
            assert_lawful(made, instance)
            assert_optimal(made, instance)
        except Exception as fault:  # a crash must not hide the other seeds
            wrong[seed] = f"{type(fault).__name__}: {fault}"
    assert not wrong
