"""Which names of divisions a written Chinese text mentions, and how surely."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongzhou_engines.gazetteer.index import Entry, NameIndex
from tongzhou_engines.gazetteer.names import Plain
from tongzhou_engines.gazetteer.words import (
    BRANCH,
    COMMON,
    COMPANY,
    KIND_CUT,
    LANDMARK,
    OLD_TOWN,
    ROAD,
    SCHOOL,
    SKIP,
    TOWN,
    ZONE,
)

__all__ = ["FULL", "INNER", "LINKED", "Mention", "scan"]

#: How surely: a full name; a bare name heading a phrase or right after its superior; a bare name inside a phrase.
FULL, LINKED, INNER = 3, 2, 1
#: More names than this are a list, not an address: the rest is not read.
_MOST = 40
_WORD = re.compile(r"[\w]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One name found: where in the plain text, what it may mean (code > rank of `Entry.ranks`), how surely.

    Mentions that follow each other without other words, one in the other, belong to one chain.
    everyday: the bare name is a common word.
    wide: a province is meant, not a municipality.
    """

    start: int
    end: int
    codes: dict[str, int]
    strength: int
    chain: int
    everyday: bool = False
    wide: bool = False


class _Scan:
    """One pass over one text, from left to right, the longest name first."""

    def __init__(self, index: NameIndex, text: Plain, context: str | None) -> None:
        self.index, self.plain, self.text, self.context = index, text, text.text, context
        self.found: list[Mention] = []
        self.chain = 0

    def run(self) -> list[Mention]:
        text, at = self.text, 0
        heads = self.index.heads
        while at < len(text) - 1 and len(self.found) < _MOST:
            lengths = heads.get(text[at : at + 2])
            taken = self._take(at, lengths) if lengths else 0
            at = taken or at + 1
        return self.found

    def _take(self, at: int, lengths: tuple[int, ...]) -> int:
        """Accepts the best name that starts here; the position after it, or 0."""
        entries, text = self.index.entries, self.text
        room = len(text) - at
        names = [(n, e) for n in lengths if n <= room and (e := entries.get(text[at : at + n])) is not None]
        if len(names) > 1 and self._better_split(at, names):
            names = names[1:]
        for length, entry in names:
            strength = self._judge(at, at + length, entry)
            if strength:
                self._add(at, at + length, entry, strength)
                return at + length
        return 0

    def _better_split(self, at: int, names: list[tuple[int, Entry]]) -> bool:
        """内江市中区 is 内江 + 市中区, not 内江市 + 中区."""
        (long, _), (short, bare) = names[0], names[1]
        if self.text[at + long - 1] != "市" or short != long - 1 or self._full_at(at + long):
            return False
        inner = self._full_at(at + short)
        return inner is not None and bool(self.index.consistent(bare.ranks, inner.ranks))

    def _full_at(self, at: int) -> Entry | None:
        for length in self.index.heads.get(self.text[at : at + 2], ()):
            entry = self.index.entries.get(self.text[at : at + length])
            if entry is not None and entry.is_full:
                return entry
        return None

    def _judge(self, start: int, end: int, entry: Entry) -> int:
        if entry.is_full:
            if KIND_CUT.match(self.text, end - 1):
                return 0
            if end - start == 2 and not (self._linked(start) or self._head(start)):
                return 0
            if self.text[start:end] in OLD_TOWN and end < len(self.text) and not self._linked_to_superior(start, entry):
                return INNER
            return FULL
        return self._judge_bare(start, end, entry)

    def _judge_bare(self, start: int, end: int, entry: Entry) -> int:
        """A bare name counts at the head of a phrase or right after its superior, unless the next words forbid it."""
        text, form = self.text, self.text[start:end]
        if start == 0 and end == len(text):
            return LINKED
        follows = self._name_follows(end, entry)
        if not follows and (ROAD.match(text, end) or SCHOOL.match(text, end) or COMPANY.match(text, end)):
            return 0
        depth = min(self.index.tree.depth(c) for c in entry.ranks)
        if depth > 2 and not entry.distinct and BRANCH.match(text, end):
            return 0
        town = None if entry.distinct else TOWN.match(text, end)
        forbidden = not follows and bool(LANDMARK.match(text, end) or town)
        everyday = form in COMMON
        if self._linked_to_superior(start, entry):
            return (
                0
                if (forbidden and depth > 2) or (everyday and depth > 2 and not follows and self._loose(end))
                else LINKED
            )
        if depth > 2 and ZONE.match(text, end):
            return 0
        if self._head(start) and not everyday:
            if depth <= 2:
                return 0 if forbidden else LINKED
            if entry.distinct or self._superior_near(entry):
                # Houses far away bear the names of districts (江汉山庄), hardly those of rare counties (道孚大酒店).
                return 0 if forbidden and not (entry.distinct and self._county(entry)) else LINKED
        return 0 if forbidden or everyday else INNER

    def _county(self, entry: Entry) -> bool:
        return not any(self.index.tree.name(c).endswith("区") for c in entry.ranks)

    def _loose(self, end: int) -> bool:
        """Whether an everyday word stands right after a province only, with more of the phrase to come (湖北公安…)."""
        return self.found[-1].wide and end < len(self.text) and _WORD.match(self.text, end) is not None

    def _name_follows(self, at: int, entry: Entry) -> bool:
        """Whether the next words are a full name, or a bare name of something inside this entry's division."""
        for length in self.index.heads.get(self.text[at : at + 2], ()):
            other = self.index.entries.get(self.text[at : at + length])
            if other is not None and (other.is_full or self.index.consistent(entry.ranks, other.ranks)):
                return True
        return False

    def _head(self, at: int) -> bool:
        """Whether a phrase begins here: start of the text, after a blank or a punctuation mark."""
        return at == 0 or at in self.plain.breaks or _WORD.match(self.text, at - 1) is None

    def _linked(self, at: int) -> bool:
        """Whether only fillers stand between the last name and this position."""
        if not self.found:
            return False
        end = self.found[-1].end
        if end == at:
            return True
        filler = SKIP.match(self.text, end)
        return filler is not None and filler.end() == at

    def _linked_to_superior(self, at: int, entry: Entry) -> bool:
        return self._linked(at) and bool(self.index.consistent(self.found[-1].codes, entry.ranks))

    def _superior_near(self, entry: Entry) -> bool:
        """Whether something already found, or the given limit, holds exactly one meaning of this bare name."""
        held = {c for m in self.found for c in self.index.consistent(m.codes, entry.ranks)}
        return len(held) == 1

    def _add(self, start: int, end: int, entry: Entry, strength: int) -> None:
        if not self._linked_to_superior(start, entry):
            self.chain += 1
        codes = entry.ranks
        everyday = not entry.is_full and self.text[start:end] in COMMON
        self.found.append(Mention(start, end, codes, strength, self.chain, everyday, self.index.is_wide(codes)))


def scan(index: NameIndex, text: Plain, context: str | None = None) -> list[Mention]:
    """Every division name the text mentions, in order. context: code of the division the search is limited to."""
    return _Scan(index, text, context).run()
