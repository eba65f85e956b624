"""Which areas a plan is reported by: the parts of the smallest place that holds every need, and their tiles."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.gazetteer.places import PLACEHOLDERS, PlaceTree
from tongzhou_engines.reporting.texts import Both

__all__ = ["Areas", "Tile", "tiles_of"]

#: Areas drawn as tiles at most; more are left to the table.
MOST_TILES = 120
#: Tiles in a row of the plain grid.
_ROW = 7


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of a cartogram: an area with its square (0-based column and row) and a short name."""

    code: str
    column: int
    row: int
    short: Both
    name: Both


@dataclass(frozen=True)
class Areas:
    """scope: the smallest place holding every need; codes: its parts with needs, and itself when a need names it.

    `of(place)` is the area of a place inside the scope; `origin(place)` also names places outside it (by the part of
    the nation they lie in).
    """

    tree: PlaceTree
    scope: str
    codes: tuple[str, ...]
    _memo: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def around(cls, tree: PlaceTree, places: Iterable[str]) -> Areas:
        """The areas for needs at these places."""
        distinct = sorted(set(places))
        scope = functools.reduce(tree.common, distinct) if distinct else tree.root
        while tree.name(scope) in PLACEHOLDERS and (parent := tree.parent(scope)):
            scope = parent
        bare = cls(tree, scope, ())
        return cls(tree, scope, tuple(sorted({bare.of(p) for p in distinct}, key=lambda c: (c == scope, c))))

    def of(self, place: str) -> str:
        """The area a place lies in; the scope itself for the scope, the place itself when it lies outside."""
        if place not in self._memo:
            self._memo[place] = self._part(place, self.scope)
        return self._memo[place]

    def origin(self, place: str) -> str:
        """The area a place lies in, or the part of the root when it lies outside the scope."""
        above = self.tree.ancestors(place)
        return self.of(place) if self.scope in above else self._part(place, self.tree.root)

    def below(self, place: str) -> str:
        """The part of its area a place lies in (a district where areas are cities); the area itself for the area."""
        area = self.of(place)
        return self._part(place, area) if area != self.scope else area

    def _part(self, place: str, top: str) -> str:
        chain = self.tree.ancestors(place)
        if top not in chain:
            return place
        below = chain[: chain.index(top)][::-1]
        if not below:
            return top
        return below[1] if len(below) > 1 and self.tree.name(below[0]) in PLACEHOLDERS else below[0]

    def name(self, code: str) -> Both:
        """Name of an area or an origin."""
        return Both(self.tree.name(code), self.tree.name(code, "en"))

    def target(self, code: str) -> Both:
        """Name of an area that needs lie in; a need that names only the scope lies somewhere in it."""
        said = self.name(code)
        if code == self.scope and len(self.codes) > 1:
            return Both(f"{said.zh}（未细分）", f"{said.en} (place not further named)")
        return said

    def place(self, code: str) -> Both:
        """Full written name of any place."""
        return Both(self.tree.path(code) or code, self.tree.path(code, "en") or code)


@functools.lru_cache(maxsize=1)
def _shipped() -> Mapping[str, tuple[tuple[str, int, int, Both], ...]]:
    """Scope > (code, column, row, short name) from data/places/tiles.csv."""
    out: dict[str, list[tuple[str, int, int, Both]]] = {}
    with data_path("places/tiles.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            short = Both(line["short_zh"], line["short_en"])
            out.setdefault(line["scope"], []).append((line["code"], int(line["column"]), int(line["row"]), short))
    return {scope: tuple(tiles) for scope, tiles in out.items()}


def tiles_of(areas: Areas) -> tuple[Sequence[Tile], bool]:
    """The tiles of a plan's areas, and whether their squares follow geography.

    The shipped squares hold only where every area has one (so not for a table of places that uses the codes for
    something else); otherwise a plain grid in code order.
    """
    tree = areas.tree
    shipped = _shipped().get(areas.scope, ())
    parts = [c for c in areas.codes if c != areas.scope or len(areas.codes) == 1]
    known = {code: short for code, _, _, short in shipped}
    if parts and all(c in known and known[c].zh in tree.name(c) for c in parts):
        return [Tile(c, x, y, short, areas.name(c) if c in tree else short) for c, x, y, short in shipped], True
    plain = []
    for i, code in enumerate(parts[:MOST_TILES]):
        name = areas.name(code)
        plain.append(Tile(code, i % _ROW, i // _ROW, Both(name.zh[:4], name.en.removesuffix(" District")[:10]), name))
    return plain, False
