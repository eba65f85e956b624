"""What a record says in the reader's language: the thing and how much. What a person wrote stays as it was written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.registers.catalogue.selectors import unit_words

__all__ = ["FEN", "amount_words", "base_words", "item_words", "unit_of"]

#: The base unit of money.
FEN = "分"


def item_words(record: Need | Offer | Lead) -> str:
    """The thing: the category's name in the reader's language when exactly that was written, else what was written."""
    category = record.category
    return category.label if category is not None and record.item == category.name else record.item


def unit_of(record: Need | Offer | Lead, number: int | None = None) -> str:
    """The unit of a record's quantities in the reader's language, for so many of it."""
    category = record.category
    own = category is not None and category.unit == record.unit
    return unit_words(record.unit, number, unit_en=category.unit_en if own and category is not None else "")


def amount_words(record: Need | Offer | Lead, number: int | None) -> str:
    """One of a record's quantities with its unit: ``1,200 只``, ``1,200 pieces``; "" when nobody said how much."""
    if number is None:
        return ""
    if record.unit == FEN:  # money is counted in fen and read in yuan
        return f"{number / 100:,.2f} {_('元')}"
    return f"{number:,} {unit_of(record, number)}".strip()


def base_words(record: Need | Offer | Lead, number: int | None) -> str:
    """A quantity that plans and assignments count, in the category's own unit; "" for None.

    What was said may have been counted in another unit that nobody can convert; without a category there is only that.
    """
    category = record.category
    if number is None or category is None or category.unit == record.unit:
        return amount_words(record, number)
    if category.unit == FEN:
        return f"{number / 100:,.2f} {_('元')}"
    return f"{number:,} {unit_words(category.unit, number, unit_en=category.unit_en)}".strip()
