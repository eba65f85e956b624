"""From flow on the compact network to lines a person can carry out: this offer, this need, this quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tongzhou_engines.allocation.board import OPEN_START, Board
from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.allocation.movement import MovementProblem
from tongzhou_engines.allocation.network import Network

__all__ = ["assign_needs", "need_order", "pair_flows"]


def pair_flows(board: Board, network: Network, problem: MovementProblem, flow: Whole) -> dict[tuple[int, int], int]:
    """Whole units each offer gives to each cell: (offer, cell) -> units, pins left out.

    Walks down the trees; at every place what came in goes out in the order of offers and of cells.
    """
    arcs = len(network.tail)
    pairs: dict[tuple[int, int], int] = {}
    kept = np.flatnonzero(flow[problem.kept]) + problem.kept.start
    for arc in kept.tolist():
        _add(pairs, int(problem.tail[arc]), int(problem.head[arc]) - network.first_cell, int(flow[arc]))
    used = np.flatnonzero(flow[:arcs] > 0)
    arriving: dict[int, list[list[int]]] = {}
    leaving: dict[int, list[int]] = {}
    for arc in used.tolist():
        tail, head = int(network.tail[arc]), int(network.head[arc])
        if tail >= network.offers:
            leaving.setdefault(tail, []).append(arc)
        elif head >= network.first_cell:
            _add(pairs, tail, head - network.first_cell, int(flow[arc]))
        else:
            arriving.setdefault(head, []).append([tail, int(flow[arc])])
    depth = {n: int(network.relay_depth[n - network.offers]) for n in leaving}
    for node in sorted(leaving, key=lambda n: (depth[n], n)):
        queue = sorted(arriving.get(node, ()))
        at = 0
        for arc in sorted(leaving[node], key=lambda a: int(network.head[a])):
            wanted, head = int(flow[arc]), int(network.head[arc])
            while wanted:
                offer, amount = queue[at]
                take = min(wanted, amount)
                if head >= network.first_cell:
                    _add(pairs, offer, head - network.first_cell, take)
                else:
                    arriving.setdefault(head, []).append([offer, take])
                wanted -= take
                queue[at][1] -= take
                at += queue[at][1] == 0
    return pairs


def _add(pairs: dict[tuple[int, int], int], offer: int, cell: int, units: int) -> None:
    pairs[offer, cell] = pairs.get((offer, cell), 0) + units


def need_order(board: Board, cell: int) -> list[int]:
    """Needs of a cell in the order they are served: the more vulnerable, then the older, then by id."""

    def key(i: int) -> tuple[float, int, str]:
        need = board.needs[i]
        return (-need.vulnerability, need.start if need.start > OPEN_START else 10**8, need.need_id)

    return sorted(board.cells[cell].needs, key=key)


def assign_needs(
    board: Board, pairs: Mapping[tuple[int, int], int], previous: Mapping[tuple[int, int], int] | None = None
) -> list[tuple[int, int, int]]:
    """Lines (offer, need, units), pinned lines included, sorted by offer and need.

    Inside a cell needs are filled one after the other. previous: (offer, need) -> units of the plan in force, kept
    together where the amounts allow; the rest goes from offer to need in order, so that few needs are split.
    """
    lines: dict[tuple[int, int], int] = {(o, n): q for (n, o), q in board.pinned.items()}
    by_cell: dict[int, list[tuple[int, int]]] = {}
    for (offer, cell), units in sorted(pairs.items()):
        by_cell.setdefault(cell, []).append((offer, units))
    before: dict[int, list[tuple[int, int]]] = {}
    for (offer, need), units in sorted((previous or {}).items()):
        before.setdefault(need, []).append((offer, units))
    for cell, gifts in by_cell.items():
        _fill(board, cell, gifts, before, lines)
    return sorted((o, n, q) for (o, n), q in lines.items() if q > 0)


def _fill(
    board: Board,
    cell: int,
    gifts: Sequence[tuple[int, int]],
    before: Mapping[int, Sequence[tuple[int, int]]],
    lines: dict[tuple[int, int], int],
) -> None:
    left = sum(units for _, units in gifts)
    wanted: list[list[int]] = []
    for need in need_order(board, cell):
        given = min(left, board.needs[need].planned - board.cells[cell].base)
        left -= given
        if given:
            wanted.append([need, given])
    stock = dict(gifts)
    for entry in wanted:
        for offer, units in before.get(entry[0], ()):
            same = min(units, entry[1], stock.get(offer, 0))
            if same > 0:
                _line(lines, offer, entry, same)
                stock[offer] -= same
    rest = [[offer, units] for offer, units in stock.items() if units > 0]
    at = 0
    for entry in wanted:
        while entry[1]:
            take = min(entry[1], rest[at][1])
            _line(lines, rest[at][0], entry, take)
            rest[at][1] -= take
            at += rest[at][1] == 0


def _line(lines: dict[tuple[int, int], int], offer: int, entry: list[int], units: int) -> None:
    lines[offer, entry[0]] = lines.get((offer, entry[0]), 0) + units
    entry[1] -= units
