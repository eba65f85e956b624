"""The dictionary of names: every written form, found by its first two characters."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.gazetteer.names import long_forms, squeeze, stem
from tongzhou_engines.gazetteer.places import PLACEHOLDERS, PlaceTree

__all__ = ["Alias", "Entry", "NameIndex", "read_aliases", "read_pinyin"]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a division: a former or short name, an exonym; `former_parent` = where it was counted before."""

    name: str
    code: str
    kind: str
    former_parent: str


@dataclass(slots=True)
class Entry:
    """What one written form may mean: codes of divisions of that full name, of that bare name, of that former name."""

    full: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    former_bare: list[str] = field(default_factory=list)
    distinct: bool = False
    ranks: dict[str, int] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether the form says by itself what kind of division is meant."""
        return bool(self.full or self.former)

    def ranked(self) -> dict[str, int]:
        """Code > rank: 0 present name, 1 present bare name, 2 former name, 3 former bare name."""
        out: dict[str, int] = {}
        for rank, codes in enumerate((self.full, self.bare, self.former, self.former_bare)):
            for code in codes:
                out.setdefault(code, rank)
        return out


@functools.lru_cache(maxsize=1)
def read_aliases() -> tuple[Alias, ...]:
    """The shipped table of other names (data/places/aliases.csv)."""
    with data_path("places/aliases.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Alias(r["name"], r["code"], r["kind"], r["former_parent"]) for r in csv.DictReader(lines))


@functools.lru_cache(maxsize=1)
def read_pinyin() -> dict[tuple[str, str], str]:
    """(code, name) > pinyin syllables without tones, from the shipped table of divisions."""
    with data_path("places/places.csv").open(encoding="utf-8", newline="") as lines:
        return {(r["code"], r["name"]): r["pinyin"] for r in csv.DictReader(lines)}


class NameIndex:
    """Names of provinces, cities and districts of a tree, with the aliases that belong to it.

    `above[code]`: the place and everything it lies in, former parents included, so that 六安市寿县 holds together.
    """

    def __init__(self, tree: PlaceTree) -> None:
        self.tree = tree
        self.divisions = tuple(c for c in tree.codes if 1 <= tree.depth(c) <= 3 and self.is_place(c))
        known = set(self.divisions)
        self.aliases = tuple(a for a in read_aliases() if a.code in known)
        self.above = self._above()
        self.entries: dict[str, Entry] = defaultdict(Entry)
        self._fill()
        for entry in self.entries.values():
            entry.ranks = entry.ranked()
        self._mark_distinct()
        self.entries = dict(self.entries)
        heads: dict[str, set[int]] = defaultdict(set)
        for form in self.entries:
            heads[form[:2]].add(len(form))
        self.heads = {head: tuple(sorted(lengths, reverse=True)) for head, lengths in heads.items()}

    def is_place(self, code: str) -> bool:
        """Whether the code may be an answer: not a placeholder level, not the same-named filler under a city."""
        tree, name = self.tree, self.tree.name(code)
        parent = tree.parent(code)
        return name not in PLACEHOLDERS and (parent is None or tree.name(parent) != name)

    def _above(self) -> dict[str, frozenset[str]]:
        root = self.tree.root
        above = {c: set(self.tree.ancestors(c)) - {root} for c in self.divisions}
        for alias in self.aliases:
            if alias.former_parent and alias.code in above:
                above[alias.code].add(alias.former_parent)
        return {c: frozenset(a) for c, a in above.items()}

    def _fill(self) -> None:
        for code in self.divisions:
            name = squeeze(self.tree.name(code))
            self._put(name, code, "full")
            for form in long_forms(name):
                self._put(form, code, "full")
            self._put(stem(name), code, "bare")
        for alias in self.aliases:
            name = squeeze(alias.name)
            if alias.kind == "former_name":
                self._put(name, alias.code, "former")
                for form in long_forms(name):
                    self._put(form, alias.code, "former")
                self._put(stem(name), alias.code, "former_bare")
            elif alias.kind == "zone":
                self._put(name, alias.code, "former")
            elif alias.kind == "short_name":
                self._put(name, alias.code, "bare")

    def _put(self, form: str, code: str, column: str) -> None:
        if len(form) >= 2 and form.isascii() is False:
            codes: list[str] = getattr(self.entries[form], column)
            if code not in codes:
                codes.append(code)

    def _mark_distinct(self) -> None:
        """A bare name is distinct when no street of another city carries it: 道孚 is, 凤凰 is not."""
        bare = {form: e for form, e in self.entries.items() if not e.is_full}
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in bare:
            lengths[form[:2]].add(len(form))
        seen: dict[str, set[str]] = defaultdict(set)
        for code, name in self._streets():
            for i in range(len(name) - 1):
                for length in lengths.get(name[i : i + 2], ()):
                    if name[i : i + length] in bare:
                        seen[name[i : i + length]].add(code)
        for form, entry in bare.items():
            own = set(entry.ranks)
            cities = {a for c in own for a in self.above[c] if self.tree.depth(a) == 2}
            entry.distinct = not any(cities.isdisjoint(self.tree.ancestors(s)) for s in seen[form])

    def _streets(self) -> Iterator[tuple[str, str]]:
        for code, depth, name in zip(self.tree.codes, self.tree.depths, self.tree.names, strict=True):
            if depth == 4:
                yield code, name

    def is_wide(self, codes: Iterable[str]) -> bool:
        """Whether a province is among the codes that is not itself a city (省 and 自治区, not 北京市)."""
        return any(self.tree.depth(c) == 1 and not self.tree.name(c).endswith("市") for c in codes)

    def consistent(self, one: Iterable[str], other: Iterable[str]) -> set[str]:
        """The deeper codes of all pairs of which one lies in the other."""
        out = set()
        for a in one:
            for b in other:
                if a in self.above[b]:
                    out.add(b)
                elif b in self.above[a]:
                    out.add(a)
        return out
