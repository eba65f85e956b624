"""Written names brought to one form, so that 護目鏡, ＫＮ９５ and "kn95 " meet the words of the catalogue."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

__all__ = ["FoldedText", "fold_text", "normalise"]

#: Stands in a folded text where a name cannot run on: the end of a phrase or of a line.
BREAK = "\n"

#: Marks that people put inside one name: 医用有创/无创呼吸机, 3%过氧化氢, 漂白粉(精).
_INSIDE_A_NAME = frozenset(" \u00a0\u3000-‐‑–—·•|/\\()（）[]【】%％'\"“”‘’®™")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A normalised text that remembers where each of its characters stood.

    `folded[i]` came from `original[starts[i]]`; where phrases end `folded` holds a `BREAK`.
    """

    original: str
    folded: str
    starts: tuple[int, ...]


def normalise(written: str) -> str:
    """The form of a written name in which spellings are compared.

    Full-width and compatibility forms become plain (NFKD, so accents go too), letters small, traditional characters
    simplified one by one (OpenCC t2s), and everything that is neither letter nor digit is dropped. Idempotent. A text
    of marks only becomes ''.

    Source of the forms: Unicode Standard Annex 15; OpenCC's table of traditional characters.
    """
    return "".join(_fold(character) for character in written)


def fold_text(text: str) -> FoldedText:
    """A whole text normalised like a name, with the ends of phrases kept apart and every position remembered."""
    folded: list[str] = []
    starts: list[int] = []
    for position, character in enumerate(text):
        piece = _fold(character)
        if not piece:
            if character in _INSIDE_A_NAME or unicodedata.combining(character):
                continue
            piece = BREAK
        folded.append(piece)
        starts.extend([position] * len(piece))
    return FoldedText(text, "".join(folded), tuple(starts))


@lru_cache(maxsize=65536)
def _fold(character: str) -> str:
    """One character in normal form: '', one or several characters, each of which folds to itself."""
    form = character
    # Each step can open the way for another (a compatibility form of a traditional character, a capital inside a
    # ligature), so the steps repeat until nothing changes; three rounds are more than any character needs.
    for _ in range(4):
        before = form
        form = unicodedata.normalize("NFKD", form).casefold()
        form = "".join(_simplified(c) for c in form if c.isalnum() and not unicodedata.combining(c))
        if form == before:
            break
    return form


def _simplified(character: str) -> str:
    if not character >= "\u2e80" or "\ud800" <= character <= "\udfff":
        return character
    simplified: str = _converter().convert(character)
    return simplified


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
