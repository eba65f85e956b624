"""Why a need stays open and why an offer stays home, in words (docs/methods/allocation.md).

A reason names a cause whose removal helps: for `shared_fairly` more stock at the offers named, for
`more_urgent_first` and `nearer_first` those needs gone, for `window` and `not_authorised` that rule lifted, for
`no_offer` an offer at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tongzhou_engines.allocation.amounts import StageRecord, open_arcs
from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.allocation.network import Network, components
from tongzhou_engines.allocation.wording import Words

__all__ = ["HoldReasons", "OpenReasons", "Reason"]

Mask = npt.NDArray[np.bool_]
#: Offers named in a reason; the others are counted.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code, the offers or rule that bind (ids joined by ;), and the sentence in both languages."""

    code: str
    bottleneck: str
    text_zh: str
    text_en: str


def _spread(network: Network, arcs: Mask | Whole, used: Mask | Whole, start: Mask) -> Mask:
    """Nodes that supply freed at `start` could reach: backwards over used arcs, forwards over any open arc."""
    seen = start.copy()
    tail, head = network.tail[arcs], network.head[arcs]
    used_tail, used_head = network.tail[used], network.head[used]
    while True:
        before = int(seen.sum())
        seen[used_tail[seen[used_head]]] = True
        seen[head[seen[tail]]] = True
        if int(seen.sum()) == before:
            return seen


@dataclass(frozen=True, slots=True)
class _Piece:
    """Figures of one bottleneck: cells of the class that share it, its offers, their stock."""

    cells: int
    offers: tuple[int, ...]
    stock: int


