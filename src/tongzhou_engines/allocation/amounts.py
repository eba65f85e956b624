"""The exact amounts every cell is owed, stage by stage (docs/methods/allocation.md).

Method: decomposition of a separable concave problem over a polymatroid (Fujishige 1980; Groenevelt 1991). All
groups of a stage are tried in one maximum flow, each at its own common ratio and its own denominator; a group that
cannot be served at its ratio is split along the minimum cut into a poorer part, which keeps every offer that could
help it, and the rest. Ratios are exact fractions throughout. Where the denominators of earlier stages would
overflow 64 bits, the flow is made on a fine grid and proved exact afterwards (certificate.prove_flow); if that
proof fails, the stage is run on long integers.
"""

from __future__ import annotations

import bisect
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.flows import Whole, maximum_flow
from tongzhou_engines.allocation.network import Network, components
from tongzhou_engines.allocation.principles import Stage
from tongzhou_engines.base.errors import InputError

__all__ = ["GridTooRough", "Levels", "StageRecord", "Staging", "open_arcs"]

Mask = npt.NDArray[np.bool_]
#: A group whose exact common denominator keeps its total below this is calculated on that denominator.
_EXACT_TOTAL = 2**56
#: Total of a group on the fine grid used otherwise.
_GRID_TOTAL = 2**54


class GridTooRough(ArithmeticError):
    """A fine grid took a group for served that is not; the stages must be run on long integers."""


class Levels:
    """The distinct coverage ratios in use; a cell's amount is its level times its planned quantity."""

    def __init__(self) -> None:
        self.values: list[Fraction] = [Fraction(0), Fraction(1)]
        self._at: dict[Fraction, int] = {v: i for i, v in enumerate(self.values)}
        self._sorted: list[Fraction] = list(self.values)
        self._sorted_numbers: list[int] = [0, 1]

    def number(self, value: Fraction) -> int:
        """Number of a level, a new one when it was not met before."""
        if value not in self._at:
            place = bisect.bisect_left(self._sorted, value)
            self._sorted.insert(place, value)
            self._sorted_numbers.insert(place, len(self.values))
            self._at[value] = len(self.values)
            self.values.append(value)
        return self._at[value]

    def ranks(self) -> Whole:
        """Place of every level in ascending order of its value, by number."""
        out = np.empty(len(self.values), dtype=np.int64)
        out[np.array(self._sorted_numbers)] = np.arange(len(self.values))
        return out


@dataclass(frozen=True)
class StageRecord:
    """What one stage decided, enough to prove it.

    level: level number of every cell after the stage. group: final group of every node, -1 where not taking part.
    group_level: ratio of each group, None for a group whose class-in-hand cells are all full. scale: units of
    `flow` in one whole unit, per group. arcs, flow: arcs that carry something, inside groups.
    """

    stage: Stage
    level: Whole
    group: Whole
    group_level: tuple[Fraction | None, ...]
    scale: tuple[int, ...]
    arcs: Whole
    flow: tuple[int, ...]
    exact: bool


def open_arcs(network: Network, stage: Stage) -> Mask:
    """Which arcs are open at a stage; arcs inside a tree always are."""
    ring = np.where(network.owner == stage.urgency, stage.own_ring, stage.other_ring)
    return network.reach <= ring


@dataclass
class _Round:
    """Groups still being tried: node labels 0..count-1, -1 for everything else."""

    label: Whole
    count: int


