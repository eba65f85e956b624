"""Written amounts (``2 盒``, ``三百只``) as whole numbers of a base unit, and whether they are plausible."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tongzhou.chain.intake.types import Flag, ForWhom
from tongzhou.registers.catalogue.types import Effective
from tongzhou_engines.base.quantities import parse_quantity
from tongzhou_engines.catalogue import Catalogue

__all__ = ["HOUSEHOLD_SHARE", "Amount", "in_base_units", "plausibility", "read_amount"]

#: The catalogue's maximum is that of a large institution; a household asking for more than this part is flagged.
HOUSEHOLD_SHARE = 100

_ABOUT = r"(?:约|大约|大概|至少|差不多|about|at least)?\s*"
# 千克 and 万元 are units: their first character does not belong to the number.
_NUMBER = r"(?P<number>[0-9][0-9,.]*\s*(?:[十百千万亿](?![克瓦]))*|[零一二两三四五六七八九十百千万亿]+(?![克瓦]))"
_AMOUNT = re.compile(rf"{_ABOUT}{_NUMBER}\s*(?P<unit>[^\d\s][^\d]{{0,19}})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A written amount: a whole number or None, the unit as written, and whether something was written but not read."""

    quantity: int | None
    unit: str = ""
    unread: bool = False


def read_amount(text: str) -> Amount:
    """Read ``2 盒``; blank is not said. What cannot be read stays for a person: nothing is refused or guessed."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Amount(None)
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        return Amount(None, unread=True)
    found = parse_quantity(match["number"].strip())
    unit = (match["unit"] or "").strip()
    return Amount(found.value, unit, unread=found.value is None)


def in_base_units(quantity: int | None, unit: str, category: Effective | None) -> tuple[int | None, str, str]:
    """(quantity, unit, flag) with the quantity in the category's base unit when the written unit can be converted."""
    if category is None:
        return quantity, unit, ""
    if not unit or unit in (category.unit, category.unit_en):
        return quantity, category.unit, ""
    factor = Catalogue.builtin().factor(category.key, unit)
    if factor is not None:
        return (None if quantity is None else quantity * factor), category.unit, ""
    return quantity, unit, Flag.UNIT


def plausibility(quantity: int | None, category: Effective | None, for_whom: str) -> str:
    """A `Flag` when the quantity (base units) is more than this asker can plausibly need, else ""."""
    if quantity is None or category is None or category.maximum is None:
        return ""
    if quantity > category.maximum:
        return Flag.IMPLAUSIBLE
    share = max(category.maximum // HOUSEHOLD_SHARE, category.minimum_lot, 1)
    return Flag.HOUSEHOLD if for_whom != ForWhom.FACILITY and quantity > share else ""