class OpenReasons:
    """Reason of every cell that is not fully served; index with a cell number.

    stage_network: the network the records were made on; network, flow: the final network and whole-unit flow on it.
    """

    def __init__(
        self,
        board: Board,
        stage_network: Network,
        records: Sequence[StageRecord],
        network: Network,
        flow: Whole,
        level: Whole,
        values: Sequence[Fraction],
        words: Words,
    ) -> None:
        self.board, self.words = board, words
        self.level, self.values = level, values
        self.stage_network, self.network, self.flow = stage_network, network, flow
        self._serving = _serving(board)
        self._window_kinds = frozenset(board.offer_window)
        self._figures_at = {
            key: (len(found), sum(board.offers[o].stock for o in found), sorted(found)[:_SHOWN])
            for key, found in self._serving.items()
        }
        self._lawful_memo: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._last = {r.stage.urgency: r for r in records}
        self._urgent: dict[int, Mask] = {}
        self._near: dict[int, Mask] = {}
        self._beyond: dict[int, Mask] = {}
        self._pieces: dict[int, dict[int, _Piece]] = {}
        self._memo: dict[int, Reason] = {}

    def __getitem__(self, cell: int) -> Reason:
        if cell not in self._memo:
            self._memo[cell] = self._reason(cell)
        return self._memo[cell]

    def _reason(self, j: int) -> Reason:
        board, words = self.board, self.words
        cell = board.cells[j]
        count, stock, binding = self._lawful_figures(j)
        if not count:
            return self._without_offer(j)
        own = self._piece(j)
        share = self.values[self.level[j]]
        if own is not None:
            record = self._last[cell.urgency]
            if self._inside(record, self._urgent, cell.urgency, True)[self.stage_network.first_cell + j]:
                return Reason("more_urgent_first", binding, *words.more_urgent(cell, count, stock, share))
            if self._inside(record, self._near, cell.urgency, False)[self.stage_network.first_cell + j]:
                return Reason("nearer_first", binding, *words.nearer(cell, count, stock, share))
            held = _ids(board, own.offers)
            return Reason("shared_fairly", held, *words.shared(cell, own.cells, len(own.offers), own.stock, share))
        node = self.network.first_cell + j
        if self._outside(cell.urgency, True)[node]:
            return Reason("more_urgent_first", binding, *words.more_urgent(cell, count, stock, share))
        if self._outside(cell.urgency, False)[node]:
            return Reason("nearer_first", binding, *words.nearer(cell, count, stock, share))
        return Reason("shared_fairly", binding, *words.shared(cell, 1, count, stock, share))

    def _lawful_figures(self, j: int) -> tuple[int, int, str]:
        """Number, stock and first ids of the offers that may serve a cell.

        A place lies in at most one of an offer's subtrees, so what stands at its ancestors adds up.
        """
        cell, board = self.board.cells[j], self.board
        if cell.closed or len(cell.windows) < len(self._window_kinds):
            lawful = self.lawful(j)
            return len(lawful), sum(board.offers[o].stock for o in lawful), _ids(board, lawful)
        count, stock, first = 0, 0, []
        for code in board.tree.ancestors(cell.place):
            found = self._figures_at.get((cell.category, code))
            if found is not None:
                count, stock = count + found[0], stock + found[1]
                first += found[2]
        return count, stock, _ids(board, sorted(first)[:_SHOWN], count)

    def lawful(self, j: int) -> tuple[int, ...]:
        """Offers with stock (before pins) that may serve the cell."""
        cell = self.board.cells[j]
        key = (cell.place, cell.category, cell.windows, cell.closed)
        if key not in self._lawful_memo:
            found = {
                o
                for code in self.board.tree.ancestors(cell.place)
                for o in self._serving.get((cell.category, code), ())
            }
            self._lawful_memo[key] = tuple(
                sorted(o for o in found if self.board.offer_window[o] in cell.windows and o not in cell.closed)
            )
        return self._lawful_memo[key]

    def _without_offer(self, j: int) -> Reason:
        board, words = self.board, self.words
        cell = board.cells[j]
        fitting = sorted(
            {o for (category, _), found in self._serving.items() if category == cell.category for o in found}
        )
        if not fitting:
            return Reason("no_offer", "", *words.no_offer(cell))
        here = {o for code in board.tree.ancestors(cell.place) for o in self._serving.get((cell.category, code), ())}
        late = sorted(o for o in here if o not in cell.closed)
        if late:
            return Reason("window", _ids(board, late), *words.window(cell, [board.offers[o] for o in late]))
        if here:
            return Reason("not_authorised", _ids(board, sorted(here)), *words.forbidden(cell, len(here)))
        return Reason(
            "not_authorised", _ids(board, fitting), *words.not_authorised(cell, [board.offers[o] for o in fitting])
        )

    def _piece(self, j: int) -> _Piece | None:
        """The connected piece of the cell's bottleneck, None when nothing in it can reach the cell."""
        urgency = self.board.cells[j].urgency
        if urgency not in self._last:
            return None
        if urgency not in self._pieces:
            self._pieces[urgency] = self._figures(self._last[urgency])
        return self._pieces[urgency].get(j)

    def _figures(self, record: StageRecord) -> dict[int, _Piece]:
        """Pieces of a stage's bottlenecks: cells joined by lawful pairs inside a group, with offers that reach them."""
        net, board = self.stage_network, self.board
        tight = np.array([v is not None for v in record.group_level] + [False])[record.group]
        inside = self._inside_arcs(record)
        start = np.zeros(net.nodes, dtype=np.bool_)
        start[: net.offers] = tight[: net.offers] & (board.stock > 0)
        seen = _spread(net, inside, np.zeros(0, dtype=np.int64), start) & tight
        joined = inside[seen[net.tail[inside]] & seen[net.head[inside]]]
        label = components(net.nodes, net.tail[joined], net.head[joined])
        offers: dict[int, list[int]] = {}
        for o in np.flatnonzero(seen[: net.offers]).tolist():
            offers.setdefault(int(label[o]), []).append(o)
        cells = np.flatnonzero(seen[net.first_cell :] & (board.urgency == record.stage.urgency))
        where = label[net.first_cell + cells]
        count = np.bincount(where, minlength=net.nodes)
        pieces = {p: _Piece(int(count[p]), tuple(found), int(board.stock[found].sum())) for p, found in offers.items()}
        return {int(j): pieces[int(p)] for j, p in zip(cells, where, strict=True) if int(p) in pieces}

    def _inside_arcs(self, record: StageRecord) -> Whole:
        net, group = self.stage_network, record.group
        return np.flatnonzero(
            (group[net.tail] >= 0) & (group[net.tail] == group[net.head]) & open_arcs(net, record.stage)
        )

    def _inside(self, record: StageRecord, memo: dict[int, Mask], urgency: int, more_urgent: bool) -> Mask:
        """Nodes that would gain, inside their own bottleneck, if its more urgent (or nearer) cells were not there."""
        if urgency not in memo:
            net, board = self.stage_network, self.board
            group = record.group
            inside = np.flatnonzero(
                (group[net.tail] >= 0) & (group[net.tail] == group[net.head]) & open_arcs(net, record.stage)
            )
            cells = group[net.first_cell :]
            served = (cells >= 0) & (record.level != 0)
            if more_urgent:
                start = served & (board.urgency < urgency)
            else:
                ratio = [Fraction(2) if v is None else v for v in record.group_level] + [Fraction(2)]
                above = np.array(
                    [self.values[lev] > ratio[g] for lev, g in zip(record.level.tolist(), cells.tolist(), strict=True)],
                    dtype=np.bool_,
                )
                start = served & ((board.urgency > urgency) | ((board.urgency == urgency) & above))
            seeds = np.zeros(net.nodes, dtype=np.bool_)
            seeds[net.first_cell :] = start
            memo[urgency] = _spread(net, inside, record.arcs, seeds)
        return memo[urgency]

    def _outside(self, urgency: int, more_urgent: bool) -> Mask:
        """The same for cells whose every offer is bound by cells of other classes: on the final network."""
        key = urgency if more_urgent else -1 - urgency
        if key not in self._beyond:
            net, board = self.network, self.board
            arcs = np.arange(len(net.tail))
            used = np.flatnonzero(self.flow[: len(net.tail)] > 0)
            start = (self.level != 0) & (
                (board.urgency < urgency) if more_urgent else np.ones(len(board.cells), dtype=np.bool_)
            )
            seeds = np.zeros(net.nodes, dtype=np.bool_)
            seeds[net.first_cell :] = start
            self._beyond[key] = _spread(net, arcs, used, seeds)
        return self._beyond[key]


