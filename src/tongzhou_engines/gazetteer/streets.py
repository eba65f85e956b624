"""Streets and towns inside a division already found."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from tongzhou_engines.gazetteer.index import NameIndex
from tongzhou_engines.gazetteer.mentions import Mention
from tongzhou_engines.gazetteer.names import PEOPLE, squeeze

__all__ = ["StreetIndex"]

#: Kinds of street-level divisions in the official list, and what people write for a 街道.
_OFFICIAL = re.compile(rf"(?P<stem>..+?)(?P<kind>街道办事处|街道|地区办事处|地区|镇|(?:{PEOPLE})*乡)\Z")
_WRITTEN = re.compile(rf"街道办事处|街道办|街道|街办|办事处|地区办事处|街(?=社区|办)|镇|(?:{PEOPLE})*乡|地区")


@dataclass(slots=True)
class _Names:
    """Street names of one division: whole name > codes; bare name > (kind, code); both by first two characters."""

    whole: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    bare: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def close(self) -> None:
        """Fills `heads` once all names are in."""
        for name in {*self.whole, *self.bare}:
            self.heads[name[:2]].append(name)
        self.heads = dict(self.heads)


class StreetIndex:
    """Names of streets (街道, 镇, 乡 ...) by district and by city, made when first asked for."""

    def __init__(self, index: NameIndex) -> None:
        self._tree = tree = index.tree
        self._below: dict[str, list[str]] = defaultdict(list)
        self._children: dict[str, list[str]] = defaultdict(list)
        for code, depth, parent in zip(tree.codes, tree.depths, tree.parents, strict=True):
            if depth >= 4:
                self._below[tree.codes[parent]].append(code)
            elif depth == 3:
                self._children[tree.codes[parent]].append(code)
        self._names: dict[str, _Names] = {}

    def find(self, code: str, text: str, used: list[Mention]) -> tuple[str, str] | None:
        """(code, piece of text) of the one street of division `code` that the text names in full, else None.

        In a district the kind may be that of another year (a town made a 街道); in a city the full name must be unique.
        """
        depth = self._tree.depth(code)
        if depth not in (2, 3):
            return None
        names = self._names.get(code)
        if names is None:
            names = self._names[code] = self._collect(code, depth)
        spans = [(m.start, m.end) for m in used if m.chain >= 0]
        covered = max((end for _, end in spans), default=0)
        found = _hits(names, text, frozenset(end for _, end in spans), in_city=depth == 2)
        hits = [h for h in found if not any(a < h[1] and h[0] < b and b - a >= h[1] - h[0] for a, b in spans)]
        if not hits:
            return None
        # What follows the divisions comes before what precedes them; the longer name before the shorter.
        start, end, street = min(hits, key=lambda h: (h[1] <= covered, h[0], h[0] - h[1]))
        return (street, text[start:end]) if street else None

    def _collect(self, code: str, depth: int) -> _Names:
        names = _Names()
        for home in [code] if depth == 3 else [code, *self._children[code]]:
            parent = self._tree.name(home)
            for street in self._below[home]:
                name = squeeze(self._tree.name(street))
                if name == squeeze(parent):
                    continue
                names.whole[name].append(street)
                parts = _OFFICIAL.match(name)
                if parts:
                    names.bare[parts["stem"]].append((_kind(parts["kind"]), street))
        names.close()
        return names


def _kind(written: str) -> str:
    """街道, 镇, 乡 or 地区."""
    if written.endswith("乡"):
        return "乡"
    return written if written in ("镇", "地区") else "街道"


def _hits(names: _Names, text: str, after: frozenset[int], in_city: bool) -> list[tuple[int, int, str]]:
    """(start, end, code) of every street name in the text; the code is blank when several streets share the name.

    after: where the division names end.
    """
    hits: list[tuple[int, int, str]] = []
    heads = names.heads
    for at in range(len(text) - 1):
        for name in heads.get(text[at : at + 2], ()):
            if not text.startswith(name, at):
                continue
            codes = names.whole.get(name)
            # Names every city has (林场, 开发区) count only right after the divisions.
            if codes and (at in after or len(name) > 4 or (len(name) > 2 and _OFFICIAL.match(name))):
                hits.append((at, at + len(name), codes[0] if len(codes) == 1 else ""))
            if name in names.bare:
                hits.extend(_bare_hit(names.bare[name], text, at, at + len(name), in_city))
    return hits


def _bare_hit(
    meanings: list[tuple[str, str]], text: str, start: int, end: int, in_city: bool
) -> list[tuple[int, int, str]]:
    """The same for a bare name when a kind follows as people write it (樊口街办, 东城办事处)."""
    written = _WRITTEN.match(text, end)
    if written is None:
        return []
    same = [c for kind, c in meanings if kind == _kind(written[0])]
    if not same and not in_city:
        same = [c for _, c in meanings]
    return [(start, written.end(), same[0] if len(same) == 1 else "")] if same else []
