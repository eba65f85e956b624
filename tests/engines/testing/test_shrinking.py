"""Shrinking keeps the fault and drops every row it does not need."""

from dataclasses import replace

import pytest

from tongzhou_engines.testing import random_instance, shrink, staged_optimum


def shares_fractions(instance) -> bool:
    return any(amount.denominator > 1 for amount in staged_optimum(instance).amounts)


@pytest.mark.parametrize("seed", [s for s in range(60) if shares_fractions(random_instance(s))])
def test_every_row_left_is_needed(seed):
    small = shrink(random_instance(seed), shares_fractions)
    assert shares_fractions(small)
    for n in range(len(small.needs)):
        assert not shares_fractions(replace(small, needs=small.needs[:n] + small.needs[n + 1 :]))
    for n in range(len(small.offers)):
        assert not shares_fractions(replace(small, offers=small.offers[:n] + small.offers[n + 1 :]))
    assert len(small.needs) <= 3


def test_a_crash_counts_as_failing():
    def crashes(instance) -> bool:
        if len(instance.needs) >= 2:
            raise RuntimeError
        return False

    assert len(shrink(random_instance(1), crashes).needs) == 2
