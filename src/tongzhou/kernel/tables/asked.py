"""What an address asks of a table, and addresses that ask for a little more or less."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from tongzhou.kernel.tables.declared import Facet, Sort, Table

__all__ = ["ALL", "Asked", "Cursor", "read"]

#: In the address: this facet does not narrow, whatever its default is.
ALL = "all"
LONGEST_SEARCH = 100
MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the values of the sort's columns of one row, and which way to go from it."""

    values: tuple[str, ...]
    back: bool = False

    def __str__(self) -> str:
        text = json.dumps([int(self.back), *self.values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _cursor(text: str, length: int) -> Cursor | None:
    """The cursor written in an address; None for anything else (the list then begins at the top)."""
    if not text or len(text) > 300:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(said, list) or len(said) != length + 1 or said[0] not in (0, 1):
        return None
    if not all(isinstance(value, str) and "\x00" not in value for value in said[1:]):
        return None
    return Cursor(tuple(said[1:]), back=bool(said[0]))


@dataclass(frozen=True, slots=True)
class Asked:
    """An address, understood. `facets` holds only what the address says; `chosen` adds the defaults."""

    table: Table
    facets: dict[str, tuple[str, ...]]
    words: str
    sort: Sort
    columns: tuple[str, ...]
    cursor: Cursor | None = None
    kept: tuple[tuple[str, str], ...] = ()
    #: Parts of the address that were not understood, and so do nothing; the page says so.
    ignored: tuple[str, ...] = field(default=())

    def chosen(self, facet: Facet) -> tuple[str, ...]:
        """The values the facet narrows by now."""
        said = self.facets.get(facet.key)
        if said is None:
            return facet.default
        return () if said == (ALL,) else said

    def shows(self, key: str) -> bool:
        """Whether a column is shown."""
        return key in self.columns

    @property
    def query(self) -> str:
        """The address of this view (without a place in the list), beginning with ``?``; the defaults are left out."""
        return self.address()

    def address(self, cursor: Cursor | None = None, **more: str) -> str:
        """The query string of this view, with a cursor and other parameters on request."""
        pairs = [*self.kept, *self._facet_pairs(self.table.facets), *self._end_pairs()]
        if cursor is not None:
            pairs.append(("at", str(cursor)))
        pairs += list(more.items())
        return "?" + urlencode(pairs)

    def _facet_pairs(self, facets: tuple[Facet, ...]) -> list[tuple[str, str]]:
        return [(facet.key, value) for facet in facets for value in self.facets.get(facet.key, ())]

    def _end_pairs(self) -> list[tuple[str, str]]:
        """What follows the facets in an address."""
        pairs = [("q", self.words)] if self.words else []
        if self.sort != self.table.sorts[0]:
            pairs.append(("sort", self.sort.key))
        if self.columns != _default_columns(self.table):
            pairs += [("col", key) for key in self.columns]
        return pairs

    def with_facet(self, facet: Facet, values: tuple[str, ...]) -> Asked:
        """The same view narrowed to these values of a facet; none means all of them, whatever the default."""
        said = dict(self.facets)
        said.pop(facet.key, None)
        if written := _written(facet, values):
            said[facet.key] = written
        return replace(self, facets=said, cursor=None)

    def queries_with(self, facet: Facet) -> Callable[[tuple[str, ...]], str]:
        """``with_facet(facet, values).query`` for many values: what they have in common is written once."""
        at = self.table.facets.index(facet)
        before = urlencode([*self.kept, *self._facet_pairs(self.table.facets[:at])])
        after = urlencode([*self._facet_pairs(self.table.facets[at + 1 :]), *self._end_pairs()])

        def query(values: tuple[str, ...]) -> str:
            own = urlencode([(facet.key, value) for value in _written(facet, values)])
            return "?" + "&".join(part for part in (before, own, after) if part)

        return query

    def with_sort(self, sort: Sort) -> Asked:
        """The same rows in another order."""
        return replace(self, sort=sort, cursor=None)

    def without_words(self) -> Asked:
        """The same view without its search."""
        return replace(self, words="", cursor=None)


def _written(facet: Facet, values: tuple[str, ...]) -> tuple[str, ...]:
    """How an address says these values of a facet: nothing for what holds anyway."""
    if values == facet.default:
        return ()
    return values or (ALL,)


def _default_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.columns if column.shown or column.heads)


def _columns(table: Table, wanted: list[str]) -> tuple[str, ...]:
    if not wanted:
        return _default_columns(table)
    return tuple(column.key for column in table.columns if column.heads or column.key in wanted)


def _values(facet: Facet, said: list[str]) -> tuple[str, ...]:
    """The values that can be meant, each once, in the order of the choices."""
    if said and said[-1] == ALL:
        return (ALL,)
    known = [value for value in dict.fromkeys(said[:MOST_VALUES]) if value and "\x00" not in value and len(value) < 100]
    if facet.knows is not None:
        known = [value for value in known if facet.knows(value)]
    else:
        order = [choice.value for choice in facet.choices(())]
        known = [value for value in order if value in known]
    return tuple(known) if facet.many else tuple(known[-1:])


def read(table: Table, said: QueryDict) -> Asked:
    """Understand an address. What is not understood is left out and named in `ignored`, never an error."""
    facets, ignored = {}, []
    for facet in table.facets:
        given = said.getlist(facet.key)
        if not given:
            continue
        values = _values(facet, given)
        if values:
            facets[facet.key] = values
        if len(values) < len(set(filter(None, given))) and values != (ALL,):
            ignored.append(facet.key)
    sort = table.sort(said.get("sort", ""))
    if said.get("sort", sort.key) != sort.key:
        ignored.append("sort")
    cursor = _cursor(said.get("at", ""), len(sort.fields))
    if said.get("at") and cursor is None:
        ignored.append("at")
    words = " ".join(said.get("q", "").replace("\x00", " ").split())[:LONGEST_SEARCH]
    kept = tuple((name, said.get(name, "")[:80]) for name in table.kept if said.get(name))
    return Asked(table, facets, words, sort, _columns(table, said.getlist("col")), cursor, kept, tuple(ignored))
