"""Reads of the catalogue, open to all: what can be asked for and given in a response."""

from __future__ import annotations

import csv
import re
import uuid
from functools import cache

from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.registers.catalogue.models import Category, ResponseCategory
from tongzhou.registers.catalogue.types import Effective
from tongzhou_engines.base.datafiles import data_path

__all__ = ["categories", "category", "change_of", "plausible_maximum", "stale_days", "unit_words"]

#: A need that threatens life is looked at again after a day, an urgent one after three, whatever it asks for.
URGENT_DAYS = {0: 1, 1: 3}


def categories(
    response_id: uuid.UUID | None = None, *, line: str = "", kind: str = "", enabled_only: bool = True
) -> list[Effective]:
    """The categories as a response sees them, in the order of the catalogue. Two queries."""
    rows = Category.objects.all()
    if line:
        rows = rows.filter(line=line)
    if kind:
        rows = rows.filter(kind=kind)
    changed: dict[str, ResponseCategory] = {}
    if response_id is not None:
        changed = {one.category_id: one for one in ResponseCategory.objects.filter(response_id=response_id)}
    found = [_effective(row, changed.get(row.key)) for row in rows]
    return [one for one in found if one.enabled or not enabled_only]


def category(key: str, response_id: uuid.UUID | None = None) -> Effective:
    """One category as a response sees it; `Refusal("not_found")` for an unknown key."""
    row = Category.objects.filter(key=key).first() if key.isprintable() else None
    if row is None:
        raise Refusal("not_found")
    return _effective(row, change_of(key, response_id))


def change_of(key: str, response_id: uuid.UUID | None) -> ResponseCategory | None:
    """What a response changed in a category; None when nothing."""
    if response_id is None:
        return None
    return ResponseCategory.objects.filter(response_id=response_id, category_id=key).first()


def plausible_maximum(key: str, response_id: uuid.UUID | None = None) -> int | None:
    """Base units one requester can plausibly need; None when no limit is known."""
    return category(key, response_id).maximum


def stale_days(key: str, urgency: int | None = None, response_id: uuid.UUID | None = None) -> int:
    """Days after which a need of this category and urgency must be verified again."""
    days = category(key, response_id).stale_days
    return min(days, URGENT_DAYS.get(urgency, days)) if urgency is not None else days


#: Stands for a response that changed nothing; making one for each category costs more than reading them.
_UNCHANGED = ResponseCategory()


@cache
def _unit_names() -> dict[str, tuple[str, str]]:
    """Units as people write them: English for one, English for several."""
    with data_path("catalogue/unit_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["unit"]: (row["one"], row["many"]) for row in csv.DictReader(file)}


def unit_words(unit: str, number: int | None = None, *, unit_en: str = "") -> str:
    """A unit in the reader's language, for so many of it (None: by itself).

    `unit_en` is the English that a category gives its own unit; other units are looked up in the catalogue's data, and
    one that is not there stays as it was written.
    """
    if not in_english():
        return unit
    if unit_en:
        return unit_en if number in (None, 1) else _several(unit_en)
    one, many = _unit_names().get(unit, (unit, unit))
    return one if number in (None, 1) else many


def _several(unit: str) -> str:
    """The plural of an English unit of the catalogue: box, delivery, person-day, pen or vial; kg and fen have none."""
    if unit in ("kg", "fen"):
        return unit
    plural = (
        re.sub(r"y$", "ie", word) + ("es" if word.endswith(("x", "ch", "sh")) else "s") for word in unit.split(" or ")
    )
    return " or ".join(plural)


def _effective(row: Category, change: ResponseCategory | None) -> Effective:
    said = change or _UNCHANGED
    return Effective(
        key=row.key,
        name=said.name or row.name,
        # A response that renames a category in Chinese only must not show the old meaning in English.
        name_en=said.name_en or ("" if said.name else row.name_en),
        kind=row.kind,
        line=row.line,
        unit=row.unit,
        unit_en=row.unit_en,
        minimum_lot=row.minimum_lot,
        maximum=said.maximum if said.maximum is not None else row.plausible_maximum,
        stale_days=said.stale_days or row.stale_days,
        stages=tuple(row.stages),
        licence=row.licence,
        enabled=said.enabled,
        note=said.note,
        is_changed=change is not None,
    )
