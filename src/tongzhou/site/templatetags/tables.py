"""``{% load tables %}``: rows and facets of a table (kernel.tables), written in Python as there are many of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongzhou.kernel import ids
from tongzhou.kernel.tables import Cell, Column
from tongzhou.kernel.tables.sheet import Pick, Picks, Row

register = template.Library()

_CLASSES = {"time": "nowrap", "tag": "nowrap", "code": "nowrap", "words": "words", "party": "party"}


def _shown(cell: Cell) -> Any:
    """What stands in a cell, without its link."""
    if cell.kind == "urgency":
        return format_html('<span class="urgency urgency--{0}"><b>{0}</b>{1}</span>', cell.tone, cell.text)
    if cell.kind == "tag":
        tone = f" tag--{cell.tone}" if cell.tone else ""
        return format_html('<span class="tag{}">{}</span>', tone, cell.text)
    if cell.kind == "code":
        parts = format_html_join("", "<span>{}</span>", ((part,) for part in ids.format_code(cell.text).split("-")))
        return format_html('<span class="code">{}</span>', parts)
    if cell.kind == "time":
        if not isinstance(cell.text, dt.datetime):
            return ""
        here = timezone.localtime(cell.text)
        return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), f"{here:%m-%d %H:%M}")
    return cell.text


def _cell(column: Column, label: str, cell: Cell) -> SafeString:
    shown = _shown(cell)
    if cell.href:
        shown = format_html('<a href="{}">{}</a>', cell.href, shown)
    if cell.more:
        shown = format_html('<span>{}<br><small class="quiet">{}</small></span>', shown, cell.more)
    if column.heads:
        return format_html('<th scope="row">{}</th>', shown)
    kind = f' class="{_CLASSES[cell.kind]}"' if cell.kind in _CLASSES else ""
    kind = ' class="number"' if column.number else ' class="unprinted"' if not column.prints else kind
    return format_html('<td data-label="{}"{}>{}</td>', label, SafeString(kind), shown)


@register.simple_tag
def table_rows(
    rows: list[Row], bulk: str = "", name: str = "row", word: str = "", ticked: Collection[str] = ()
) -> SafeString:
    """The rows of a table's body; with `bulk` (the id of a form) each begins with a box that goes with that form.

    The box is called `name`; `word` says what ticking does, `ticked` are the keys of rows that begin so.
    """
    word = word or _("选中")
    written = []
    for row in rows:
        box: SafeString | str = ""
        if bulk:
            box = format_html(
                '<td class="tick"><label><input type="checkbox" name="{3}" value="{0}" form="{1}"{4}>'
                '<span class="unseen">{2} {0}</span></label></td>', row.key, bulk, word, name,
                SafeString(" checked") if row.key in ticked else "",
            )  # fmt: skip
        written.append(format_html("<tr>{}{}</tr>\n", box, SafeString("".join(_cell(*cell) for cell in row.cells))))
    return SafeString("".join(written))


def _pick(path: str, one: Pick, deeper: bool = False) -> SafeString:
    count = format_html('<span class="number">{}</span>', one.count) if one.count else ""
    return format_html(
        '<li{}><a href="{}{}"{}><span>{}</span>{}</a></li>\n',
        SafeString(' class="deeper"') if deeper else "", path, one.href,
        SafeString(' aria-current="true"') if one.chosen else "", one.label, count,
    )  # fmt: skip


@register.simple_tag
def table_picks(facet: Picks, path: str) -> SafeString:
    """The values of a facet: all of them, the way back up, then each with its count."""
    written = [_pick(path, facet.everything), *(_pick(path, one) for one in facet.above)]
    written += [_pick(path, one, deeper=bool(facet.above)) for one in facet.picks]
    return SafeString("".join(written))
