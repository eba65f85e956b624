"""The one door to a flow solver: maximum flow and least-cost flow on whole numbers.

Amounts below 2**62 go to OR-tools; larger ones (exact fractions brought to one huge denominator) to a plain augmenting
path method on Python integers. Both are exact.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow as _ortools_max_flow
from ortools.graph.python import min_cost_flow as _ortools_min_cost

__all__ = ["LIMIT", "MaxFlow", "Whole", "least_cost_flow", "maximum_flow"]

Whole = npt.NDArray[np.int64]
#: Largest total that is handed to the 64-bit solver.
LIMIT = 2**61


@dataclass(frozen=True, slots=True)
class MaxFlow:
    """flow: amount on each arc. shore: True for nodes that can still reach the sink in the residual network."""

    flow: Whole | list[int]
    shore: npt.NDArray[np.bool_]


def maximum_flow(tail: Whole, head: Whole, capacity: Whole | list[int], nodes: int, source: int, sink: int) -> MaxFlow:
    """A maximum flow and its sink-side minimum cut.

    tail, head: int64[arcs]; capacity: whole amounts, a list when they may exceed 64 bits; nodes: number of nodes.
    """
    if isinstance(capacity, list):
        if sum(capacity[i] for i in np.flatnonzero(tail == source)) >= LIMIT or max(capacity, default=0) >= LIMIT:
            return _long_flow(tail, head, capacity, nodes, source, sink)
        capacity = np.asarray(capacity, dtype=np.int64)
    solver = _ortools_max_flow.SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(tail, head, capacity)
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the flow solver stopped with status {status}")
    shore = np.zeros(nodes, dtype=np.bool_)
    shore[np.asarray(solver.get_sink_side_min_cut(), dtype=np.int64)] = True
    return MaxFlow(np.asarray(solver.flows(arcs), dtype=np.int64), shore)


def least_cost_flow(tail: Whole, head: Whole, capacity: Whole, cost: Whole, supply: Whole) -> Whole:
    """Flow on each arc that ships every node's supply (negative: demand) at least total cost.

    ArithmeticError when no flow ships it all or the solver gives up: it is never a shrug.
    """
    solver = _ortools_min_cost.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int64), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the least-cost flow solver stopped with status {status}")
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def _long_flow(tail: Whole, head: Whole, capacity: list[int], nodes: int, source: int, sink: int) -> MaxFlow:
    """Dinic's method on Python integers, for amounts beyond 64 bits."""
    count = len(capacity)
    ends = [int(h) for h in head] + [int(t) for t in tail]
    left = [int(c) for c in capacity] + [0] * count
    out: list[list[int]] = [[] for _ in range(nodes)]
    for arc in range(count):
        out[int(tail[arc])].append(arc)
        out[int(head[arc])].append(arc + count)
    while True:
        height = _heights(out, ends, left, source, nodes)
        if height[sink] < 0:
            break
        _block(out, ends, left, height, source, sink, count)
    shore = _reaches(out, ends, left, sink, nodes, count)
    return MaxFlow([capacity[i] - left[i] for i in range(count)], shore)


def _heights(out: list[list[int]], ends: list[int], left: list[int], source: int, nodes: int) -> list[int]:
    height = [-1] * nodes
    height[source] = 0
    queue = deque([source])
    while queue:
        node = queue.popleft()
        for arc in out[node]:
            if left[arc] and height[ends[arc]] < 0:
                height[ends[arc]] = height[node] + 1
                queue.append(ends[arc])
    return height


def _block(
    out: list[list[int]], ends: list[int], left: list[int], height: list[int], source: int, sink: int, count: int
) -> None:
    """One blocking flow in the layered network."""
    turn = [0] * len(out)
    path: list[int] = []
    node = source
    while True:
        if node == sink:
            push = min(left[a] for a in path)
            for a in path:
                left[a] -= push
                left[a + count if a < count else a - count] += push
            first = next(i for i, a in enumerate(path) if not left[a])
            node = source if first == 0 else ends[path[first - 1]]
            del path[first:]
            continue
        while turn[node] < len(out[node]):
            arc = out[node][turn[node]]
            if left[arc] and height[ends[arc]] == height[node] + 1:
                break
            turn[node] += 1
        else:
            if not path:
                return
            dead = path.pop()
            node = source if not path else ends[path[-1]]
            turn[node] += 1
            del dead
            continue
        path.append(arc)
        node = ends[arc]


def _reaches(
    out: list[list[int]], ends: list[int], left: list[int], sink: int, nodes: int, count: int
) -> npt.NDArray[np.bool_]:
    """Nodes with a residual path to the sink, walked backwards from it."""
    shore = np.zeros(nodes, dtype=np.bool_)
    shore[sink] = True
    queue = deque([sink])
    while queue:
        node = queue.popleft()
        for arc in out[node]:
            back = arc + count if arc < count else arc - count
            if left[back] and not shore[ends[arc]]:
                shore[ends[arc]] = True
                queue.append(ends[arc])
    return shore
