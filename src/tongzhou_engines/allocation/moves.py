"""Verifies the rounding and the movement of a plan's own lines against the node prices of its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.deliveries import need_order
from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.allocation.movement import MovementProblem, Prices, late_units, pass_cost, passes
from tongzhou_engines.allocation.network import Network
from tongzhou_engines.allocation.principles import CLASSES

__all__ = ["MoveError", "check_moves"]

#: Prices beyond this are refused, so that no sum of two of them leaves 64 bits.
_PRICE_LIMIT = 2**61


class MoveError(Exception):
    """The lines are not the permitted rounding, or move more than needed."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.text_zh, self.text_en = code, zh, en


def check_moves(
    board: Board,
    network: Network,
    problem: MovementProblem,
    lines: Sequence[tuple[int, int, int]],
    claimed: Sequence[Prices],
) -> Whole:
    """Verify lines (offer, need, units), pins included; gives their flow on the network, MoveError otherwise."""
    served, pairs = _collect(board, lines)
    _order_inside_cells(board, lines, served)
    flow = np.zeros(len(problem.tail), dtype=np.int64)
    _lay(board, network, problem, pairs, flow)
    units = served - problem.floors
    bad = np.flatnonzero((units < 0) | (units > 1))
    if len(bad):
        cell = board.cells[int(bad[0])]
        raise MoveError(
            "amounts",
            f"{cell.place} {cell.category} {cell.urgency} 级得到 {served[bad[0]]}，不是应得量的取整",
            f"{cell.place} {cell.category} class {cell.urgency} gets {served[bad[0]]}: not its exact amount rounded",
        )
    _close(board, network, problem, units, flow)
    if (flow < 0).any() or (flow > problem.capacity).any():
        raise MoveError(
            "amounts", "某一级的合计不是应得量的取整", "a class total or running total is not its exact amount rounded"
        )
    free = _priced(problem, flow, board.rings, claimed)
    late = late_units(problem, free, flow)
    if len(late):
        cell = board.cells[int(problem.unit_cell[late[0]])]
        raise MoveError(
            "amounts",
            f"零头应先给 {cell.place} {cell.category} {cell.urgency} 级",
            f"the odd unit should go first to {cell.place} {cell.category} class {cell.urgency}",
        )
    return flow


def _collect(board: Board, lines: Sequence[tuple[int, int, int]]) -> tuple[Whole, dict[tuple[int, int], int]]:
    served = np.zeros(len(board.cells), dtype=np.int64)
    pairs: dict[tuple[int, int], int] = {}
    for offer, need, units in lines:
        cell = board.cell_of.get(need)
        if cell is None:
            raise MoveError("amounts", "给了不需要的需求", "a need that asks for nothing is served")
        served[cell] += units
        if (need, offer) not in board.pinned:
            pairs[offer, cell] = pairs.get((offer, cell), 0) + units
    return served, pairs


def _order_inside_cells(board: Board, lines: Sequence[tuple[int, int, int]], served: Whole) -> None:
    """Inside a cell the more vulnerable, then the older, is filled first."""
    got: dict[int, int] = {}
    for _, need, units in lines:
        got[need] = got.get(need, 0) + units
    for j, cell in enumerate(board.cells):
        if len(cell.needs) == 1 or not served[j] or served[j] == cell.demand:
            continue
        left = int(served[j])
        for need in need_order(board, j):
            due = min(left, board.needs[need].planned)
            left -= due
            if got.get(need, 0) != due:
                name = board.needs[need].need_id
                raise MoveError("order", f"同一处内的先后不对：{name}", f"the order inside a cell is not kept: {name}")


def _lay(
    board: Board, network: Network, problem: MovementProblem, pairs: Mapping[tuple[int, int], int], flow: Whole
) -> None:
    """Put each pair's units on the arcs of their least path."""
    arc_of = {
        (int(t), int(h)): a for a, (t, h) in enumerate(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    }
    kept = {(int(problem.tail[a]), int(problem.head[a])): a for a in range(problem.kept.start, problem.kept.stop)}
    tree = board.tree
    above = {c.place: tree.ancestors(c.place) for c in board.cells}
    for row in board.offers:
        above.setdefault(row.place, tree.ancestors(row.place))
    for (o, j), units in sorted(pairs.items()):
        cell, offer, node = board.cells[j], board.offers[o], network.first_cell + j
        again = kept.get((o, node))
        if again is not None:
            stay = min(units, int(problem.capacity[again]))
            flow[again] += stay
            units -= stay
        if not units:
            continue
        if cell.closed:
            flow[arc_of[o, node]] += units
            continue
        key, home = (cell.category, cell.windows, -1), above[offer.place]
        path = above[cell.place]
        cover = next(c for c in path if c in offer.coverage)
        entry = next(c for c in path if c in home) if cover in home else cover
        for code in path:
            at = network.node_of[key, code]
            if at != node:
                flow[arc_of[at, node]] += units
                node = at
            if code == entry:
                flow[arc_of[o, at]] += units
                break


def _close(board: Board, network: Network, problem: MovementProblem, units: Whole, flow: Whole) -> None:
    """Units above the floors, class totals, running totals and what stays home follow from the rest."""
    flow[problem.units] = units[problem.unit_cell]
    whole = np.ones(len(units), dtype=np.bool_)
    whole[problem.unit_cell] = False
    if (units[whole] != 0).any():
        raise MoveError("amounts", "应得整数的地方多得了一个", "a cell whose exact amount is whole gets another unit")
    parts = len(problem.offers_in_part)
    totals = np.zeros(parts * CLASSES, dtype=np.int64)
    np.add.at(totals, problem.part[network.first_cell : network.nodes] * CLASSES + board.urgency, units)
    running = totals.reshape(parts, CLASSES).cumsum(axis=1).reshape(-1)
    flow[problem.classes] = totals - problem.lower[problem.classes]
    flow[problem.running] = running - problem.lower[problem.running]
    out = np.zeros(network.offers, dtype=np.int64)
    arcs = np.flatnonzero(problem.tail[: problem.units.start] < network.offers)
    np.add.at(out, problem.tail[arcs], flow[arcs])
    flow[problem.home] = board.stock - out


def _priced(
    problem: MovementProblem, flow: Whole, rings: int, claimed: Sequence[Prices]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """No arc with room is cheaper than its prices, none in use dearer: movement is least. Gives the arcs left free."""
    wanted = passes(problem, rings)
    if [p.reaches for p in claimed] != wanted:
        raise MoveError("certificate", "证明里的价格不全", "the node prices of the certificate are not complete")
    free = np.ones(len(problem.tail), dtype=np.bool_)
    for entry in claimed:
        if len(entry.node) != len(problem.supply) or (np.abs(entry.node) >= _PRICE_LIMIT).any():
            raise MoveError("certificate", "证明里的价格与输入不符", "the node prices do not fit the inputs")
        rest = pass_cost(problem, entry.reaches) + entry.node[problem.tail] - entry.node[problem.head]
        wrong = free & (((rest < 0) & (flow < problem.capacity)) | ((rest > 0) & (flow > 0)))
        if wrong.any():
            raise MoveError(
                "movement",
                "有更少搬运的办法：有些帮助送得比必要的远",
                "less movement would do: some help travels further than needed",
            )
        free &= rest == 0
    return free
