"""Gaps, overlaps and public figures, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou.chain.evaluation.selectors.arithmetic import (
    FEWEST,
    Amounts,
    Cell,
    Part,
    Published,
    balanced,
    fold,
    overlaps,
    published,
    state_of,
)
from tongzhou.registers.cover.spreading import Covered


def test_cover_comes_off_what_is_open_and_what_is_planned_fills_the_rest():
    cell = Cell("420102", "mask", 1, True)
    # 1000 needed, 100 accepted, 200 on the way, 50 received: 650 open. Others cover 300: 350 lacking. 250 planned.
    measured = {cell: Amounts(needs=2, needed=1000, planned=250, accepted=100, in_transit=200, received=50)}
    one = balanced(measured, [Covered("4201", "mask", 300)]).amounts[cell]
    assert (one.open, one.covered, one.gap, one.over, one.under_way) == (650, 300, 100, 0, 550)


def test_what_is_planned_beyond_what_is_lacking_is_too_much_and_fills_no_other_gap():
    here, there = Cell("420102", "mask", 1, True), Cell("420106", "mask", 1, True)
    measured = {here: Amounts(needed=100, planned=150), there: Amounts(needed=40)}
    done = balanced(measured, []).amounts
    assert [(one.gap, one.over) for one in done.values()] == [(0, 50), (40, 0)]
    both = fold(done, lambda cell: cell.category)["mask"]
    assert (both.needed, both.gap, both.over) == (140, 40, 50)


def test_cover_of_everything_makes_what_is_planned_too_much():
    cell = Cell("420102", "mask", 1, True)
    one = balanced({cell: Amounts(needed=100, planned=30)}, [Covered("4201", "mask", None)]).amounts[cell]
    assert (one.covered, one.gap, one.over) == (100, 0, 30)


def test_more_received_than_needed_is_too_much():
    cell = Cell("420102", "mask", 1, True)
    one = balanced({cell: Amounts(needed=100, in_transit=30, received=90)}, []).amounts[cell]
    assert (one.gap, one.over) == (0, 20)


AMOUNT = st.integers(0, 300)


@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT), max_size=6), st.none() | AMOUNT)
def test_gap_and_too_much_never_meet_in_one_cell_and_nothing_is_lost(rows, cover):
    measured = {
        Cell(f"4201{number:02d}", "mask", number % 4, bool(number % 2)): Amounts(1, *row)
        for number, row in enumerate(rows, 1)
    }
    for one in balanced(measured, [Covered("42", "mask", cover)]).amounts.values():
        assert one.gap >= 0
        assert one.over >= 0
        assert not (one.gap and one.over)
        # needed + too much = everything that serves it + what is lacking
        assert one.needed + one.over == one.under_way + one.received + one.covered + one.gap


A, B, C = ("420102", "mask"), ("420106", "mask"), ("420112", "mask")


def test_two_who_bring_more_than_is_needed_are_double():
    found = overlaps({A: Amounts(needed=10, over=5)}, {A: ["甲", "乙"]}, {})
    assert [(one.kind, one.place, one.quantity, one.whos) for one in found] == [("double", "420102", 5, ("乙", "甲"))]


def test_one_who_brings_too_much_is_over_and_unused_cover_of_one_is_nothing():
    assert [one.kind for one in overlaps({A: Amounts(over=5)}, {A: ["甲"]}, {})] == ["over"]
    assert overlaps({A: Amounts(needed=5)}, {A: ["区里"]}, {A: 70}) == []


def test_unused_cover_of_a_city_with_somebody_serving_a_district_is_double():
    found = overlaps({A: Amounts(needed=5)}, {A: ["甲"], ("4201", "mask"): ["市里"]}, {("4201", "mask"): 70})
    assert [(one.kind, one.place, one.quantity, one.whos) for one in found] == [("double", "4201", 70, ("市里", "甲"))]


def test_two_here_and_nobody_next_door_is_uneven():
    amounts = {A: Amounts(needed=10), B: Amounts(needed=10, gap=10), C: Amounts(needed=4, gap=4)}
    found = overlaps(amounts, {A: ["甲", "乙"], C: ["丙"]}, {})
    assert [(one.kind, one.place, one.beside) for one in found] == [("uneven", "420102", ("420106",))]
    # Another city, another category, or a gap here too: no unevenness.
    assert overlaps(amounts | {A: Amounts(needed=10, gap=1)}, {A: ["甲", "乙"]}, {}) == []
    other = {A: Amounts(needed=10), ("420902", "mask"): Amounts(gap=9), ("420106", "suit"): Amounts(gap=9)}
    assert overlaps(other, {A: ["甲", "乙"]}, {}) == []


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([Part(0, 0, 500)], Published(500, False)),  # institutions are public
        ([Part(1, 2, 0)], Published(None, True)),  # one household
        ([Part(10, 20, 300)], Published(300, True)),  # ten households beside a hospital: only the hospital
        ([Part(11, 22, 300)], Published(322, False)),
        ([Part(11, 22, 0), Part(3, 6, 0)], Published(22, True)),  # 28 would give the 6 away
        ([Part(11, 22, 0), Part(3, 6, 0), Part(7, 8, 0)], Published(22, True)),  # ten together
        ([Part(11, 22, 0), Part(4, 6, 0), Part(7, 8, 0)], Published(36, False)),  # eleven in two districts
        ([], Published(0, False)),
    ],
)
def test_small_groups_of_households_stand_behind_no_figure(parts, shown):
    assert published(parts) == shown


@given(st.lists(st.builds(Part, st.integers(0, 25), st.integers(1, 90), st.integers(0, 90)), max_size=5))
def test_no_small_group_can_be_worked_out_by_subtraction(parts):
    """What is left of a sum after every district's own figure is of eleven households in two districts, or of none."""
    own = [published([part]).amount or 0 for part in parts]
    rest = (published(parts).amount or 0) - sum(own)
    hidden = [part for part in parts if 0 < part.households < FEWEST]
    assert rest == 0 or (len(hidden) > 1 and sum(part.households for part in hidden) >= FEWEST)


@pytest.mark.parametrize(
    ("amounts", "gap", "state"),
    [
        (Amounts(needed=9, gap=9), 9, "needed"),
        (Amounts(needed=9, gap=9), 0, "pending"),  # no plan has called it lacking
        (Amounts(needed=9, in_transit=9), 0, "taken"),
        (Amounts(needed=9, planned=9), 0, "arranged"),  # approved, and nobody has said yes
        (Amounts(needed=9, planned=4, accepted=5), 0, "arranged"),
        (Amounts(needed=9, planned=4, accepted=5, covered=4), 0, "taken"),  # others bring what nobody accepted
        (Amounts(needed=9, covered=9), 0, "enough"),
        (Amounts(), 0, "enough"),
    ],
)
def test_what_the_public_is_told(amounts, gap, state):
    assert state_of(amounts, gap) == state
