"""The whole-unit plan by its definition: every permitted choice of ceilings is tried, tiny instances only.

Permitted: every cell, class total and running total over the classes is the floor or ceiling of its exact value, and
some lawful assignment serves it. Among these: least quantity at the greatest reach, then at the next, down to reach 1;
then ceilings to the lowest exact ratio, then to code order (docs/methods/allocation.md).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tongzhou_engines.testing.oracle import Exact
from tongzhou_engines.testing.reading import Reading

__all__ = ["MAX_CHOICES", "Rounding", "best_rounding", "least_movement", "permitted"]

#: More combinations of ceilings than this are refused rather than tried.
MAX_CHOICES = 1 << 14


@dataclass(frozen=True, slots=True)
class Rounding:
    """served[k]: whole units of cell k; moved[r]: units at reach r, least possible for `served`.

    equals: further choices the rules cannot tell apart (cells of one place, category, urgency and ratio that differ
    only in their windows).
    """

    served: tuple[int, ...]
    moved: tuple[int, ...]
    equals: tuple[tuple[int, ...], ...] = ()


def best_rounding(exact: Exact) -> Rounding:
    """The one rounding the rules leave; ValueError when the instance is too large to try all."""
    groups = _tied_groups(exact)
    best: tuple[tuple[int, ...], tuple[tuple[int, ...], ...]] | None = None
    found: list[Rounding] = []
    for served in _choices(exact):
        if not permitted(exact, served):
            continue
        moved = least_movement(exact.reading, served)
        if moved is None:
            continue
        ups = tuple(tuple(sorted(math.floor(exact.amounts[k]) - served[k] for k in group)) for group in groups)
        score = (moved[:0:-1], ups)
        if best is None or score < best:
            best, found = score, []
        if score == best:
            found.append(Rounding(served, moved))
    if not found:
        raise AssertionError("no permitted rounding: the exact amounts cannot be right")
    return Rounding(found[0].served, found[0].moved, tuple(other.served for other in found[1:]))


def permitted(exact: Exact, served: Sequence[int]) -> bool:
    """Whether every cell, class total and running total is the floor or the ceiling of its exact value."""
    classes = sorted({cell.urgency for cell in exact.reading.cells})
    sets = [{k} for k in range(len(served))]
    for now in classes:
        sets.append({k for k, cell in enumerate(exact.reading.cells) if cell.urgency == now})
        sets.append({k for k, cell in enumerate(exact.reading.cells) if cell.urgency <= now})
    for cells in sets:
        total = sum((exact.amounts[k] for k in cells), Fraction(0))
        if not math.floor(total) <= sum(served[k] for k in cells) <= math.ceil(total):
            return False
    return True


def _tied_groups(exact: Exact) -> list[list[int]]:
    """Cells with a fractional amount in the order they are preferred for the ceiling; what ties stands together."""
    fractional = [k for k, amount in enumerate(exact.amounts) if amount.denominator != 1]
    if 1 << len(fractional) > MAX_CHOICES:
        raise ValueError(f"{len(fractional)} fractional cells are too many to try every choice of ceilings")
    keys = {k: (exact.ratio(k), exact.reading.cells[k].key) for k in fractional}
    ordered = sorted(fractional, key=lambda k: keys[k])
    return [list(group) for _, group in itertools.groupby(ordered, key=lambda k: keys[k])]


def _choices(exact: Exact) -> Iterator[tuple[int, ...]]:
    order = [k for group in _tied_groups(exact) for k in group]
    floors = [math.floor(amount) for amount in exact.amounts]
    for ups in itertools.product((1, 0), repeat=len(order)):
        served = list(floors)
        for k, up in zip(order, ups, strict=True):
            served[k] += up
        yield tuple(served)


def least_movement(reading: Reading, served: Sequence[int]) -> tuple[int, ...] | None:
    """Units at each reach (0 first) when exactly `served` is delivered and the least is moved; None when impossible.

    Least: the quantity at the greatest reach first, then at the next. Method: successive cheapest augmenting paths with
    one price for each reach so much greater than the one below that no quantity outweighs it (whole numbers are exact).
    """
    base = sum(served) + 1
    price = {pair: 0 if r == 0 else base ** (r - 1) for pair, r in reading.reach.items()}
    given = cheapest_delivery(reading.supply, served, price)
    if given is None:
        return None
    moved = [0] * (reading.farthest + 1)
    for pair, quantity in given.items():
        moved[reading.reach[pair]] += quantity
    return tuple(moved)


def cheapest_delivery(
    supply: Sequence[int], served: Sequence[int], price: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], int] | None:
    """Quantity of each pair so that `served` is delivered at the least price; None when it cannot be delivered."""
    spare, given = list(supply), dict.fromkeys(price, 0)
    for k, quantity in enumerate(served):
        lacking = quantity
        while lacking > 0:
            path = _cheapest_path(k, spare, given, price)
            if path is None:
                return None
            cells, offers = path[0::2], path[1::2]
            onward = list(zip(offers, cells[1:], strict=False))
            amount = min(lacking, spare[offers[-1]], *(given[pair] for pair in onward))
            for pair in zip(offers, cells, strict=True):
                given[pair] += amount
            for pair in onward:
                given[pair] -= amount
            lacking -= amount
            spare[offers[-1]] -= amount
    return given


def _cheapest_path(
    start: int,
    spare: Sequence[int],
    given: Mapping[tuple[int, int], int],
    price: Mapping[tuple[int, int], int],
) -> list[int] | None:
    """Cell, offer, cell, ..., offer with something to spare (Bellman and Ford; handing back is minus a price)."""
    cell_cost: dict[int, int] = {start: 0}
    offer_cost: dict[int, int] = {}
    came_offer: dict[int, int] = {}
    came_cell: dict[int, int] = {}
    changed = True
    while changed:
        changed = False
        for (i, k), p in price.items():
            if k in cell_cost and (i not in offer_cost or cell_cost[k] + p < offer_cost[i]):
                offer_cost[i], came_offer[i], changed = cell_cost[k] + p, k, True
            if given[i, k] > 0 and i in offer_cost and (k not in cell_cost or offer_cost[i] - p < cell_cost[k]):
                cell_cost[k], came_cell[k], changed = offer_cost[i] - p, i, True
    ends: Collection[int] = [i for i in offer_cost if spare[i] > 0]
    if not ends:
        return None
    path = [min(ends, key=lambda i: (offer_cost[i], i))]
    while True:
        path.append(came_offer[path[-1]])
        if path[-1] == start:
            return path[::-1]
        path.append(came_cell[path[-1]])