@dataclass
class Staging:
    """Runs the stages of one order over one board."""

    board: Board
    network: Network
    deadline: float | None = None
    levels: Levels = field(default_factory=Levels)
    long: bool = False  # force long integers

    def __post_init__(self) -> None:
        board, net = self.board, self.network
        self.level = np.zeros(len(board.cells), dtype=np.int64)
        for j in np.flatnonzero(board.base):
            self.level[j] = self.levels.number(Fraction(int(board.base[j]), int(board.demand[j])))
        self.alive = np.ones(net.nodes, dtype=np.bool_)

    def run(self, stages: Sequence[Stage]) -> Iterator[StageRecord]:
        """Each stage in turn; stages that have no unfilled cell of their class change nothing and are left out."""
        for stage in stages:
            taking = self.alive[self.network.first_cell :] & (self.board.urgency <= stage.classes)
            hand = taking & (self.board.urgency == stage.urgency) & (self.level != 1)
            if hand.any():
                yield _StageRun(self, stage, taking, hand).record()

    def check_time(self) -> None:
        """InputError time_limit when the deadline has passed: a status, never a half plan."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise InputError(
                "time_limit",
                "到了时间上限，计划还没有算完",
                "the time limit was reached before the plan was complete",
                "请放宽 --time-limit 或分批计划；没有写出任何文件",
                "Raise --time-limit or plan fewer needs at once; nothing was written",
            )


class _StageRun:
    """One stage: groups are tried, split and settled until none is left."""

    def __init__(self, staging: Staging, stage: Stage, taking: Mask, hand: Mask) -> None:
        self.s, self.stage, self.hand = staging, stage, hand
        net, board = staging.network, staging.board
        nodes = staging.alive.copy()
        nodes[net.first_cell :] = taking
        self.open = open_arcs(net, stage) & nodes[net.tail] & nodes[net.head]
        self.tail, self.head = net.tail[self.open], net.head[self.open]
        self.arc_ids = np.flatnonzero(self.open)
        label = components(net.nodes, self.tail, self.head)
        self.final = np.full(net.nodes, -1, dtype=np.int64)
        self.levels_of: list[Fraction | None] = []
        self.scales: list[int] = []
        self.arcs_out: list[Whole] = []
        self.flow_out: list[list[int]] = []
        self.exact = True
        label[~nodes] = -1
        useful = np.zeros(net.nodes, dtype=np.bool_)
        useful[label[net.first_cell :][taking]] = True  # components with a cell at all
        label[(label >= 0) & ~useful[label]] = -1
        self.round = _relabel(label)
        self.stock = np.zeros(net.nodes, dtype=np.int64)
        self.stock[: net.offers] = board.stock

    def record(self) -> StageRecord:
        """Run to the end and give what was decided."""
        while self.round.count:
            self.s.check_time()
            self._try_all()
        s = self.s
        if self.stage.closes:
            tight = np.array([v is not None for v in self.levels_of] + [False])
            s.alive &= ~tight[self.final]
        arcs = np.concatenate(self.arcs_out) if self.arcs_out else np.zeros(0, dtype=np.int64)
        order = np.argsort(arcs, kind="stable")
        flow = [f for part in self.flow_out for f in part]
        return StageRecord(
            stage=self.stage,
            level=s.level.copy(),
            group=self.final,
            group_level=tuple(self.levels_of),
            scale=tuple(self.scales),
            arcs=arcs[order],
            flow=tuple(flow[i] for i in order),
            exact=self.exact,
        )

    def _try_all(self) -> None:
        """One round: give every group its ratio, flow, settle those that are served, split the others."""
        s, net, board = self.s, self.s.network, self.s.board
        label, count = self.round.label, self.round.count
        cells = np.flatnonzero(label[net.first_cell :] >= 0)
        where = label[net.first_cell + cells]
        ratio = self._ratios(cells, where, count)
        trial = self._trial_levels(cells, where, ratio)
        scale, multiple = self._scales(cells, where, trial, count)
        caps = _capacities(board, s.levels, cells, where, trial, scale, multiple)
        flow, short, shore = self._flow(cells, caps, scale)
        failed = np.zeros(count, dtype=np.bool_)
        failed[where[short]] = True
        self._settle(~failed, ratio, scale, flow, cells, where, trial)
        nodes = np.flatnonzero(label >= 0)
        stay = nodes[failed[label[nodes]]]
        following = np.full(net.nodes, -1, dtype=np.int64)
        following[stay] = 2 * label[stay] + shore[stay]
        sides = np.zeros(2 * count, dtype=np.bool_)
        sides[following[stay]] = True
        if (failed & ~(sides[0::2] & sides[1::2])).any():
            raise GridTooRough  # the cut parts nothing
        # a part without cells has nothing left to decide
        keep = np.zeros(2 * count + 1, dtype=np.bool_)
        keep[following[net.first_cell :]] = True
        keep[-1] = False
        following[~keep[following]] = -1
        self.round = _relabel(following)

    def _ratios(self, cells: Whole, where: Whole, count: int) -> list[Fraction]:
        """Common ratio of the class in hand that would use up exactly what each group has; at most 1."""
        s, net, board = self.s, self.s.network, self.s.board
        label = self.round.label
        offers = np.flatnonzero(label[: net.offers] >= 0)
        have = _sums(label[offers], board.stock[offers], count) + _sums(where, board.base[cells], count)
        hand = self.hand[cells]
        level, demand = s.level[cells], board.demand[cells]
        fixed = ~hand
        spent = _sums(where[fixed & (level == 1)], demand[fixed & (level == 1)], count)
        left: list[Fraction | int] = [int(a) for a in have - spent]
        odd = fixed & (level > 1)
        for g, lev, total in _by_pair(where[odd], level[odd], demand[odd]):
            left[g] -= s.levels.values[lev] * total
        wanted = _sums(where[hand], demand[hand], count)
        floored = np.zeros(count, dtype=np.bool_)
        floored[where[hand & (level != 0)]] = True
        out: list[Fraction] = []
        groups = _members(where[hand], count) if floored.any() else None
        for g in range(count):
            if left[g] < 0:
                raise GridTooRough
            if left[g] >= int(wanted[g]):  # a fraction is never compared with a 64-bit number
                out.append(Fraction(1))
            elif not floored[g]:
                out.append(Fraction(left[g]) / int(wanted[g]))
            else:
                assert groups is not None
                mine = np.flatnonzero(hand)[groups[g]]
                out.append(self._water(level[mine], demand[mine], Fraction(left[g])))
        return out

    def _water(self, level: Whole, demand: Whole, have: Fraction) -> Fraction:
        """The ratio r with sum(max(own level, r) x demand) = have."""
        values = self.s.levels.values
        steps = sorted((values[lev], total) for _, lev, total in _by_pair(np.zeros_like(level), level, demand))
        above = sum((v * t for v, t in steps), Fraction(0))
        under = 0
        for i, (value, total) in enumerate(steps):
            above -= value * total
            under += total
            ratio = (have - above) / under
            if ratio < value:
                raise GridTooRough  # not even what earlier stages gave can be kept
            if i + 1 == len(steps) or ratio <= steps[i + 1][0]:
                return ratio
        raise ArithmeticError("no common ratio")  # unreachable: the last step always returns

    def _trial_levels(self, cells: Whole, where: Whole, ratio: list[Fraction]) -> Whole:
        """Level number every cell would have at its group's ratio."""
        s = self.s
        number = np.array([s.levels.number(v) for v in ratio], dtype=np.int64)
        rank = s.levels.ranks()
        level = s.level[cells]
        rises = self.hand[cells] & (rank[level] < rank[number[where]])
        return np.where(rises, number[where], level)

    def _scales(
        self, cells: Whole, where: Whole, trial: Whole, count: int
    ) -> tuple[list[int], dict[tuple[int, int], Fraction]]:
        """Units of flow in one whole unit for each group, and for each (group, level) flow units per planned unit."""
        s, net, board = self.s, self.s.network, self.s.board
        pairs = [(g, lev) for g, lev, _ in _by_pair(where, trial, board.demand[cells])]
        scale = [1] * count
        for g, lev in pairs:
            scale[g] = math.lcm(scale[g], s.levels.values[lev].denominator)
        label = self.round.label
        offers = np.flatnonzero(label[: net.offers] >= 0)
        have = _sums(label[offers], board.stock[offers], count)
        need = _sums(where, board.demand[cells], count)
        for g in range(count):
            total = max(int(have[g]), int(need[g]), 1)
            if scale[g] * total > _EXACT_TOTAL and not s.long:
                scale[g] = max(1, _GRID_TOTAL // total)
                self.exact = False
        return scale, {(g, lev): s.levels.values[lev] * scale[g] for g, lev in pairs}

    def _flow(self, cells: Whole, caps: list[int], scale: list[int]) -> tuple[list[int] | Whole, Whole, Mask]:
        """A maximum flow of all groups side by side: flow on the stage's arcs, cells left short, the sink's shore."""
        net, board = self.s.network, self.s.board
        label = self.round.label
        inside = np.flatnonzero((label[self.tail] >= 0) & (label[self.tail] == label[self.head]))
        offers = np.flatnonzero(label[: net.offers] >= 0)
        per = scale
        give = [int(board.stock[o]) * per[label[o]] for o in offers]
        roof = [0] * len(per)
        for o, amount in zip(offers, give, strict=True):
            roof[label[o]] += amount
        source, sink = net.nodes, net.nodes + 1
        tail = np.concatenate([np.full(len(offers), source), self.tail[inside], net.first_cell + cells])
        head = np.concatenate([offers, self.head[inside], np.full(len(cells), sink)])
        capacity: list[int] = [*give, *(roof[g] for g in label[self.tail[inside]]), *caps]
        result = maximum_flow(tail, head, capacity, net.nodes + 2, source, sink)
        a, b = len(offers), len(offers) + len(inside)
        sent = result.flow[b:]
        short = np.flatnonzero(np.array([x < c for x, c in zip(sent, caps, strict=True)], dtype=np.bool_))
        self.inside = inside
        return result.flow[a:b], short, result.shore[: net.nodes]

    def _settle(
        self,
        done: Mask,
        ratio: list[Fraction],
        scale: list[int],
        flow: list[int] | Whole,
        cells: Whole,
        where: Whole,
        trial: Whole,
    ) -> None:
        """Write down the groups that are served at their ratio."""
        s, label = self.s, self.round.label
        number = np.full(len(ratio), -1, dtype=np.int64)
        for g in np.flatnonzero(done):
            number[g] = len(self.levels_of)
            self.levels_of.append(ratio[g] if ratio[g] < 1 else None)
            self.scales.append(scale[g])
        nodes = np.flatnonzero(label >= 0)
        mine = nodes[done[label[nodes]]]
        self.final[mine] = number[label[mine]]
        settled = done[where]
        s.level[cells[settled]] = trial[settled]
        carried = np.asarray(flow, dtype=object) if isinstance(flow, list) else flow
        used = np.flatnonzero((carried > 0) & done[label[self.tail[self.inside]]])
        self.arcs_out.append(self.arc_ids[self.inside[used]])
        self.flow_out.append([int(f) for f in carried[used]])


def _capacities(
    board: Board,
    levels: Levels,
    cells: Whole,
    where: Whole,
    trial: Whole,
    scale: list[int],
    multiple: dict[tuple[int, int], Fraction],
) -> list[int]:
    """Flow units each cell should get at its trial level, rounded down where the grid is not exact."""
    out: list[int] = []
    for j, g, lev in zip(cells.tolist(), where.tolist(), trial.tolist(), strict=True):
        each = multiple[g, lev]
        out.append(each.numerator * int(board.demand[j]) // each.denominator - scale[g] * int(board.base[j]))
    return out


def _relabel(label: Whole) -> _Round:
    """Labels as 0..count-1 in order, -1 kept."""
    taken = label >= 0
    distinct, new = np.unique(label[taken], return_inverse=True)
    out = np.full(len(label), -1, dtype=np.int64)
    out[taken] = new
    return _Round(out, len(distinct))


def _sums(where: Whole, amount: Whole, count: int) -> Whole:
    """Sum of whole amounts per group, without passing through floating point."""
    out = np.zeros(count, dtype=np.int64)
    np.add.at(out, where, amount)
    return out


def _members(where: Whole, count: int) -> list[Whole]:
    """Positions of each group's members."""
    order = np.argsort(where, kind="stable")
    return np.split(order, np.searchsorted(where[order], np.arange(1, count)))


def _by_pair(where: Whole, level: Whole, amount: Whole) -> Iterator[tuple[int, int, int]]:
    """For each distinct (group, level): the sum of amounts."""
    if not len(where):
        return
    width = int(level.max()) + 1
    keys, at = np.unique(where * width + level, return_inverse=True)
    totals = _sums(at, amount, len(keys))
    for key, total in zip(keys.tolist(), totals.tolist(), strict=True):
        yield key // width, key % width, total
