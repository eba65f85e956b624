"""Finding records by words, Chinese ones of two characters too: bigrams kept in the row.

Full-text engines of both databases split Chinese at blanks, so each row keeps its own list: every pair of neighbouring
Chinese characters, every Latin word and every number, each between blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.kernel.search import Hits, HoldsWords, hits
from tongzhou.registers.places.types import ancestor_codes
from tongzhou_engines.catalogue import normalise

__all__ = ["fill_search", "finder", "found", "matches", "open_end", "tokens"]

M = TypeVar("M", bound=Model)

_RUNS = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003ffff]+")
#: A text longer than this is not searched further.
LONGEST = 1000


def tokens(text: str) -> list[str]:
    """The pairs of Chinese characters, Latin words and numbers of a text, each once; a lone character stays alone."""
    found: list[str] = []
    for word in re.split(r"[\W_]+", text[:LONGEST]):
        for run in _RUNS.findall(normalise(word).lower()):
            if run.isascii() or len(run) == 1:
                found.append(run)
            else:
                found.extend(run[at : at + 2] for at in range(len(run) - 1))
    return list(dict.fromkeys(found))


def _parts(record: Need | Offer | Lead) -> Iterable[str]:
    yield record.code
    yield record.item
    if record.category is not None:
        yield record.category.name
        yield record.category.name_en
    if isinstance(record, Need):
        yield record.requester
        yield record.specification
    elif isinstance(record, Offer):
        yield record.giver
        yield record.specification
    else:
        yield record.source_name
    if record.organisation is not None:
        yield record.organisation.name
    yield record.place.full_name
    yield " ".join(code for code in ancestor_codes(record.place_id) if len(code) > 1)


def fill_search(record: Need | Offer | Lead) -> str:
    """Set (and give back) the searchable text of a record from its public words, no contact; the caller saves."""
    found: list[str] = []
    for part in _parts(record):
        found.extend(tokens(part))
    record.search = f" {' '.join(dict.fromkeys(found))} "
    return record.search


def open_end(words: list[str]) -> bool:
    """True when the last word may be the beginning of one: a half-typed number or name."""
    return words[-1].isascii() or len(words[-1]) == 1


def matches(text: str, column: str = "search", known: Hits | None = None) -> Q:
    """Rows that hold every word of `text`; the last may be the beginning of one. Blank text matches every row."""
    words = tokens(text)
    if not words:
        return Q()
    return Q(HoldsWords(column, words, open_end=open_end(words), known=known))


def finder() -> Callable[[QuerySet[M], str], QuerySet[M]]:
    """`found` for one request: how rare words are is asked of the database once, however often rows are narrowed."""
    asked: dict[tuple[type[Model], str], Hits | None] = {}

    def found_once(rows: QuerySet[M], words: str) -> QuerySet[M]:
        listed = tokens(words)
        if not listed:
            return rows.none()
        key = (rows.model, words)
        if key not in asked:
            asked[key] = hits(rows, listed, open_end=open_end(listed))
        return rows.filter(matches(words, known=asked[key]))

    return found_once


def found(rows: QuerySet[M], words: str) -> QuerySet[M]:
    """Rows of a list that hold every word; nothing when no word can be searched for (only signs were typed)."""
    return finder()(rows, words)
