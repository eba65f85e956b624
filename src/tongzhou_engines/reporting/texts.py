"""Texts in two languages, and numbers as people read them."""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from tongzhou_engines.catalogue import Catalogue, Category

__all__ = ["Both", "Count", "Units", "as_html", "clean", "percent", "share", "whole"]

#: Characters no page, workbook or terminal should be handed: controls, and marks that turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Both(NamedTuple):
    """One text, Chinese and English. As HTML (``__html__``) both stand there, escaped, and the page shows one."""

    zh: str
    en: str

    def __html__(self) -> str:
        return as_html(self)

    def of(self, lang: str) -> str:
        """The text in ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh

    def stacked(self) -> str:
        """Chinese, and English in a second line: one cell of a workbook."""
        return self.zh if self.zh == self.en else f"{self.zh}\n{self.en}"

    def fill(self, **values: object) -> Both:
        """Both texts with ``{name}`` replaced; a `Both` value gives each language its own text."""
        zh = {k: v.zh if isinstance(v, Both) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Both) else v for k, v in values.items()}
        return Both(self.zh.format(**zh), self.en.format(**en))


def clean(text: str) -> str:
    """`text` without control characters, lone surrogates and marks that turn the direction of writing."""
    return _UNSEEN.sub("", text)


def as_html(text: Both) -> str:
    """Both texts escaped, each marked with its language; only one where they are the same."""
    zh, en = escape(clean(text.zh)), escape(clean(text.en))
    if zh == en:
        return zh
    return Markup('<span class="zh" lang="zh-Hans">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


class Count(str):
    """A written number that knows its English plural: ``"{n} {n:need|needs}".format(n=Count("1"))`` is ``1 need``."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        if "|" not in form:
            return super().__format__(form)
        one, many = form.split("|")
        return one if self == "1" else many


def whole(number: int) -> Count:
    """A whole number with thousands marks."""
    return Count(f"{number:,}")


def percent(ratio: float) -> str:
    """A ratio in whole per cent; never 0 % for something nor 100 % for less than all."""
    rounded = f"{ratio * 100:.0f}%"
    if ratio > 0 and rounded == "0%":
        return "<1%"
    return ">99%" if ratio < 1 and rounded == "100%" else rounded


def share(part: int, all_of: int) -> str:
    """`part` of `all_of` in per cent as `percent` writes it; a dash when there is nothing to be part of."""
    return percent(part / all_of) if all_of else "—"


#: English units that do not change in the plural.
_SAME = frozenset({"kg", "fen", "person-day"})


def _plural(unit: str) -> str:
    if unit in _SAME or not unit.isascii() or not unit:
        return unit if unit != "person-day" else "person-days"
    if " or " in unit:
        return " or ".join(_plural(part) for part in unit.split(" or "))
    if unit.endswith(("x", "ch", "sh", "s")):
        return unit + "es"
    return unit[:-1] + "ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else unit + "s"


class Units:
    """Names and quantities of a catalogue's categories. Money is kept in fen and shown in yuan."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.categories = catalogue.categories

    def name(self, code: str) -> Both:
        """Name of a category; its code where it has no name."""
        known = self.categories.get(code)
        return Both(known.name_zh or code, known.name_en or known.name_zh or code) if known else Both(code, code)

    def kind(self, code: str) -> str:
        """Kind of help: goods, funds, in_person or remote."""
        known = self.categories.get(code)
        return known.kind if known else "goods"

    def is_money(self, code: str) -> bool:
        """Whether the base unit is the fen."""
        known = self.categories.get(code)
        return known is not None and known.unit == "分"

    def unit(self, code: str) -> Both:
        """The unit quantities are shown in."""
        if self.is_money(code):
            return Both("元", "CNY")
        known = self.categories.get(code)
        return _unit(known) if known else Both("", "")

    def number(self, code: str, quantity: int) -> str:
        """A quantity without its unit."""
        return f"{quantity // 100:,}.{quantity % 100:02d}" if self.is_money(code) else whole(quantity)

    def amount(self, code: str, quantity: int | None) -> Both:
        """A quantity with its unit, ``12,000 只`` / ``12,000 pieces``; None is an unknown quantity."""
        if quantity is None:
            return Both("数量未知", "quantity unknown")
        unit = self.unit(code)
        said = self.number(code, quantity)
        if self.is_money(code):
            return Both(f"{said} 元", f"CNY {said}")
        return Both(f"{said} {unit.zh}".strip(), f"{said} {unit.en if quantity == 1 else _plural(unit.en)}".strip())


def _unit(category: Category) -> Both:
    return Both(category.unit, category.unit_en or category.unit)
