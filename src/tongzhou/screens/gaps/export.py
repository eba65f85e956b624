"""Who does what where as a table that humanitarian tools read: headings, HXL hashtags (standard 1.1), then rows.

One row for each giver, category and place; quantities in base units of the category, which `#item+unit` names. Sums
over categories mean nothing, and private persons are one row. No contact, no need, no person.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from tongzhou.chain.evaluation.selectors.figures import Doing, Figures
from tongzhou.chain.evaluation.selectors.naming import Names
from tongzhou.kernel import clock
from tongzhou.kernel.tables.values import harmless
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.cover.spreading import lies_in

__all__ = ["COLUMNS", "as_csv", "as_xlsx", "table"]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: heading, hashtag with attributes, and its value of a row."""

    heading: Promise
    tag: str
    value: Callable[[Doing, Names, Figures], str | int | None]


def _level(digits: int, part: str) -> Callable[[Doing, Names, Figures], str]:
    """Name or code of the province, city or district a row lies in; blank where the place is larger."""

    def value(one: Doing, names: Names, _found: Figures) -> str:
        place = names.level(one.place, digits)
        return "" if place is None else place.label if part == "name" else place.code

    return value


_GIVERS = {
    "organisation": pgettext_lazy("giver", "社会组织"),
    "team": pgettext_lazy("giver", "志愿者队伍"),
    "person": pgettext_lazy("giver", "个人和没有登记的单位（合计）"),
    "government": pgettext_lazy("giver", "政府"),
    "company": pgettext_lazy("giver", "企业"),
    "committee": pgettext_lazy("giver", "社区"),
}


def _kind(one: Doing, names: Names, _found: Figures) -> str:
    known = names.categories.get(one.category)
    return str(Kind(known.kind).label) if known else ""


def _status(one: Doing, _names: Names, _found: Figures) -> str:
    """The furthest a quantity has come."""
    if one.covered is None or one.covered:
        return pgettext("3w", "由其供应")
    if one.in_transit:
        return pgettext("3w", "在路上")
    if one.accepted:
        return pgettext("3w", "已接下")
    return pgettext("3w", "已批准") if one.planned else pgettext("3w", "已送到")


COLUMNS: tuple[_Column, ...] = (
    _Column(_("谁"), "#org+name", lambda one, _n, _f: one.who.name or str(_GIVERS[one.who.kind])),
    _Column(_("属于"), "#org+type", lambda one, _n, _f: str(_GIVERS[one.who.kind])),
    _Column(_("类型"), "#sector", _kind),
    _Column(_("做什么"), "#activity+name", lambda one, names, _f: names.category(one.category)),
    _Column(_("类别代码"), "#activity+code", lambda one, _n, _f: one.category),
    _Column(_("省"), "#adm1+name", _level(2, "name")),
    _Column(_("省代码"), "#adm1+code", _level(2, "code")),
    _Column(_("市"), "#adm2+name", _level(4, "name")),
    _Column(_("市代码"), "#adm2+code", _level(4, "code")),
    _Column(_("区县"), "#adm3+name", _level(6, "name")),
    _Column(_("区县代码"), "#adm3+code", _level(6, "code")),
    _Column(_("进展"), "#status", _status),
    _Column(
        _("单位"),
        "#item+unit",
        lambda one, names, _f: names.categories[one.category].unit_label if one.category in names.categories else "",
    ),
    _Column(_("已批准，等人接下"), "#targeted+planned", lambda one, _n, _f: one.planned),
    _Column(_("已接下"), "#targeted+accepted", lambda one, _n, _f: one.accepted),
    _Column(_("在路上"), "#targeted+in_transit", lambda one, _n, _f: one.in_transit),
    _Column(_("收到"), "#reached", lambda one, _n, _f: one.received),
    _Column(_("供应（空着：全部）"), "#capacity+covered", lambda one, _n, _f: one.covered),
    _Column(_("截至"), "#date+reported", lambda _o, _n, found: f"{clock.beijing(found.as_of):%Y-%m-%d}"),
)


def table(found: Figures, names: Names, *, area: str, kind: str = "") -> list[list[Any]]:
    """Headings, hashtags, rows; of one kind of help when it is named. A row without any quantity does not appear."""
    heads: list[Any] = [str(column.heading) for column in COLUMNS]
    rows = [
        [column.value(one, names, found) for column in COLUMNS]
        for one in found.doings
        if lies_in(one.place, area)
        and (one.under_way or one.received or one.covered != 0)
        and (not kind or (one.category in names.categories and names.categories[one.category].kind == kind))
    ]
    return [heads, [column.tag for column in COLUMNS], *rows]


def _text(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, int) else harmless(str(value))


def as_csv(rows: list[list[Any]]) -> bytes:
    """UTF-8 with a mark at the beginning (Excel needs it), CRLF, nothing that runs."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows([[_text(value) for value in row] for row in rows])
    return out.getvalue().encode()


def as_xlsx(rows: list[list[Any]]) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("3w")
    page.freeze_panes(2, 0)
    bold = book.add_format({"bold": True})
    for at, row in enumerate(rows):
        for number, value in enumerate(row):
            clean = _text(value)
            if isinstance(clean, int):
                page.write_number(at, number, clean)
            elif clean:
                page.write_string(at, number, clean[:32_000], bold if at < 2 else None)
    book.close()
    return out.getvalue()
