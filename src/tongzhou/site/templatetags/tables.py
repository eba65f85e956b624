"""``{% load tables %}``: rows and facets of a table (kernel.tables), written in Python as there are many of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from html import escape
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongzhou.kernel import ids
from tongzhou.kernel.tables import Cell, Column
from tongzhou.kernel.tables.sheet import Pick, Picks, Row

register = template.Library()

_CLASSES = {"time": "nowrap", "tag": "nowrap", "code": "nowrap", "words": "words", "party": "party"}


def _safe(value: Any) -> str:
    """Text as HTML; `conditional_escape`, quicker for the plain texts that most cells hold."""
    return escape(value) if type(value) is str else str(conditional_escape(value))


def _shown(cell: Cell) -> str:
    """What stands in a cell, without its link."""
    text = cell.text
    if cell.kind == "urgency":
        tone = _safe(cell.tone)
        return f'<span class="urgency urgency--{tone}"><b>{tone}</b>{_safe(text)}</span>'
    if cell.kind == "tag":
        tone = f" tag--{_safe(cell.tone)}" if cell.tone else ""
        return f'<span class="tag{tone}">{_safe(text)}</span>'
    if cell.kind == "code":
        parts = "".join(f"<span>{_safe(part)}</span>" for part in ids.format_code(text).split("-"))
        return f'<span class="code">{parts}</span>'
    if cell.kind == "time":
        if not isinstance(text, dt.datetime):
            return ""
        here = timezone.localtime(text)
        return f'<time datetime="{here.isoformat(timespec="seconds")}">{here:%m-%d %H:%M}</time>'
    return _safe(text)


def _cell(column: Column, label: str, cell: Cell) -> str:
    shown = _shown(cell)
    if cell.href:
        shown = f'<a href="{_safe(cell.href)}">{shown}</a>'
    if cell.links:
        ways = "".join(f'<a href="{_safe(href)}">{_safe(word)}</a> ' for word, href in cell.links)
        shown = f'<span class="ways">{shown}{ways.rstrip()}</span>'
    if cell.more:
        shown = f'<span>{shown}<br><small class="quiet">{_safe(cell.more)}</small></span>'
    if column.heads:
        return f'<th scope="row">{shown}</th>'
    kind = f' class="{_CLASSES[cell.kind]}"' if cell.kind in _CLASSES else ""
    kind = ' class="number"' if column.number else ' class="unprinted"' if not column.prints else kind
    return f'<td data-label="{_safe(label)}"{kind}>{shown}</td>'


@register.simple_tag
def table_rows(
    rows: list[Row],
    bulk: str = "",
    name: str = "row",
    word: str = "",
    ticked: Collection[str] = (),
    named: Mapping[str, str] | None = None,
) -> SafeString:
    """The rows of a table's body; with `bulk` (the id of a form) each begins with a box that goes with that form.

    The box is called `name`; `word` says what ticking does, `ticked` are the keys of rows that begin so, `named` what
    a row is called where its key means nothing to a reader.
    """
    word, form, name = _safe(word or _("选中")), _safe(bulk), _safe(name)
    written = []
    for row in rows:
        box = ""
        if bulk:
            key, checked = _safe(row.key), " checked" if row.key in ticked else ""
            box = (
                f'<td class="tick"><label><input type="checkbox" name="{name}" value="{key}" form="{form}"{checked}>'
                f'<span class="unseen">{word} {_safe((named or {}).get(row.key, row.key))}</span></label></td>'
            )
        written.append(f"<tr>{box}{''.join(_cell(*cell) for cell in row.cells)}</tr>\n")
    return SafeString("".join(written))


def _pick(path: str, one: Pick, deeper: bool = False) -> str:
    count = f'<span class="number">{_safe(one.count)}</span>' if one.count else ""
    item = '<li class="deeper">' if deeper else "<li>"
    here = ' aria-current="true"' if one.chosen else ""
    return f'{item}<a href="{path}{_safe(one.href)}"{here}><span>{_safe(one.label)}</span>{count}</a></li>\n'


@register.simple_tag
def table_picks(facet: Picks, path: str) -> SafeString:
    """The values of a facet: all of them, the way back up, then each with its count."""
    base = _safe(path)
    written = [_pick(base, facet.everything), *(_pick(base, one) for one in facet.above)]
    written += [_pick(base, one, deeper=bool(facet.above)) for one in facet.picks]
    return SafeString("".join(written))
