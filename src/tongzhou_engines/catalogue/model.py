"""The catalogue: every category by its code, and the ways to find one from what people write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.catalogue.category import Category
from tongzhou_engines.catalogue.details import builtin_table, words_not_in_text
from tongzhou_engines.catalogue.matching import Candidate, Found, Matcher
from tongzhou_engines.catalogue.table import categories_from_table, categories_to_table

__all__ = ["Catalogue", "Category"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All categories of a plan. Equal when the categories are equal; never changed after it is made.

    `categories`: code -> `Category`. `not_in_text`: spellings that `find_in_text` passes over.
    """

    categories: Mapping[str, Category]
    not_in_text: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    _matcher: Matcher = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_matcher", Matcher.of(self.categories.values(), self.not_in_text))

    def __len__(self) -> int:
        return len(self.categories)

    def __contains__(self, code: object) -> bool:
        return code in self.categories

    def __getitem__(self, code: str) -> Category:
        """The category of that code; raises `InputError` category_unknown."""
        try:
            return self.categories[code]
        except KeyError:
            raise self._unknown(code, None) from None

    @classmethod
    def builtin(cls) -> Catalogue:
        """The catalogue that ships with Tongzhou (data/catalogue); read once."""
        return _builtin()

    @classmethod
    def from_table(
        cls, frame: pl.DataFrame, source: str = "", rows: Sequence[int] | None = None, sheet: str = ""
    ) -> Catalogue:
        """A catalogue from a table of at least `category` and `unit`; the columns are `TABLE_SCHEMA`.

        `source`, `sheet` and `rows` (row number in the file of each row of the frame) are for error messages. Lists in
        a cell are separated by ``;``. Raises `InputError` column_missing, column_duplicate, no_rows or
        catalogue_invalid (names row and column).
        """
        return cls(categories_from_table(frame, source, rows, sheet))

    def to_table(self) -> pl.DataFrame:
        """The catalogue as a table of text, one row for each category; `from_table` makes an equal one of it."""
        return categories_to_table(self.categories.values())

    def find(self, written: str) -> str | None:
        """The category that `written` names (code, name or spelling, after normalising), or None; never a guess."""
        return self._matcher.find(written)

    def resolve(self, written: str, where: Where | None = None) -> str:
        """Like `find`, but raises `InputError` category_unknown with the nearest categories when nothing is found."""
        code = self.find(written)
        if code is None:
            raise self._unknown(written, where)
        return code

    def search(self, written: str, limit: int = 5) -> tuple[Candidate, ...]:
        """At most `limit` categories with spellings nearest to `written`, nearest first: for a person to choose."""
        return self._matcher.search(written, limit)

    def find_in_text(self, text: str, kinds: Collection[str] | None = None) -> list[Found]:
        """Every category named in a free text as (category, start, end), left to right, the longest name at each place.

        `kinds` keeps only categories of those kinds. Vague words (物资, 药品, 医生) and bare numbers (84) are passed
        over. The same category may come more than once.
        """
        found = self._matcher.find_in_text(text)
        return found if kinds is None else [f for f in found if self.categories[f.category].kind in kinds]

    def compatible(self, offer_category: str) -> frozenset[str]:
        """The categories whose needs an offer of that category may serve one-to-one, itself included."""
        return frozenset((offer_category, *self[offer_category].substitutes_for))

    def factor(self, category: str, unit: str) -> int | None:
        """Base units of `category` in one written `unit`: 1 for a blank or the base unit, None when not certain."""
        return self[category].factor(unit)

    def _unknown(self, written: str, where: Where | None) -> InputError:
        near = [self.categories[c.category] for c in self.search(written, 3)]
        hint_zh, hint_en = "请用类别目录中的名称", "Use a name of the catalogue"
        if near:
            hint_zh = f"您要的是不是：{'、'.join(f'{c.name_zh}（{c.code}）' for c in near)}"
            hint_en = f"Did you mean: {', '.join(f'{c.name_en} ({c.code})' for c in near)}"
        return InputError(
            "category_unknown", f"不认识的类别“{written}”", f"unknown category “{written}”", hint_zh, hint_en, where
        )


@cache
def _builtin() -> Catalogue:
    return Catalogue(categories_from_table(builtin_table(), "data/catalogue/categories.csv"), words_not_in_text())
