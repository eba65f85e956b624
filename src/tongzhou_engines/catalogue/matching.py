"""From written words to categories: exact lookup, ranked guesses for "did you mean", and names inside a free text."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz, process

from tongzhou_engines.catalogue.category import Category
from tongzhou_engines.catalogue.normalising import FoldedText, fold_text, normalise

__all__ = ["Candidate", "Found", "Matcher"]

#: Below this similarity (0..100) a spelling is not worth showing to a person.
_LEAST_SCORE = 50.0

#: Marks between several names of one thing: 防冲击眼罩/护目镜/防护眼镜.
_ALTERNATIVES = re.compile(r"[/／|｜、，,;；或]")


class Found(NamedTuple):
    """A category named in a text, at characters ``start`` (first) to ``end`` (one past the last)."""

    category: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that a written name may mean: the spelling that came nearest and how near (0..100)."""

    category: str
    spelling: str
    score: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """Spellings in normal form, ready for lookup. `words` maps a normal form to (category, spelling as written)."""

    words: Mapping[str, tuple[str, str]]
    in_text: Mapping[str, str]
    longest: int

    @classmethod
    def of(cls, categories: Iterable[Category], not_in_text: Collection[str] = ()) -> Matcher:
        """From categories whose spellings do not clash; `not_in_text` are words too vague to be read from a text."""
        words: dict[str, tuple[str, str]] = {}
        for category in categories:
            for spelling in (category.code, category.name_zh, category.name_en, *category.spellings):
                if key := normalise(spelling):
                    words.setdefault(key, (category.code, spelling))
        vague = {normalise(word) for word in not_in_text}
        # One character or a bare number (水, 84) stands in too many other words and figures.
        usable = (key for key in words if len(key) > 1 and not key.isdecimal() and key not in vague)
        in_text = {key: words[key][0] for key in usable}
        return cls(words, in_text, max(map(len, in_text), default=0))

    def find(self, written: str) -> str | None:
        """The category of a written name, or None; several names in one cell count when all mean the same category."""
        key = normalise(written)
        # English plurals: "surgical masks" is no other thing than "surgical mask".
        if hit := self.words.get(key) or (self.words.get(key.removesuffix("s")) if key.isascii() else None):
            return hit[0]
        parts = [normalise(part) for part in _ALTERNATIVES.split(written)]
        named = {self.words[part][0] if part in self.words else "" for part in parts if part}
        return named.pop() if len(named) == 1 and "" not in named else None

    def search(self, written: str, limit: int) -> tuple[Candidate, ...]:
        """The nearest categories, nearest first, each once."""
        query = normalise(written)
        if not query or limit < 1:
            return ()
        best: dict[str, Candidate] = {}
        # Several spellings of one category may lead the list, so more are asked for than will be shown.
        near = process.extract(query, list(self.words), scorer=_likeness, limit=limit * 12, score_cutoff=_LEAST_SCORE)
        for key, score, _ in near:
            code, spelling = self.words[key]
            if code not in best:
                best[code] = Candidate(code, spelling, round(float(score), 1))
        return tuple(sorted(best.values(), key=lambda c: (-c.score, c.category))[:limit])

    def find_in_text(self, text: str) -> list[Found]:
        """Every category named in `text`, from left to right: the longest name at each place, none overlapping."""
        folded = fold_text(text)
        found: list[Found] = []
        position = 0
        while position < len(folded.folded):
            length = self._longest_at(folded, position)
            if length:
                end = _closed(text, folded.starts[position], folded.starts[position + length - 1] + 1)
                code = self.in_text[folded.folded[position : position + length]]
                found.append(Found(code, folded.starts[position], end))
            position += length or 1
        return found

    def _longest_at(self, text: FoldedText, position: int) -> int:
        limit = min(self.longest, len(text.folded) - position)
        for length in range(limit, 1, -1):
            if text.folded[position : position + length] in self.in_text and _stands_alone(text, position, length):
                return length
        return 0


def _likeness(a: Sequence[Hashable], b: Sequence[Hashable], /, *, score_cutoff: float | None = None) -> float:
    """How alike two normal forms are (0..100): whole against whole, or somewhat less when one is inside the other."""
    whole = fuzz.ratio(a, b)
    inside = fuzz.partial_ratio(a, b) * 0.75 + whole * 0.2 if min(len(a), len(b)) > 1 else 0.0
    score = max(whole, inside)
    return score if score >= (score_cutoff or 0.0) else 0.0


def _closed(text: str, start: int, end: int) -> int:
    """The end moved behind the bracket that closes one opened inside the name: 漂白粉(精) and not 漂白粉(精."""
    tail = re.match(r"[%％]?[)）]", text[end:])
    opened = len(re.findall("[(（]", text[start:end])) > len(re.findall("[)）]", text[start:end]))
    return end + tail.end() if tail and opened else end


def _stands_alone(text: FoldedText, position: int, length: int) -> bool:
    """False when a name is only a piece of a longer Latin word or figure (the CT in ACTIVE, the 95 in 1995)."""
    first, last = text.starts[position], text.starts[position + length - 1]
    before = text.original[first - 1] if first else ""
    after = text.original[last + 1] if last + 1 < len(text.original) else ""
    return not (_runs_on(before, text.original[first]) or _runs_on(text.original[last], after))


def _runs_on(a: str, b: str) -> bool:
    if not (a and b):
        return False
    return (a.isdecimal() and b.isdecimal()) or (_is_latin(a) and _is_latin(b))


def _is_latin(character: str) -> bool:
    return normalise(character).isascii() and character.isalpha()
