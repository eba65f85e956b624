"""Whole units, and who brings them: the rounding that moves least (docs/methods/allocation.md).

A cell gets the floor or the ceiling of its exact amount; class totals and running totals over the classes likewise. The
rule is one network: offers > places > cell (its floor is demanded) > one more unit at most > class > running totals.
Among its whole-number flows: least quantity at the greatest reach, then at the next one down ..., then the units
above the floors go to the lowest exact ratio (then place, category, class), then as much as possible stays as in the
plan in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.flows import Whole, least_cost_flow
from tongzhou_engines.allocation.network import Network, components
from tongzhou_engines.allocation.principles import CLASSES, Order

__all__ = [
    "Movement",
    "MovementProblem",
    "Prices",
    "late_units",
    "movement_problem",
    "pass_cost",
    "passes",
    "prices",
    "solve_movement",
]

Mask = npt.NDArray[np.bool_]
#: Nodes that close each part: four classes, four running totals, what stays home.
_CLOSING = 2 * CLASSES + 1
_COST_LIMIT = 2**60
_BATCH_NODES = 20_000


@dataclass(frozen=True)
class MovementProblem:
    """The rounding network. Arcs in this order: network, kept (plan in force), units above the floor, class > running
    total, running total > next, offer > stays home. Bounds: 0..capacity after the lower bounds were moved into supply.

    part: part of every node; unit_cell: cell of each unit arc, in order of preference; unit_rank: 0 is served first.
    """

    tail: Whole
    head: Whole
    capacity: Whole
    reach: Whole
    supply: Whole
    part: Whole
    offers_in_part: Whole
    floors: Whole
    kept: slice
    units: slice
    classes: slice
    running: slice
    home: slice
    unit_cell: Whole
    unit_rank: Whole
    lower: Whole


@dataclass(frozen=True)
class Prices:
    """Node prices that prove a pass: reaches it minimises (greatest first) and a price for every node."""

    reaches: tuple[int, ...]
    node: Whole


@dataclass(frozen=True)
class Movement:
    """flow: on every arc of the problem; prices: one entry a pass."""

    flow: Whole
    prices: tuple[Prices, ...]


def _floors(board: Board, level: Whole, values: list[Fraction]) -> tuple[Whole, Mask]:
    floors = np.zeros(len(board.cells), dtype=np.int64)
    broken = np.zeros(len(board.cells), dtype=np.bool_)
    for j, (lev, demand) in enumerate(zip(level.tolist(), board.demand.tolist(), strict=True)):
        v = values[lev]
        floors[j], rest = divmod(v.numerator * demand, v.denominator)
        broken[j] = rest != 0
    return floors, broken


def _bounds(
    board: Board, level: Whole, values: list[Fraction], floors: Whole, part: Whole, parts: int
) -> tuple[Whole, Whole, Whole, Whole]:
    """Lower and upper number of units above the floors, for classes and for running totals, per part and class."""
    rest = [[Fraction(0)] * CLASSES for _ in range(parts)]
    keys = (part * CLASSES + board.urgency) * len(values) + level
    distinct, at = np.unique(keys, return_inverse=True)
    total = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(total, at, board.demand)
    for key, demand in zip(distinct.tolist(), total.tolist(), strict=True):
        where, lev = divmod(key, len(values))
        rest[where // CLASSES][where % CLASSES] += values[lev] * demand
    base = np.zeros(parts * CLASSES, dtype=np.int64)
    np.add.at(base, part * CLASSES + board.urgency, floors)
    out = [np.zeros(parts * CLASSES, dtype=np.int64) for _ in range(4)]
    for p in range(parts):
        running = Fraction(0)
        for u in range(CLASSES):
            own = rest[p][u] - int(base[p * CLASSES + u])
            running += own
            for k, value in enumerate((own, running)):
                out[2 * k][p * CLASSES + u] = value.numerator // value.denominator
                out[2 * k + 1][p * CLASSES + u] = -(-value.numerator // value.denominator)
    return out[0], out[1], out[2], out[3]


def movement_problem(
    board: Board, network: Network, order: Order, level: Whole, values: list[Fraction]
) -> MovementProblem:
    """The rounding network of a board whose cells have the exact amounts values[level] x demand.

    With urgency first every connected part has whole class totals, so parts are rounded apart; with locality first
    the totals bind the whole board.
    """
    floors, broken = _floors(board, level, values)
    label = components(network.nodes, network.tail, network.head)
    part = np.unique(label, return_inverse=True)[1].astype(np.int64)
    if order[0] != "urgency":
        part = np.zeros_like(part)
    parts = int(part.max(initial=0)) + 1
    ratio = [values[lev] for lev in level.tolist()]
    rank = {v: i for i, v in enumerate(sorted(set(ratio)))}
    units = sorted(np.flatnonzero(broken).tolist(), key=lambda j: (rank[ratio[j]], j))
    unit_cell = np.array(units, dtype=np.int64)
    bounds = _bounds(board, level, values, floors, part[network.first_cell :], parts)
    blocks = _blocks(board, network, part, parts, unit_cell, bounds)
    cuts = np.cumsum([0, *(len(b.tail) for b in blocks)]).tolist()
    lower = np.zeros(cuts[-1], dtype=np.int64)
    lower[cuts[3] : cuts[4]], lower[cuts[4] : cuts[5]] = bounds[0], bounds[2]
    tail, head = np.concatenate([b.tail for b in blocks]), np.concatenate([b.head for b in blocks])
    return MovementProblem(
        tail=tail,
        head=head,
        capacity=np.concatenate([b.capacity for b in blocks]),
        reach=np.concatenate([b.reach for b in blocks]),
        supply=_supply(board, network, part, parts, floors)
        + _moved(network.nodes + _CLOSING * parts, tail, head, lower),
        part=np.concatenate([part, np.repeat(np.arange(parts, dtype=np.int64), _CLOSING)]),
        offers_in_part=np.bincount(part[: network.offers], minlength=parts).astype(np.int64),
        floors=floors,
        kept=slice(cuts[1], cuts[2]),
        units=slice(cuts[2], cuts[3]),
        classes=slice(cuts[3], cuts[4]),
        running=slice(cuts[4], cuts[5]),
        home=slice(cuts[5], cuts[6]),
        unit_cell=unit_cell,
        unit_rank=np.arange(len(unit_cell), dtype=np.int64),
        lower=lower,
    )


class _Block(NamedTuple):
    """Arcs of one sort, lower bounds apart."""

    tail: Whole
    head: Whole
    capacity: Whole
    reach: Whole


def _blocks(
    board: Board, network: Network, part: Whole, parts: int, unit_cell: Whole, bounds: tuple[Whole, ...]
) -> list[_Block]:
    """The arcs in the order MovementProblem names them."""
    low, high, run_low, run_high = bounds
    closing = network.nodes + _CLOSING * np.arange(parts, dtype=np.int64)
    each = np.repeat(closing, CLASSES) + np.tile(np.arange(CLASSES, dtype=np.int64), parts)
    kept = [
        (o, network.first_cell + c, q, board.tree.reach(board.offers[o].place, board.cells[c].place))
        for (o, c), q in sorted(board.previous.items())
    ]
    again = np.array(kept, dtype=np.int64).reshape(-1, 4)
    offers = np.arange(network.offers, dtype=np.int64)
    roof = np.zeros(parts, dtype=np.int64)
    np.add.at(roof, part[: network.offers], board.stock)
    unit_class = closing[part[network.first_cell :][unit_cell]] + board.urgency[unit_cell]
    ones, none = np.ones_like(unit_cell), np.zeros_like(each)
    return [
        _Block(network.tail, network.head, roof[part[network.tail]], np.maximum(network.reach, 0)),
        _Block(again[:, 0], again[:, 1], again[:, 2], again[:, 3]),
        _Block(network.first_cell + unit_cell, unit_class, ones, np.zeros_like(unit_cell)),
        _Block(each, each + CLASSES, high - low, none),
        _Block(each + CLASSES, each + CLASSES + 1, run_high - run_low, none),
        _Block(offers, closing[part[: network.offers]] + 2 * CLASSES, board.stock, np.zeros_like(offers)),
    ]


def _supply(board: Board, network: Network, part: Whole, parts: int, floors: Whole) -> Whole:
    """What offers have, what cells must get at least, and the rest at the node that closes each part."""
    closing = network.nodes + _CLOSING * np.arange(parts, dtype=np.int64) + 2 * CLASSES
    supply = np.zeros(network.nodes + _CLOSING * parts, dtype=np.int64)
    supply[: network.offers] = board.stock
    supply[network.first_cell : network.nodes] = board.base - floors
    np.add.at(supply, closing[part[: network.offers]], -board.stock)
    np.add.at(supply, closing[part[network.first_cell :]], floors - board.base)
    return supply


def _moved(nodes: int, tail: Whole, head: Whole, lower: Whole) -> Whole:
    """Lower bounds of arcs as supply: what must flow is sent on beforehand."""
    supply = np.zeros(nodes, dtype=np.int64)
    np.add.at(supply, tail, -lower)
    np.add.at(supply, head, lower)
    return supply


def passes(problem: MovementProblem, rings: int) -> list[tuple[int, ...]]:
    """Reaches minimised together, greatest first: as many as their nested weights fit into 64 bits.

    A residual cycle meets each offer at most once, so a weight of twice the offers of the part, to the power of the
    reach, orders cycles exactly as the list of quantities does.
    """
    weight = 2 * int(problem.offers_in_part.max(initial=1)) + 2
    nodes = min(len(problem.supply), max(_BATCH_NODES, int(np.bincount(problem.part).max())) + _BATCH_NODES)
    together = 1
    while weight**together * (nodes + 2) < _COST_LIMIT and together < rings:
        together += 1
    reaches = list(range(rings - 1, 0, -1))
    return [tuple(reaches[i : i + together]) for i in range(0, len(reaches), together)]


def pass_cost(problem: MovementProblem, reaches: tuple[int, ...]) -> Whole:
    """Cost of a unit on each arc in one pass: the weight of its reach, 0 for reaches of other passes."""
    weight = 2 * problem.offers_in_part + 2
    own = weight[problem.part[problem.tail]]
    cost = np.zeros(len(problem.tail), dtype=np.int64)
    for place, reach in enumerate(reversed(reaches)):
        at = problem.reach == reach
        cost[at] = own[at] ** place
    return cost


def prices(tail: Whole, head: Whole, cost: Whole, left: Mask, used: Mask, nodes: int) -> Whole:
    """Shortest-path prices of the residual network: no arc with room is cheaper than its price difference.

    left: arcs that may carry more; used: arcs that may carry less. ArithmeticError on a negative cycle (a flow that is
    not least).
    """
    start = np.concatenate([tail[left], head[used]])
    end = np.concatenate([head[left], tail[used]])
    length = np.concatenate([cost[left], -cost[used]])
    order = np.argsort(end, kind="stable")
    start, end, length = start[order], end[order], length[order]
    price = np.zeros(nodes, dtype=np.int64)
    if not len(start):
        return price
    heads, first = np.unique(end, return_index=True)
    for _ in range(nodes + 1):
        best = np.minimum.reduceat(price[start] + length, first)
        better = best < price[heads]
        if not better.any():
            return price
        price[heads[better]] = best[better]
    raise ArithmeticError("the flow can still be improved")


def solve_movement(problem: MovementProblem, rings: int) -> Movement:
    """The least-moving whole-number plan, with the prices that prove it."""
    free = np.ones(len(problem.tail), dtype=np.bool_)
    flow = np.zeros(len(problem.tail), dtype=np.int64)
    proofs: list[Prices] = []
    nodes = len(problem.supply)
    for reaches in passes(problem, rings):
        cost = pass_cost(problem, reaches)
        flow = _solve(problem, cost, free, flow)
        left, used = free & (flow < problem.capacity), free & (flow > 0)
        price = prices(problem.tail, problem.head, cost, left, used, nodes)
        proofs.append(Prices(reaches, price))
        free &= cost + price[problem.tail] - price[problem.head] == 0
    if problem.units.stop > problem.units.start:
        preference = np.zeros(len(problem.tail), dtype=np.int64)
        preference[problem.units] = problem.unit_rank - len(problem.unit_rank)
        open_parts = np.zeros(len(problem.offers_in_part), dtype=np.bool_)
        open_parts[problem.part[problem.tail[problem.units]]] = True
        flow = _solve(problem, preference, free & open_parts[problem.part[problem.tail]], flow)
        flow = _repair(problem, free, flow)
    free[problem.units] = False
    if problem.kept.stop > problem.kept.start:
        keep = np.zeros(len(problem.tail), dtype=np.int64)
        keep[problem.kept] = -1
        flow = _solve(problem, keep, free, flow)
    return Movement(flow, tuple(proofs))


def _batches(problem: MovementProblem) -> Whole:
    """Parts put together into batches of about _BATCH_NODES nodes: batch of each part."""
    size = np.bincount(problem.part, minlength=len(problem.offers_in_part))
    return (np.cumsum(size) - size) // _BATCH_NODES


def _solve(problem: MovementProblem, cost: Whole, free: Mask, flow: Whole) -> Whole:
    """Least-cost flow over the free arcs, the others keeping their flow; batch by batch."""
    out = flow.copy()
    supply = problem.supply.copy()
    fixed = ~free & (flow > 0)
    np.add.at(supply, problem.tail[fixed], -flow[fixed])
    np.add.at(supply, problem.head[fixed], flow[fixed])
    batch = _batches(problem)[problem.part]
    arc_batch = np.where(free, batch[problem.tail], -1)
    arcs_by = np.argsort(arc_batch, kind="stable")
    cuts = np.searchsorted(arc_batch[arcs_by], np.arange(int(batch.max(initial=0)) + 2))
    nodes_by = np.argsort(batch, kind="stable")
    node_cuts = np.searchsorted(batch[nodes_by], np.arange(int(batch.max(initial=0)) + 2))
    local = np.zeros(len(supply), dtype=np.int64)
    for b in range(len(cuts) - 1):
        arcs, nodes = arcs_by[cuts[b] : cuts[b + 1]], nodes_by[node_cuts[b] : node_cuts[b + 1]]
        if not len(arcs):
            continue
        local[nodes] = np.arange(len(nodes))
        t, h = local[problem.tail[arcs]], local[problem.head[arcs]]
        out[arcs] = least_cost_flow(t, h, problem.capacity[arcs], cost[arcs], supply[nodes])
    return out


def _widest(problem: MovementProblem, free: Mask, flow: Whole) -> Whole:
    """For each unit arc: the latest unit that could be handed over to its cell, -1 none, len(units) for an idle one.

    Walk from the class of the cell through the residual network of equally good plans; a step backwards over a unit
    takes that unit away and counts as its rank; the worth of a path is the smallest rank on it.
    """
    count = len(problem.unit_rank)
    left, used = free & (flow < problem.capacity), free & (flow > 0)
    rank = np.full(len(problem.tail), count, dtype=np.int64)
    rank[problem.units] = problem.unit_rank
    start = np.concatenate([problem.tail[left], problem.head[used]])
    end = np.concatenate([problem.head[left], problem.tail[used]])
    width = np.concatenate([np.full(int(left.sum()), count, dtype=np.int64), rank[used]])
    order = np.argsort(end, kind="stable")
    start, end, width = start[order], end[order], width[order]
    worth_of_unit = np.full(count, -1, dtype=np.int64)
    if not len(start):
        return worth_of_unit
    heads, first = np.unique(end, return_index=True)
    classes = problem.head[problem.units]
    cells = problem.tail[problem.units]
    slot = _class_slot(problem)[classes]
    for u in range(CLASSES):
        worth = np.full(len(problem.supply), -1, dtype=np.int64)
        worth[np.unique(classes[slot == u])] = count
        while True:
            best = np.maximum.reduceat(np.minimum(worth[start], width), first)
            better = best > worth[heads]
            if not better.any():
                break
            worth[heads[better]] = best[better]
        mine = slot == u
        worth_of_unit[mine] = worth[cells[mine]]
    return worth_of_unit


def _class_slot(problem: MovementProblem) -> Whole:
    """Class 0..3 of a class node, by its place among the closing nodes of its part."""
    parts = len(problem.offers_in_part)
    slot = np.full(len(problem.supply), -1, dtype=np.int64)
    slot[len(problem.supply) - _CLOSING * parts :] = np.tile(np.arange(_CLOSING, dtype=np.int64), parts)
    return slot


def late_units(problem: MovementProblem, free: Mask, flow: Whole) -> Whole:
    """Ranks of cells that wait although a unit of a later cell could be handed to them; empty if all is well."""
    if not len(problem.unit_rank):
        return problem.unit_rank
    worth = _widest(problem, free, flow)
    waiting = flow[problem.units] == 0
    return np.flatnonzero(waiting & (worth > problem.unit_rank) & free[problem.units])


def _repair(problem: MovementProblem, free: Mask, flow: Whole) -> Whole:
    """Hand single units to earlier cells until the order of preference is kept to the letter.

    A hand-over never takes from an earlier cell, so what was settled stays settled; only later cells can come to wait.
    """
    flow = flow.copy()
    late = late_units(problem, free, flow)
    if not len(late):
        return flow
    out: dict[int, list[tuple[int, int, int]]] = {}
    for arc in np.flatnonzero(free).tolist():
        tail, head = int(problem.tail[arc]), int(problem.head[arc])
        out.setdefault(tail, []).append((arc, 1, head))
        out.setdefault(head, []).append((arc, -1, tail))
    capacity: list[int] = problem.capacity.tolist()
    while len(late):
        amounts: list[int] = flow.tolist()  # plain numbers: a search touches them one by one
        for rank in late.tolist():
            _hand_over(problem, out, amounts, capacity, rank)
        flow = np.array(amounts, dtype=np.int64)
        late = late_units(problem, free, flow)
    return flow


def _hand_over(
    problem: MovementProblem,
    out: dict[int, list[tuple[int, int, int]]],
    flow: list[int],
    capacity: list[int],
    rank: int,
) -> None:
    """Push one unit along a residual path from the class back to the cell of `rank`, taking only later units."""
    unit = problem.units.start + rank
    source, target = int(problem.head[unit]), int(problem.tail[unit])
    first = problem.units.start
    came: dict[int, tuple[int, int, int] | None] = {source: None}
    queue = [source]
    for node in queue:
        if target in came:
            break
        for arc, sign, to in out.get(node, ()):
            if to in came:
                continue
            # earlier units are not taken away
            passable = flow[arc] < capacity[arc] if sign > 0 else flow[arc] > 0 and not first <= arc <= unit
            if passable:
                came[to] = (arc, sign, node)
                queue.append(to)
    if target not in came:
        return
    flow[unit] += 1
    step = came[target]
    while step is not None:
        arc, sign, node = step
        flow[arc] += sign
        step = came[node]
