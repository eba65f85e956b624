"""Written addresses and names to division codes; what stays ambiguous comes back with its candidates."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tongzhou_engines.gazetteer.index import NameIndex
from tongzhou_engines.gazetteer.latin import LatinIndex
from tongzhou_engines.gazetteer.mentions import FULL, INNER, LINKED, Mention, scan
from tongzhou_engines.gazetteer.names import plain
from tongzhou_engines.gazetteer.places import PlaceTree
from tongzhou_engines.gazetteer.streets import StreetIndex

__all__ = ["Gazetteer", "Match"]

_LEVELS = {0: "nation", 1: "province", 2: "city", 3: "district", 4: "street"}
_NATION = frozenset({"全国", "全国各地", "中国", "中华人民共和国", "china", "p.r.china", "prc", "nationwide"})


@dataclass(frozen=True, slots=True)
class Match:
    """What a text names.

    status: 'found', 'ambiguous' or 'none'. code: the division code when found, else ''. level: nation, province, city,
    district or street of `code` ('' without one). candidates: the codes it may be (one when found), in tree order.
    certain: the lowest division that holds all candidates ('' for none). matched: pieces of the text used, made plain.
    """

    status: str
    code: str
    level: str
    candidates: tuple[str, ...]
    certain: str
    matched: tuple[str, ...]


#: Between two names of a list.
_AND = frozenset("、和及与")
#: Longer texts are not remembered.
_LONGEST_KEPT = 500
_LATIN = re.compile("[a-z]{2}")
_NOTHING = Match("none", "", "", (), "", ())


@dataclass(slots=True)
class _Reading:
    """Codes still possible (code > rank of the name that led to it) and the mentions that were used."""

    codes: dict[str, int]
    used: list[Mention]


class Gazetteer:
    """Finds divisions of `tree` in written text. The dictionary is built in about 0.3 s; a match takes microseconds.

    cache: how many texts are remembered (0 for none).
    """

    def __init__(self, tree: PlaceTree, cache: int = 65536) -> None:
        self.tree = tree
        self._index = NameIndex(tree)
        self._latin = LatinIndex(self._index)
        self._streets = StreetIndex(self._index)
        self._order = {c: i for i, c in enumerate(tree.codes)}
        self._cached = functools.lru_cache(maxsize=cache)(self._match)

    @staticmethod
    def builtin() -> Gazetteer:
        """The gazetteer of China's divisions as of 2023-06-30, built once."""
        return _builtin()

    def match(self, text: str, within: str | None = None) -> Match:
        """The division that `text` (an address, a name, several phrases) names.

        within: only divisions inside this code count; KeyError when the tree does not have it. No text raises.
        An address begins with its divisions, so of two unrelated places the first full chain of names counts.
        """
        if within is not None and within not in self.tree:
            raise KeyError(within)
        limit = None if within == self.tree.root else within
        return self._cached(text, limit) if len(text) <= _LONGEST_KEPT else self._match(text, limit)

    def match_many(self, texts: Iterable[str], within: str | None = None) -> list[Match]:
        """`match` for each text, in order."""
        return [self.match(t, within) for t in texts]

    def _match(self, text: str, within: str | None) -> Match:
        made = plain(text)
        if made.text in _NATION and within is None:
            return self._found(self.tree.root, (made.text,))
        mentions = scan(self._index, made, within)
        if _LATIN.search(made.text):
            mentions = mentions + self._latin.scan(made)
        readings = self._resolve(mentions, within, made.text)
        codes = [c for c in self._settle_all(readings) if within is None or self.tree.within(c, within)]
        if not codes:
            return _NOTHING
        used = [m for reading in readings for m in reading.used]
        pieces = [made.spaced[m.start : m.end] if m.chain < 0 else made.text[m.start : m.end] for m in used]
        if len(codes) == 1:
            street = self._streets.find(codes[0], made.text, used)
            if street:
                return self._found(street[0], (*pieces, street[1]))
            return self._found(codes[0], tuple(pieces))
        certain = functools.reduce(self.tree.common, codes)
        return Match("ambiguous", "", "", tuple(codes), certain, tuple(pieces))

    def _found(self, code: str, pieces: tuple[str, ...]) -> Match:
        return Match("found", code, _LEVELS.get(self.tree.depth(code), ""), (code,), code, pieces)

    def _resolve(self, mentions: list[Mention], within: str | None, text: str) -> list[_Reading]:
        """Puts together what fits together: the leading chain first, then what deepens it; then what contradicts it."""
        # A chain that says it lies elsewhere (包头市青山区, asked within 武汉市) does not count at all.
        elsewhere = {m.chain for m in mentions if m.strength >= LINKED and not self._inside(m, within)}
        usable = [m for m in mentions if m.chain not in elsewhere and self._inside(m, within)]
        if any(m.strength == FULL for m in mentions) and not any(m.strength == FULL for m in usable) and within:
            return []
        chains = _chains(usable)
        if not chains:
            return []
        lead, rivals = self._lead(chains)
        reading = _Reading({}, [])
        rest = sorted((m for m in usable if m not in lead), key=lambda m: -m.strength)
        if len(lead) > 1:  # the links of a chain vouch for each other
            lead = [m if m.strength != INNER else replace(m, strength=LINKED) for m in lead]
        for mention in [*lead, *rest]:
            self._combine(reading, mention, within)
        readings = [reading]
        for chain in rivals or self._listed(lead, chains, text):
            readings.append(_Reading({}, []))
            for mention in chain:
                self._combine(readings[-1], mention, within)
        return [r for r in readings if r.codes]

    def _inside(self, mention: Mention, within: str | None) -> bool:
        if within is None:
            return True
        above, limit = self._index.above, self._index.above.get(within, frozenset((within,)))
        return any(within in above[c] or c in limit for c in mention.codes)

    def _lead(self, chains: list[list[Mention]]) -> tuple[list[Mention], list[list[Mention]]]:
        """The chain that counts first, and the full chains that contradict a lone one."""
        full = [c for c in chains if any(m.strength == FULL for m in c)]
        linked = [c for c in chains if any(m.strength == LINKED for m in c)]
        if not full:
            return (linked or chains)[0], []
        first = chains[0]
        if first is not full[0] and first[0].strength == LINKED and first[0].start == 0 and len(full[0]) == 1:
            return first, []
        lone = len(full[0]) == 1 and self._depth(full[0][0]) == 3
        if lone:
            against = [c for c in full[1:] if not self._agree(full[0], c)]
            for chain in against:
                if len(chain) > 1 and not any(self._agree(full[0], c) for c in chains if c is not full[0]):
                    return chain, []
            return full[0], against if not any(self._agree(full[0], c) for c in chains if c is not full[0]) else []
        return full[0], []

    def _depth(self, mention: Mention) -> int:
        return max(self.tree.depth(c) for c in mention.codes)

    def _agree(self, one: list[Mention], other: list[Mention]) -> bool:
        return all(self._index.consistent(a.codes, b.codes) for a in one for b in other)

    def _listed(self, lead: list[Mention], chains: list[list[Mention]], text: str) -> list[list[Mention]]:
        """Chains that stand beside the leading one in a list: 浠水县、罗田县和英山县 are three places."""
        out, end = [], lead[-1].end
        for chain in chains:
            if chain[0].chain < 0 or chain[0].start < end:
                continue
            if text[end : chain[0].start] not in _AND or self._index.consistent(lead[-1].codes, chain[-1].codes):
                break
            out.append(chain)
            end = chain[-1].end
        return out

    def _combine(self, reading: _Reading, mention: Mention, within: str | None) -> None:
        """Keeps of the codes so far and the mention's what lies in each other; what fits nothing is left out."""
        codes = mention.codes
        if within is not None:
            above, limit = self._index.above, self._index.above.get(within, frozenset((within,)))
            codes = {c: r for c, r in codes.items() if within in above[c] or c in limit}
        if not reading.codes:
            if mention.strength == INNER and not self._next_below(codes, within):
                return
            reading.codes, reading.used = dict(codes), [mention]
            return
        both = self._index.consistent(reading.codes, codes)
        if not both:
            return
        if mention.strength == INNER and len(both) > 1:
            return
        reading.codes = {c: max(reading.codes.get(c, 0), codes.get(c, 0)) for c in both}
        reading.used.append(mention)

    def _next_below(self, codes: dict[str, int], within: str | None) -> bool:
        """Whether a bare name inside a phrase means something one level below the given limit: enough to believe it."""
        return within is not None and min(self.tree.depth(c) for c in codes) <= self.tree.depth(within) + 1

    def _settle_all(self, readings: list[_Reading]) -> list[str]:
        """The codes of the first reading and of those beside it: of its meanings each takes the nearest."""
        codes: list[str] = []
        for reading in readings:
            some = self._settle(reading)
            if codes:
                near = {a for c in codes for a in self._index.above[c]}
                most = max(len(near & self._index.above[c]) for c in some)
                some = [c for c in some if len(near & self._index.above[c]) == most]
            codes.extend(c for c in some if c not in codes)
        return sorted(codes, key=self._order.__getitem__)

    def _settle(self, reading: _Reading) -> list[str]:
        """The codes that remain: present names before former ones, a bare name means its highest division."""
        codes = reading.codes
        best = 2 if min(codes.values()) >= 2 else 1
        if best == 1:
            codes = {c: r for c, r in codes.items() if r <= 1}
        tops = [c for c in codes if not any(o != c and o in self._index.above[c] for o in codes)]
        if len(tops) > 1 and min(codes[c] for c in tops) % 2 == 1:
            highest = min(self.tree.depth(c) for c in tops)
            if highest == 1 or (highest == 2 and not any(m.everyday for m in reading.used)):
                tops = [c for c in tops if self.tree.depth(c) == highest]
        return tops


def _chains(mentions: list[Mention]) -> list[list[Mention]]:
    chains: dict[int, list[Mention]] = {}
    for m in mentions:
        chains.setdefault(m.chain, []).append(m)
    return list(chains.values())


@functools.lru_cache(maxsize=1)
def _builtin() -> Gazetteer:
    return Gazetteer(PlaceTree.builtin())