def _serving(board: Board) -> dict[tuple[str, str], list[int]]:
    """(category, subtree) -> offers with stock that may serve it."""
    out: dict[tuple[str, str], list[int]] = {}
    for o, offer in enumerate(board.offers):
        if offer.stock > 0:
            for category in board.compatible.get(offer.category, frozenset({offer.category})):
                for code in offer.coverage:
                    out.setdefault((category, code), []).append(o)
    return out


def _ids(board: Board, offers: Sequence[int], count: int | None = None) -> str:
    """The first ids joined by ;, and how many more there are; count: of all, when `offers` are only the first ones."""
    total = len(offers) if count is None else count
    shown = [board.offers[o].offer_id for o in offers[:_SHOWN]]
    return ";".join(shown) + (f";+{total - _SHOWN}" if total > _SHOWN else "")


class HoldReasons:
    """Why what is left of an offer should stay home: built once over the needs that stay open."""

    def __init__(self, board: Board, open_units: Mapping[int, int], words: Words) -> None:
        self.board, self.words = board, words
        self.open: dict[str, list[tuple[int, int]]] = {}
        for need, units in open_units.items():
            if units > 0:
                row = board.needs[need]
                self.open.setdefault(row.category, []).append((need, units))
        for rows in self.open.values():
            rows.sort(key=lambda r: (board.needs[r[0]].urgency, -r[1], board.needs[r[0]].need_id))

    def __call__(self, offer: int) -> Reason:
        """`not_needed`, or `may_not_go_where_needed` with what would free it."""
        board, row = self.board, self.board.offers[offer]
        best: tuple[int, int] | None = None
        for category in sorted(board.compatible.get(row.category, frozenset({row.category}))):
            for need, units in self.open.get(category, ())[:1]:
                key = (board.needs[need].urgency, -units)
                if best is None or key < (board.needs[best[0]].urgency, -best[1]):
                    best = (need, units)
        if best is None:
            return Reason("not_needed", "", *self.words.not_needed(row))
        need_row = board.needs[best[0]]
        if not any(a in row.coverage for a in board.tree.ancestors(need_row.place)):
            return Reason(
                "may_not_go_where_needed", f"coverage:{need_row.place}", *self.words.blocked(row, need_row, best[1])
            )
        if row.start > need_row.end or need_row.start > row.end:
            return Reason("may_not_go_where_needed", "window", *self.words.blocked_in_time(row, need_row, best[1]))
        return Reason(
            "may_not_go_where_needed", f"pin:{need_row.need_id}", *self.words.blocked_by_pin(row, need_row, best[1])
        )
