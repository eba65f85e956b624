"""From tidy rows to the board: offers with their stock, and cells of needs that have the same lawful offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["OPEN_END", "OPEN_START", "Board", "NeedRow", "OfferRow", "build_board", "outermost"]

#: Day numbers that stand for a blank start or end of a window.
OPEN_START, OPEN_END = -1, 10**7


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need as planned: place code, category code, class 0..3, planned whole units, window in day numbers."""

    need_id: str
    place: str
    category: str
    urgency: int
    planned: int
    start: int = OPEN_START
    end: int = OPEN_END
    vulnerability: float = 0.0


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer as planned: home, category, units that may be given, subtrees it may serve, window in day numbers."""

    offer_id: str
    place: str
    category: str
    stock: int
    coverage: tuple[str, ...]
    start: int = OPEN_START
    end: int = OPEN_END


@dataclass(frozen=True, slots=True)
class Cell:
    """Needs of one place, category and class that have the same lawful offers.

    windows: kinds of offer windows that fit; closed: offers shut out by pins; base: units already given by pins.
    """

    place: str
    category: str
    urgency: int
    demand: int
    base: int
    needs: tuple[int, ...]
    windows: frozenset[int]
    closed: frozenset[int]


@dataclass(frozen=True)
class Board:
    """Everything one order of principles decides on. Lists are aligned: offers[i], stock[i]; cells[j], demand[j] ..."""

    tree: PlaceTree
    compatible: Mapping[str, frozenset[str]]
    needs: tuple[NeedRow, ...]
    offers: tuple[OfferRow, ...]
    stock: Whole
    cells: tuple[Cell, ...]
    demand: Whole
    base: Whole
    urgency: Whole
    cell_of: Mapping[int, int]
    pinned: Mapping[tuple[int, int], int]
    offer_window: tuple[int, ...]
    previous: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @property
    def rings(self) -> int:
        """Number of reaches: 5 in the built-in tree."""
        return self.tree.greatest_depth + 1


def outermost(codes: Sequence[str], tree: PlaceTree) -> tuple[str, ...]:
    """The subtrees of a coverage without those inside another one, in code order."""
    wanted = set(codes)
    return tuple(sorted(c for c in wanted if not any(a in wanted for a in tree.ancestors(c)[1:])))


def build_board(
    tree: PlaceTree,
    compatible: Mapping[str, frozenset[str]],
    needs: Sequence[NeedRow],
    offers: Sequence[OfferRow],
    pins: Mapping[tuple[str, str], int] | None = None,
) -> Board:
    """Group needs into cells and take pinned amounts off the stock.

    needs, offers: in any order (sorted here by id, so the order never matters). compatible: offer category -> need
    categories it may serve. pins: (need_id, offer_id) -> exact whole units, 0 forbids; they must be lawful and within
    stock and need.
    """
    needs = sorted(needs, key=lambda n: n.need_id)
    offers = sorted(offers, key=lambda o: o.offer_id)
    need_at = {n.need_id: i for i, n in enumerate(needs)}
    offer_at = {o.offer_id: i for i, o in enumerate(offers)}
    fixed = {(need_at[n], offer_at[o]): q for (n, o), q in (pins or {}).items() if n in need_at and o in offer_at}
    windows, offer_window = _windows(offers)
    lawful = _Lawful(tree, compatible, offers, offer_window, windows)
    cells = _cells(needs, fixed, lawful)
    stock = np.array([o.stock for o in offers], dtype=np.int64)
    for (_, offer), quantity in fixed.items():
        stock[offer] -= quantity
    return Board(
        tree=tree,
        compatible=compatible,
        needs=tuple(needs),
        offers=tuple(offers),
        stock=stock,
        cells=tuple(cells),
        demand=np.array([c.demand for c in cells], dtype=np.int64),
        base=np.array([c.base for c in cells], dtype=np.int64),
        urgency=np.array([c.urgency for c in cells], dtype=np.int64),
        cell_of={n: j for j, c in enumerate(cells) for n in c.needs},
        pinned={k: q for k, q in fixed.items() if q > 0},
        offer_window=offer_window,
    )


def _windows(offers: Sequence[OfferRow]) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """The distinct windows of the offers, and which one each offer has."""
    distinct = sorted({(o.start, o.end) for o in offers})
    at = {w: i for i, w in enumerate(distinct)}
    return distinct, tuple(at[o.start, o.end] for o in offers)


class _Lawful:
    """Which kinds of offer windows, and which offers, may serve a place in a category."""

    def __init__(
        self,
        tree: PlaceTree,
        compatible: Mapping[str, frozenset[str]],
        offers: Sequence[OfferRow],
        offer_window: Sequence[int],
        windows: Sequence[tuple[int, int]],
    ) -> None:
        self.tree, self.windows, self.offer_window = tree, windows, offer_window
        self.kinds: dict[tuple[str, str], set[int]] = {}
        self.serving: dict[tuple[str, str], list[int]] = {}
        for i, offer in enumerate(offers):
            for category in compatible.get(offer.category, frozenset({offer.category})):
                for code in offer.coverage:
                    self.kinds.setdefault((category, code), set()).add(offer_window[i])
                    self.serving.setdefault((category, code), []).append(i)
        self._fits: dict[tuple[int, int], frozenset[int]] = {}
        self._here: dict[tuple[str, str], frozenset[int]] = {}

    def fits(self, start: int, end: int) -> frozenset[int]:
        """Kinds of offer windows that overlap [start, end], ends included."""
        if (start, end) not in self._fits:
            self._fits[start, end] = frozenset(i for i, (a, b) in enumerate(self.windows) if a <= end and start <= b)
        return self._fits[start, end]

    def here(self, place: str, category: str) -> frozenset[int]:
        """Kinds of offer windows among the offers that cover the place."""
        key = (place, category)
        if key not in self._here:
            found: set[int] = set()
            for code in self.tree.ancestors(place):
                found |= self.kinds.get((category, code), set())
            self._here[key] = frozenset(found)
        return self._here[key]

    def offers(self, need: NeedRow) -> set[int]:
        """Offers that may lawfully serve the need."""
        fits = self.fits(need.start, need.end)
        found = {i for code in self.tree.ancestors(need.place) for i in self.serving.get((need.category, code), ())}
        return {i for i in found if self.offer_window[i] in fits}


def _cells(needs: Sequence[NeedRow], fixed: Mapping[tuple[int, int], int], lawful: _Lawful) -> list[Cell]:
    closed: dict[int, set[int]] = {}
    base: dict[int, int] = {}
    for (need, offer), quantity in fixed.items():
        closed.setdefault(need, set()).add(offer)
        base[need] = base.get(need, 0) + quantity
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, row in enumerate(needs):
        if row.planned <= 0:
            continue
        # Windows that differ only towards offers which never come here do not part a cell.
        local = lawful.fits(row.start, row.end) & lawful.here(row.place, row.category)
        shut = frozenset(closed[i] & lawful.offers(row)) if i in closed else frozenset()
        own = row.need_id if i in base else ""
        groups.setdefault((row.place, row.category, row.urgency, local, shut, own), []).append(i)
    cells = []
    for members in groups.values():
        first = needs[members[0]]
        shut = frozenset(closed[members[0]] & lawful.offers(first)) if members[0] in closed else frozenset()
        cells.append(
            Cell(
                place=first.place,
                category=first.category,
                urgency=first.urgency,
                demand=sum(needs[i].planned for i in members),
                base=base.get(members[0], 0),
                needs=tuple(members),
                windows=lawful.fits(first.start, first.end),
                closed=shut,
            )
        )
    return sorted(cells, key=lambda c: (c.place, c.category, c.urgency, c.needs[0]))
