"""Verifies the stages of a certificate without a solver (docs/methods/allocation.md, conditions a to e).

Amounts are exact fractions. A stage's flow comes on a whole-number grid per group: where the grid fits every amount
the flow must be exact; else it may fall short of each cell by less than one grid unit, and is completed in thought:
inside each piece of the network joined by arcs that carry more than the whole shortfall, anything short can be
moved anywhere, so it is enough that the piece's own spare stock covers its shortfall exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tongzhou_engines.allocation.amounts import open_arcs
from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.certificate import StageClaim
from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.allocation.network import Network, components
from tongzhou_engines.allocation.principles import Stage

__all__ = ["ProofError", "StageProof"]

Mask = npt.NDArray[np.bool_]
_WIDE = 2**62


class ProofError(Exception):
    """A certificate does not prove what it claims; the text says which condition fails."""


class StageProof:
    """Walks through the stages of one order, keeping the amounts proved so far.

    ratio: served share of every cell as an exact fraction, by number in `values`.
    """

    def __init__(self, board: Board, network: Network) -> None:
        self.board, self.network = board, network
        self.values: list[Fraction] = [Fraction(0), Fraction(1)]
        self._number: dict[Fraction, int] = {Fraction(0): 0, Fraction(1): 1}
        self.level = np.zeros(len(board.cells), dtype=np.int64)
        for j in np.flatnonzero(board.base):
            self.level[j] = self._level(Fraction(int(board.base[j]), int(board.demand[j])))
        self.alive = np.ones(network.nodes, dtype=np.bool_)

    def _level(self, value: Fraction) -> int:
        if value not in self._number:
            self._number[value] = len(self.values)
            self.values.append(value)
        return self._number[value]

    def walk(self, stages: Sequence[Stage], claims: Sequence[StageClaim]) -> None:
        """Verify every stage in order; ProofError names the first condition that fails."""
        for _ in self.levels_after(stages, claims):
            pass

    def levels_after(self, stages: Sequence[Stage], claims: Sequence[StageClaim]) -> Iterator[Whole]:
        """Verify every stage in order, giving the level of every cell after each stage that needed a proof."""
        waiting = list(claims)
        for stage in stages:
            taking = self.alive[self.network.first_cell :] & (self.board.urgency <= stage.classes)
            hand = taking & (self.board.urgency == stage.urgency) & (self.level != 1)
            if not hand.any():
                continue
            if not waiting or waiting[0].stage != stage:
                raise ProofError(f"no proof for class {stage.urgency} at ring {stage.own_ring}")
            self.step(waiting.pop(0), taking, hand)
            yield self.level.copy()
        if waiting:
            raise ProofError("the certificate proves stages that the principles do not have")

    def step(self, claim: StageClaim, taking: Mask, hand: Mask) -> None:
        """Verify one stage and take over its amounts."""
        self._shape(claim, taking)
        self._raise(claim, hand)
        self._delivered(claim, taking)
        rank = self._spent(claim, taking)
        if claim.stage.closes:
            self.alive &= rank < 0

    def _shape(self, claim: StageClaim, taking: Mask) -> None:
        net, count = self.network, len(claim.group_level)
        if len(claim.group) != net.nodes or len(claim.scale) != count or len(claim.arcs) != len(claim.flow):
            raise ProofError("a stage of the certificate does not fit the inputs")
        if count and (claim.group.min() < -1 or claim.group.max() >= count):
            raise ProofError("a stage names a group that is not there")
        if any(k < 1 for k in claim.scale) or any(v is not None and not 0 <= v < 1 for v in claim.group_level):
            raise ProofError("a stage has an impossible ratio or scale")
        if (claim.group[net.first_cell :][taking] < 0).any():
            raise ProofError("a cell that takes part stands in no group")
        if (claim.group[net.first_cell :][~taking] >= 0).any():
            raise ProofError("a cell that does not take part stands in a group")
        if len(claim.arcs):
            if (
                claim.arcs.min() < 0
                or claim.arcs.max() >= len(net.tail)
                or len(np.unique(claim.arcs)) != len(claim.arcs)
            ):
                raise ProofError("a stage names an arc that is not there")
            tail, head = net.tail[claim.arcs], net.head[claim.arcs]
            if not open_arcs(net, claim.stage)[claim.arcs].all() or not (self.alive[tail] & self.alive[head]).all():
                raise ProofError("help flows over a pair that is not open at its stage")
            if (claim.group[tail] < 0).any() or (claim.group[tail] != claim.group[head]).any():
                raise ProofError("help flows between groups")

    def _raise(self, claim: StageClaim, hand: Mask) -> None:
        """Condition a, d, e: the class in hand rises to its group's ratio, or to full where the group is not short."""
        groups = claim.group[self.network.first_cell :]
        for j in np.flatnonzero(hand).tolist():
            ratio = claim.group_level[groups[j]]
            if ratio is None:
                self.level[j] = 1
            elif ratio > self.values[self.level[j]]:
                self.level[j] = self._level(ratio)

    def _delivered(self, claim: StageClaim, taking: Mask) -> None:
        """Condition b: a flow over the open pairs delivers exactly these amounts."""
        net, board = self.network, self.board
        flow = np.array(claim.flow, dtype=object if max(claim.flow, default=0) >= _WIDE else np.int64)
        if len(flow) and min(claim.flow) < 0:
            raise ProofError("a negative flow")
        into, out = _node_sums(net.nodes, net.head[claim.arcs], flow), _node_sums(net.nodes, net.tail[claim.arcs], flow)
        relays = slice(net.offers, net.first_cell)
        if not np.array_equal(into[relays], out[relays]):
            raise ProofError("a place passes on more or less than it receives")
        scale = claim.scale
        spare = [0] * net.offers
        for o in np.flatnonzero(out[: net.offers]).tolist():
            spare[o] = int(board.stock[o]) * scale[claim.group[o]] - int(out[o])
            if spare[o] < 0:
                raise ProofError(f"offer {board.offers[o].offer_id} gives more than it has")
        rough: set[int] = set()
        cells = np.flatnonzero(taking)
        for j in cells.tolist():
            g = int(claim.group[net.first_cell + j])
            value = self.values[self.level[j]]
            due = value.numerator * int(board.demand[j]) * scale[g]
            got = (int(into[net.first_cell + j]) + int(board.base[j]) * scale[g]) * value.denominator
            if got == due:
                continue
            if got > due or due - got >= value.denominator:
                raise ProofError(f"the flow does not deliver what {_name(board, j)} is owed")
            rough.add(g)
        if rough:
            self._completed(claim, rough)

    def _completed(self, claim: StageClaim, rough: set[int]) -> None:
        """Groups on a rough grid: every piece of strongly flowing arcs has at least the stock its cells are owed.

        Weak flows are taken back in thought. What is then out of balance, at both ends of every weak arc and at
        every cell, adds up to less than any strong arc carries, so it can be moved along strong arcs, in both
        directions; inside a piece only the sums matter, and there every flow cancels: stock against what is owed.
        """
        net, board = self.network, self.board
        owner = claim.group[net.tail[claim.arcs]]
        flow = np.array(claim.flow, dtype=object)
        strong = np.zeros(len(flow), dtype=np.bool_)
        for g in rough:
            mine = np.flatnonzero(owner == g)
            strong[mine] = _strong(flow[mine], int((claim.group[net.first_cell :] == g).sum()))
        arcs = claim.arcs[strong]
        piece = components(net.nodes, net.tail[arcs], net.head[arcs])
        in_rough = np.isin(claim.group, np.array(sorted(rough), dtype=np.int64))
        have = np.zeros(net.nodes, dtype=np.int64)
        offers = np.flatnonzero(in_rough[: net.offers])
        np.add.at(have, piece[offers], board.stock[offers])
        cells = np.flatnonzero(in_rough[net.first_cell :])
        where = piece[net.first_cell + cells]
        np.add.at(have, where, board.base[cells])
        owed: dict[int, Fraction] = {}
        width = len(self.values)
        keys, at = np.unique(where * width + self.level[cells], return_inverse=True)
        demand = np.zeros(len(keys), dtype=np.int64)
        np.add.at(demand, at, board.demand[cells])
        for key, total in zip(keys.tolist(), demand.tolist(), strict=True):
            owed[key // width] = owed.get(key // width, Fraction(0)) + self.values[key % width] * total
        if any(due > int(have[p]) for p, due in owed.items()):
            raise ProofError("a flow on a rough grid cannot be completed")

    def _spent(self, claim: StageClaim, taking: Mask) -> Whole:
        """Condition c: everything that could help a short set already does. Gives each node's place in ratio order."""
        net, board = self.network, self.board
        short = sorted({v for v in claim.group_level if v is not None})
        place = {v: i for i, v in enumerate(short)}
        by_group = np.array(
            [place[v] if v is not None else len(short) for v in claim.group_level] + [len(short)], dtype=np.int64
        )
        rank = np.full(net.nodes, len(short), dtype=np.int64)
        groups = claim.group[net.first_cell :]
        rank[net.first_cell :][taking] = by_group[groups[taking]]
        on = open_arcs(net, claim.stage) & self.alive[net.tail] & self.alive[net.head]
        tail, head = net.tail[on], net.head[on]
        while True:
            before = rank.copy()
            np.minimum.at(rank, tail, rank[head])
            if np.array_equal(before, rank):
                break
        have = np.zeros(len(short) + 1, dtype=np.int64)
        offers = np.flatnonzero(self.alive[: net.offers])
        np.add.at(have, rank[offers], board.stock[offers])
        owed = [Fraction(0)] * (len(short) + 1)
        cells = np.flatnonzero(taking)
        width = len(self.values)
        keys, at = np.unique(rank[net.first_cell + cells] * width + self.level[cells], return_inverse=True)
        demand = np.zeros(len(keys), dtype=np.int64)
        np.add.at(demand, at, board.demand[cells])
        for key, total in zip(keys.tolist(), demand.tolist(), strict=True):
            owed[key // width] += self.values[key % width] * total
        base = np.zeros(len(short) + 1, dtype=np.int64)
        np.add.at(base, rank[net.first_cell + cells], board.base[cells])
        for i in range(len(short)):
            if owed[i] - int(base[i]) != int(have[i]):
                raise ProofError(
                    f"class {claim.stage.urgency}: help that could reach cells at {short[i]} goes elsewhere or stays"
                )
        return np.where(rank == len(short), -1, rank)


def _strong(flow: Whole, cells: int) -> Mask:
    """Arcs that carry more than all that is out of balance once the weaker ones are taken back."""
    limit = cells
    while True:
        grown = cells + 2 * int(sum(flow[flow <= limit]))
        if grown <= limit:
            return np.asarray(flow > limit, dtype=np.bool_)
        limit = grown


def _node_sums(nodes: int, at: Whole, flow: Whole) -> Whole:
    out = np.zeros(nodes, dtype=flow.dtype if len(flow) else np.int64)
    np.add.at(out, at, flow)
    return out


def _name(board: Board, j: int) -> str:
    cell = board.cells[j]
    return f"{cell.place}/{cell.category}/{cell.urgency}"
