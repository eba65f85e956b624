"""The staged optimum by its definition, in exact fractions: what every cell is served after every stage.

Method: within a stage the common ratio is raised as far as it goes. The highest ratio is found by Newton's way: try a
ratio, and when a set of cells wants more than all offers with an open pair into it hold, go down to the ratio at which
that set just fits. The cells that cannot rise any more are frozen and the rest goes on. For tiny instances: plain
rather than fast. Sources: docs/methods/allocation.md; Megiddo, Optimal flows in networks with multiple sources and
sinks (1974); Dinkelbach, On nonlinear fractional programming (1967).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tongzhou_engines.testing.instances import Instance
from tongzhou_engines.testing.reading import Reading, order_of

__all__ = ["Exact", "Stage", "by_cell", "staged_optimum"]

Pair = tuple[int, int]
Amounts = list[Fraction]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the order it belongs to, the class in hand, the ring, and every cell's amount after it."""

    order: tuple[str, ...]
    urgency: int
    ring: int
    amounts: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact plan: amounts[k] is what cell k of the reading is served in the end; stages in the order they ran."""

    reading: Reading
    amounts: tuple[Fraction, ...]
    stages: tuple[Stage, ...]

    def ratio(self, k: int) -> Fraction:
        """Coverage ratio of cell k."""
        return self.amounts[k] / self.reading.cells[k].demand


def staged_optimum(instance: Instance) -> Exact:
    """The exact amounts of every cell after every stage; kinds with different orders run one order after the other."""
    reading = Reading.of(instance)
    amounts: Amounts = [Fraction(0)] * len(reading.cells)
    stages = []
    orders = [order_of(instance, cell.category) for cell in reading.cells]
    for order in sorted(set(orders)):
        mine = {k for k, own in enumerate(orders) if own == order}
        for urgency, ring, open_pairs in stages_of(order, reading, mine):
            in_hand = {k for k in mine if reading.cells[k].urgency == urgency}
            amounts = _raise_class(reading, amounts, in_hand, open_pairs)
            stages.append(Stage(order, urgency, ring, tuple(amounts)))
    return Exact(reading, tuple(amounts), tuple(stages))


def stages_of(order: Sequence[str], reading: Reading, mine: Collection[int]) -> Iterator[tuple[int, int, set[Pair]]]:
    """Class in hand, ring and open pairs of each stage of one order over the cells `mine`."""
    classes = sorted({reading.cells[k].urgency for k in mine})
    rings = range(reading.farthest + 1)
    pairs = {(i, k): r for (i, k), r in reading.reach.items() if k in mine}
    urgency = {k: reading.cells[k].urgency for k in mine}
    if order[0] == "locality":
        for ring in rings:
            for now in classes:
                yield now, ring, {p for p, r in pairs.items() if r <= ring}
        return
    for now in classes:
        earlier = {p for p in pairs if urgency[p[1]] < now}
        own = {p: r for p, r in pairs.items() if urgency[p[1]] == now}
        if order[1] == "fairness":
            yield now, reading.farthest, earlier | set(own)
            continue
        for ring in rings:
            yield now, ring, earlier | {p for p, r in own.items() if r <= ring}


def _raise_class(reading: Reading, before: Amounts, in_hand: set[int], open_pairs: set[Pair]) -> Amounts:
    """Lexicographic max-min of the ratios of the cells in hand; their floor and all other amounts are `before`."""
    amounts = list(before)
    free = {k for k in in_hand if amounts[k] < reading.cells[k].demand}
    while free:
        level, stuck = _highest_level(reading, amounts, free, open_pairs)
        for k in sorted(free & stuck):
            amounts[k] = _wanted(reading, amounts, k, level)
        free -= stuck
    return amounts


def _wanted(reading: Reading, floors: Amounts, k: int, level: Fraction) -> Fraction:
    return max(floors[k], level * reading.cells[k].demand)


def _highest_level(
    reading: Reading, floors: Amounts, free: set[int], open_pairs: set[Pair]
) -> tuple[Fraction, set[int]]:
    """The highest common ratio (at most 1) the free cells can reach together, and the cells that cannot pass it."""
    level = Fraction(1)
    while True:
        wanted = [_wanted(reading, floors, k, level) if k in free else floors[k] for k in range(len(floors))]
        flow = Flow(reading.supply, wanted, open_pairs)
        short = flow.deliver()
        if not short:
            stuck = set(free) if level == 1 else {k for k in free if not flow.can_rise(k)}
            return level, stuck
        tight = flow.closed_set(short)
        supply = sum(reading.supply[i] for i in {i for i, k in open_pairs if k in tight})
        spare = Fraction(supply - sum(floors[k] for k in tight))
        level = _fitting_level(reading, floors, free & tight, spare)


def _fitting_level(reading: Reading, floors: Amounts, cells: set[int], spare: Fraction) -> Fraction:
    """The ratio at which the cells, each at least at its floor, take exactly `spare` more than their floors."""
    start = {k: floors[k] / reading.cells[k].demand for k in cells}
    rising, level = 0, min(start.values())
    for k in sorted(cells, key=lambda k: start[k]):
        step = rising * (start[k] - level)
        if step > spare:
            break
        spare -= step
        level = start[k]
        rising += reading.cells[k].demand
    return level + spare / rising


class Flow:
    """A flow from offers to cells over pairs, found by shortest augmenting paths (Edmonds and Karp 1972)."""

    def __init__(self, supply: Sequence[int], wanted: Sequence[Fraction], pairs: Collection[Pair]) -> None:
        self._spare = [Fraction(s) for s in supply]
        self._lacking = list(wanted)
        self._offers: list[list[int]] = [[] for _ in wanted]
        self._given: list[dict[int, Fraction]] = [{} for _ in supply]
        for i, k in sorted(pairs):
            self._offers[k].append(i)

    def deliver(self) -> list[int]:
        """Serve all that can be served; the cells that still lack something."""
        for k in range(len(self._lacking)):
            while self._lacking[k] > 0 and (path := self._path(k)):
                self._push(path)
        return [k for k, lacking in enumerate(self._lacking) if lacking > 0]

    def can_rise(self, k: int) -> bool:
        """Whether cell k could be given more, all others keeping what they have."""
        return bool(self._path(k))

    def closed_set(self, start: Collection[int]) -> set[int]:
        """The cells the given ones compete with: whose offers are all spent, and spent only on cells of the set."""
        seen, todo = set(start), list(start)
        while todo:
            for i in self._offers[todo.pop()]:
                fresh = {k for k, amount in self._given[i].items() if amount > 0} - seen
                seen |= fresh
                todo.extend(fresh)
        return seen

    def _path(self, k: int) -> list[int]:
        """Cell, offer, cell, ..., offer with something to spare; each cell is served by the next offer instead."""
        came: dict[int, tuple[int, int]] = {}
        queue, seen_offers = [k], set[int]()
        for cell in queue:
            for i in self._offers[cell]:
                if i in seen_offers:
                    continue
                seen_offers.add(i)
                if self._spare[i] > 0:
                    path = [i, cell]
                    while path[-1] != k:
                        path.extend(came[path[-1]])
                    return path[::-1]
                for other, amount in self._given[i].items():
                    if amount > 0 and other != k and other not in came:
                        came[other] = (i, cell)
                        queue.append(other)
        return []

    def _push(self, path: Sequence[int]) -> None:
        cells, offers = path[0::2], path[1::2]
        handed = [self._given[i][k] for i, k in zip(offers, cells[1:], strict=False)]
        amount = min(self._lacking[path[0]], self._spare[path[-1]], *handed)
        for i, k in zip(offers, cells, strict=True):
            self._given[i][k] = self._given[i].get(k, Fraction(0)) + amount
        for i, k in zip(offers, cells[1:], strict=False):
            self._given[i][k] -= amount
        self._lacking[path[0]] -= amount
        self._spare[path[-1]] -= amount


def by_cell(exact: Exact) -> Mapping[tuple[str, str, int], Fraction]:
    """Exact amounts summed by place, category and urgency (cells of one key differ only in their windows)."""
    out: dict[tuple[str, str, int], Fraction] = {}
    for cell, amount in zip(exact.reading.cells, exact.amounts, strict=True):
        out[cell.key] = out.get(cell.key, Fraction(0)) + amount
    return out
