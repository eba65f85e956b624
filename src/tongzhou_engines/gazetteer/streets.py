"""Streets and towns inside a division already found."""

from __future__ import annotations

import re
from collections import defaultdict

from tongzhou_engines.gazetteer.index import NameIndex
from tongzhou_engines.gazetteer.mentions import Mention
from tongzhou_engines.gazetteer.names import squeeze

__all__ = ["StreetIndex"]

#: Kinds of street-level divisions in the official list, and what people write for a 街道.
_OFFICIAL = re.compile(r"(?P<stem>.+?)(?P<kind>街道办事处|街道|地区|镇|(?:.{1,4}族)?乡)\Z")
_WRITTEN = re.compile(r"街道办事处|街道办|街道|街办|办事处|地区办事处|街(?=社区|办)|镇|(?:.{1,4}族)?乡|地区")


class StreetIndex:
    """Names of streets (街道, 镇, 乡 ...) by district and by city, made when first asked for."""

    def __init__(self, index: NameIndex) -> None:
        self._tree, self._index = index.tree, index
        self._below: dict[str, list[str]] = defaultdict(list)
        tree = index.tree
        for code, depth, parent in zip(tree.codes, tree.depths, tree.parents, strict=True):
            if depth == 4:
                self._below[tree.codes[parent]].append(code)
        self._children: dict[str, list[str]] = defaultdict(list)
        for code, depth, parent in zip(tree.codes, tree.depths, tree.parents, strict=True):
            if depth == 3:
                self._children[tree.codes[parent]].append(code)
        self._names: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def find(self, code: str, text: str, used: list[Mention]) -> tuple[str, str] | None:
        """(code, piece of text) of the one street of division `code` that the text names in full, else None."""
        depth = self._tree.depth(code)
        if depth not in (2, 3):
            return None
        names = self._names.get(code)
        if names is None:
            names = self._names[code] = self._collect(code, depth)
        covered = max((m.end for m in used if m.chain >= 0), default=0)
        best: tuple[int, int, str, str] | None = None
        for stem, meanings in names.items():
            at = text.find(stem)
            while at >= 0:
                hit = self._read(text, at, stem, meanings, exact=depth == 2)
                if hit and not _inside_longer(at, at + len(hit[1]), len(stem), used):
                    key = (at if at >= covered else at + len(text), -len(hit[1]), *hit)
                    best = key if best is None else min(best, key)
                    break
                at = text.find(stem, at + 1)
        return (best[2], best[3]) if best else None

    def _collect(self, code: str, depth: int) -> dict[str, list[tuple[str, str]]]:
        """Bare street name > (kind, code); names without a usual kind stand whole, with a blank kind."""
        homes = [code] if depth == 3 else [code, *self._children[code]]
        names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for home in homes:
            for street in self._below[home]:
                name = squeeze(self._tree.name(street))
                parts = _OFFICIAL.match(name)
                if parts:
                    names[parts["stem"]].append((parts["kind"], street))
                elif len(name) > 2:
                    names[name].append(("", street))
        return dict(names)

    def _read(
        self, text: str, at: int, stem: str, meanings: list[tuple[str, str]], exact: bool
    ) -> tuple[str, str] | None:
        """The street meant where `stem` stands at `at`: its kind must be written; a town made a 街道 still counts."""
        end = at + len(stem)
        whole = {c for kind, c in meanings if not kind}
        if whole:
            return (whole.pop(), stem) if len(whole) == 1 else None
        written = _WRITTEN.match(text, end)
        if written is None or (len(stem) == 1 and at > 0 and text[at - 1] not in "省市县区州旗盟" and exact):
            return None
        kind = "街道" if written[0] not in ("镇", "地区") and not written[0].endswith("乡") else written[0]
        same = [c for k, c in meanings if k == kind or (k.endswith("乡") and kind.endswith("乡"))]
        if not same and not exact and len(stem) > 1:
            same = [c for _, c in meanings]
        if exact and len(stem) < 2:
            return None
        return (same[0], text[at : written.end()]) if len(same) == 1 else None


def _inside_longer(start: int, end: int, size: int, used: list[Mention]) -> bool:
    """Whether the stretch overlaps a division name that is longer than the street's own."""
    return any(m.chain >= 0 and m.start < end and start < m.end and m.end - m.start > size for m in used)
