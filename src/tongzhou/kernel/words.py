"""Texts that come from data, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

__all__ = ["counted", "in_english", "local"]


def in_english() -> bool:
    """True when the page being made is English."""
    return (get_language() or "zh-hans").startswith("en")


def local(zh: str, en: str) -> str:
    """`en` on an English page when there is one, else `zh`."""
    return en if en and in_english() else zh


#: English units that do not change in the plural.
_SAME = frozenset({"kg"})


def counted(quantity: int, zh: str, en: str) -> str:
    """A unit beside a quantity, in the reader's language: ``只``; ``piece`` for one, ``pieces`` for more."""
    if not (en and in_english()):
        return zh
    return en if quantity == 1 else " or ".join(_plural(part) for part in en.split(" or "))


def _plural(unit: str) -> str:
    if unit in _SAME or not unit.isascii():
        return unit
    if unit.endswith("y") and unit[-2:-1] not in "aeiou":
        return f"{unit[:-1]}ies"
    return f"{unit}es" if unit.endswith(("s", "x", "ch", "sh")) else f"{unit}s"
