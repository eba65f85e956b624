"""Hidden figures cannot be worked out: judged by trying every table that fits what is shown."""

from __future__ import annotations

import itertools
from collections.abc import Hashable

import pytest

from tongzhou.desks.casework.selectors.few import FEWEST, protect


def possible(
    cells: dict[Hashable, int], sums: list[tuple[Hashable, list[Hashable]]], hidden: set[Hashable]
) -> dict[Hashable, set[int]]:
    """Every value each hidden cell has in some table that fits; cells from 0 to the largest number shown."""
    order = sorted(hidden, key=str)
    found: dict[Hashable, set[int]] = {key: set() for key in order}
    for tried in itertools.product(range(max(cells.values()) + 1), repeat=len(order)):
        table = cells | dict(zip(order, tried, strict=True))
        if all(table[total] == sum(table[part] for part in parts) for total, parts in sums):
            for key in order:
                found[key].add(table[key])
    return found


def table_of(rows: list[list[int]]) -> tuple[dict[Hashable, int], list[tuple[Hashable, list[Hashable]]]]:
    """Cells, totals of rows and columns, and the grand total."""
    wide, high = range(len(rows[0])), range(len(rows))
    cells: dict[Hashable, int] = {(i, j): rows[i][j] for i in high for j in wide}
    cells |= {("row", i): sum(rows[i]) for i in high} | {("column", j): sum(row[j] for row in rows) for j in wide}
    cells["all"] = sum(map(sum, rows))
    sums: list[tuple[Hashable, list[Hashable]]] = [(("row", i), [(i, j) for j in wide]) for i in high]
    sums += [(("column", j), [(i, j) for i in high]) for j in wide]
    sums += [("all", [("row", i) for i in high]), ("all", [("column", j) for j in wide])]
    return cells, sums


def test_nothing_small_nothing_hidden() -> None:
    cells, sums = table_of([[0, 12], [20, 11]])
    assert protect(cells, sums) == set()


def test_one_small_cell_takes_another_with_it() -> None:
    cells: dict[Hashable, int] = {"all": 100, "a": 3, "b": 40, "c": 57}
    assert protect(cells, [("all", ["a", "b", "c"])]) == {"a", "b"}  # the smaller of the two that could cover it


def test_two_zeros_of_a_sum_that_is_small_do_not_give_it_away() -> None:
    cells: dict[Hashable, int] = {"all": 12, "a": 1, "b": 11}
    hidden = protect(cells, [("all", ["a", "b"])])
    assert hidden == {"a", "b"}
    assert min(len(values) for values in possible(cells, [("all", ["a", "b"])], hidden).values()) > 1


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 11], [11, 11]],
        [[2, 12], [12, 3]],
        [[0, 0], [5, 12]],
        [[4, 0], [0, 4]],
        [[11, 1, 12]],
    ],
)
def test_no_hidden_cell_can_be_worked_out(rows: list[list[int]]) -> None:
    cells, sums = table_of(rows)
    hidden = protect(cells, sums)
    assert {key for key, count in cells.items() if 0 < count < FEWEST} <= hidden
    if len(hidden) == len(cells):
        return  # everything is hidden
    small = [key for key in hidden if 0 < cells[key] < FEWEST]
    if len(hidden) <= 5:
        values = possible(cells, sums, hidden)
        assert all(len(values[key]) > 1 for key in small)


def test_the_judge_can_fail() -> None:
    cells, sums = table_of([[1, 11], [11, 11]])
    values = possible(cells, sums, {(0, 0)})
    assert values == {(0, 0): {1}}  # hiding the small cell alone hides nothing
