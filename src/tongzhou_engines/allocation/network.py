"""The lawful pairs of a board as a compact network: offer > places of the tree > cell, never one arc a pair.

An offer enters the tree of a category at each ancestor of its home up to its coverage, and at each further subtree it
may serve; help then flows down. The place where it enters is the lowest common ancestor of home and need on every
least-movement path, so the reach sits on the entering arc.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tongzhou_engines.allocation.board import Board
from tongzhou_engines.allocation.flows import Whole

__all__ = ["Network", "build_network", "components"]

_Key = tuple[str, frozenset[int], int]


@dataclass(frozen=True)
class Network:
    """Nodes: offers, then relays (places of one category tree), then cells. Arcs have no limit of their own.

    reach: of arcs that leave an offer, -1 on the others. owner: class of the tree an arc belongs to when every
    class has a tree of its own, else -1. relay_depth: depth of each relay's place. node_of: (tree, place) -> the node
    that stands for it; a place with one way on is left out and stood for by where that way leads.
    """

    offers: int
    relays: int
    cells: int
    tail: Whole
    head: Whole
    reach: Whole
    owner: Whole
    relay_depth: Whole
    node_of: Mapping[tuple[_Key, str], int] = field(repr=False)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.offers + self.relays + self.cells

    @property
    def first_cell(self) -> int:
        """Node of cell 0."""
        return self.offers + self.relays


class _Arc(NamedTuple):
    tail: int
    head: int
    reach: int
    owner: int


def build_network(board: Board, *, by_class: bool) -> Network:
    """The compact network of a board. by_class: one tree a class, so that a ring can be shut for one class only."""
    trees = _Trees(board, by_class)
    arcs = list(trees.inner_arcs())
    for i in range(len(board.offers)):
        if board.stock[i] > 0:
            arcs.extend(trees.entries(i))
    arcs.extend(_direct(board, trees, by_class))
    table = np.array(arcs, dtype=np.int64).reshape(-1, 4)
    return _contracted(board, trees, table)


def _contracted(board: Board, trees: _Trees, table: Whole) -> Network:
    """The network without places no offer reaches, and without places that have only one way on."""
    offers, relays, cells = len(board.offers), len(trees.keys), len(board.cells)
    nodes, first_cell = offers + relays + cells, offers + relays
    tail, head = table[:, 0], table[:, 1]
    seen = np.zeros(nodes, dtype=np.bool_)
    seen[:offers] = True
    while True:
        fresh = head[seen[tail] & ~seen[head]]
        if not len(fresh):
            break
        seen[fresh] = True
    table = table[seen[tail]]
    tail, head = table[:, 0], table[:, 1]
    ways = np.bincount(tail, minlength=nodes)
    ways[:offers], ways[first_cell:] = 0, 0
    onward = np.arange(nodes, dtype=np.int64)
    single = ways[tail] == 1
    onward[tail[single]] = head[single]
    while not np.array_equal(onward, onward[onward]):
        onward = onward[onward]
    keep = np.flatnonzero(ways[offers:first_cell] > 1) + offers
    number = np.full(nodes, -1, dtype=np.int64)
    number[:offers] = np.arange(offers)
    number[keep] = offers + np.arange(len(keep))
    number[first_cell:] = offers + len(keep) + np.arange(cells)
    table = table[~single]
    stands = np.where(seen, number[onward], -1)
    depth = np.array([board.tree.depth(code) for _, code in trees.keys], dtype=np.int64)
    return Network(
        offers=offers,
        relays=len(keep),
        cells=cells,
        tail=number[table[:, 0]],
        head=number[onward[table[:, 1]]],
        reach=table[:, 2].copy(),
        owner=table[:, 3].copy(),
        relay_depth=depth[keep - offers],
        node_of={key: int(stands[offers + i]) for i, key in enumerate(trees.keys)},
    )


class _Trees:
    """The relays: one tree of places for each category, window signature and (when asked) class."""

    def __init__(self, board: Board, by_class: bool) -> None:
        self.board, self.tree = board, board.tree
        self.keys: list[tuple[_Key, str]] = []
        self.node: dict[_Key, dict[str, int]] = {}
        self.children: dict[int, int] = {}
        self.of_category: dict[str, list[_Key]] = {}
        self._inner: list[_Arc] = []
        first = len(board.offers)
        for j, cell in enumerate(board.cells):
            if cell.closed:
                continue
            key = (cell.category, cell.windows, cell.urgency if by_class else -1)
            if key not in self.node:
                self.node[key] = {}
                self.of_category.setdefault(cell.category, []).append(key)
            self._hang(key, cell.place, j, first)
        self._above: dict[str, tuple[str, ...]] = {}

    def _hang(self, key: _Key, place: str, cell: int, first: int) -> None:
        nodes, child = self.node[key], -1 - cell  # cells get their node number once the relays are counted
        for code in self.tree.ancestors(place):
            known = code in nodes
            if not known:
                nodes[code] = first + len(self.keys)
                self.keys.append((key, code))
            self._inner.append(_Arc(nodes[code], child, -1, key[2]))
            self.children[nodes[code]] = self.children.get(nodes[code], 0) + 1
            if known:
                return
            child = nodes[code]

    def inner_arcs(self) -> Iterable[_Arc]:
        """Arcs down the trees, to child places and to cells."""
        shift = len(self.board.offers) + len(self.keys)
        for arc in self._inner:
            yield arc if arc.head >= 0 else arc._replace(head=shift - 1 - arc.head)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Ancestors of a place, remembered."""
        if code not in self._above:
            self._above[code] = self.tree.ancestors(code)
        return self._above[code]

    def entries(self, offer: int) -> Iterable[_Arc]:
        """Arcs by which an offer enters the trees it may serve."""
        row = self.board.offers[offer]
        path = self.ancestors(row.place)
        top = self.tree.greatest_depth
        for category in sorted(self.board.compatible.get(row.category, frozenset({row.category}))):
            for key in self.of_category.get(category, ()):
                if self.board.offer_window[offer] not in key[1]:
                    continue
                nodes = self.node[key]
                for code in row.coverage:
                    if code in path:
                        yield from self._climb(offer, key, path[: path.index(code) + 1])
                    elif code in nodes:
                        common = next(a for a in self.ancestors(code) if a in path)
                        yield _Arc(offer, nodes[code], top - self.tree.depth(common), key[2])

    def _climb(self, offer: int, key: _Key, path: tuple[str, ...]) -> Iterable[_Arc]:
        nodes, below = self.node[key], -1
        for code in path:
            at = nodes.get(code)
            if at is None:
                continue
            if below < 0 or self.children[at] > 1:  # else nothing more is reached from here than from below
                yield _Arc(offer, at, self.tree.greatest_depth - self.tree.depth(code), key[2])
            below = at


def _direct(board: Board, trees: _Trees, by_class: bool) -> Iterable[_Arc]:
    """Pair arcs for cells that pins cut off from some of their offers."""
    shift = len(board.offers) + len(trees.keys)
    for j, cell in enumerate(board.cells):
        if not cell.closed:
            continue
        above = trees.ancestors(cell.place)
        for i, offer in enumerate(board.offers):
            if i in cell.closed or board.stock[i] <= 0 or board.offer_window[i] not in cell.windows:
                continue
            if cell.category not in board.compatible.get(offer.category, frozenset({offer.category})):
                continue
            if any(code in above for code in offer.coverage):
                reach = board.tree.reach(offer.place, cell.place)
                yield _Arc(i, shift + j, reach, cell.urgency if by_class else -1)


def components(nodes: int, tail: Whole, head: Whole) -> Whole:
    """Connected components of an undirected graph: for each node the smallest node number of its component."""
    label: npt.NDArray[np.int64] = np.arange(nodes, dtype=np.int64)
    while True:
        low = np.minimum(label[tail], label[head])
        before = label.copy()
        np.minimum.at(label, tail, low)
        np.minimum.at(label, head, low)
        while True:  # pointer jumping: halves the height of every chain of labels
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(before, label):
            return label
