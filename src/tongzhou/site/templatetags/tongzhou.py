"""``{% load tongzhou %}``: icons, codes, urgency, the main navigation, tile cartograms, ranked bars.

Everything drawn is plain HTML or SVG without inline style, as the content-security policy asks. /ui/ shows each in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.selectors import said
from tongzhou.chain.intake.types import reason_words
from tongzhou.kernel import ids, kept
from tongzhou.site.ui import addresses
from tongzhou.site.ui.icons import ICONS
from tongzhou.site.ui.navigation import items

register = template.Library()

#: Side of a tile and the gap between tiles, in units of the drawing.
SIDE, GAP = 60, 5
#: How large the drawing is shown where there is room.
SCALE = 1.4

URGENCIES = (gettext_lazy("危及生命"), gettext_lazy("紧急"), gettext_lazy("重要"), gettext_lazy("一般"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing (a key of `ICONS`), hidden from screen readers: the words beside it say the same."""
    drawing = mark_safe(ICONS[name])  # our own constant
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', drawing)


@register.simple_tag(takes_context=True)
def page_address(context: template.Context) -> str:
    """The address that shows this page again, for the `next` of a form that leads back to it."""
    return addresses.here(context["request"]) if "request" in context else addresses.START


@register.filter
def code_parts(code: str) -> list[str]:
    """A code in the three parts people say."""
    return ids.format_code(code).split("-")


@register.filter
def reason(stored: str) -> str:
    """A reason of the trail in the reader's language; what people typed stands as it is."""
    return reason_words(kept.shown(stored))


@register.filter
def item_words(record: Need | Offer | Lead) -> str:
    """What a record is about, in the reader's language where its category's own name was written."""
    return said.item_words(record)


@register.filter
def amount_words(record: Need | Offer | Lead, number: int | None) -> str:
    """One of a record's quantities (``{{ need|amount_words:need.quantity_asked }}``), in the reader's language."""
    return said.amount_words(record, number)


@register.filter
def spoken(code: str) -> str:
    """A code as text: ``123-456-7895``."""
    return ids.format_code(code)


@register.simple_tag(takes_context=True)
def main_nav(context: RequestContext) -> list[dict[str, Any]]:
    """The main pages this actor may open: [{path, label, here}]."""
    request = context.get("request")
    return items(request) if request is not None else []


@register.inclusion_tag("components/urgency.html")
def urgency(level: int) -> dict[str, Any]:
    """Urgency 0..3 with its word."""
    return {"level": level, "word": URGENCIES[int(level)]}


@register.filter
def elided(paginator: Paginator[Any], number: int) -> Iterator[str | int]:
    """Page numbers with gaps: 1 … 4 5 6 … 20."""
    return paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)


@register.inclusion_tag("components/bars.html")
def ranked_bars(rows: Iterable[Mapping[str, Any]], largest: float | None = None) -> dict[str, Any]:
    """Bars, longest first as given: rows of {label, value, figure (optional text), href (optional)}.

    `largest` is the value that fills the track; without it the largest row does.
    """
    listed = list(rows)
    top = largest or max((row["value"] for row in listed), default=0) or 1
    return {
        "rows": [
            {
                "label": row["label"],
                "figure": row.get("figure", row["value"]),
                "href": row.get("href"),
                "width": f"{100 * max(0.0, min(1.0, row['value'] / top)):.1f}",
            }
            for row in listed
        ]
    }


@register.inclusion_tag("components/cartogram.html")
def cartogram(tiles: Sequence[Mapping[str, Any]], title: str, measure: str = "") -> dict[str, Any]:
    """Tiles filled like vessels, and an equal table.

    Each tile is {column, row, name, short, figure (text or ""), level (0..1 or None), stop (optional), href
    (optional)}; `level` None means "nothing to say here" and is drawn dashed; `stop` marks what needs a look.
    """
    step = SIDE + GAP
    left, top = (min((tile[way] for tile in tiles), default=0) for way in ("column", "row"))
    drawn = [_tile(tile, (tile["column"] - left) * step + 2, (tile["row"] - top) * step + 2) for tile in tiles]
    return {
        "title": title,
        "measure": measure or _("数量"),
        "width": (width := max((tile["x"] for tile in drawn), default=2) + SIDE + 2),
        "height": (height := max((tile["y"] for tile in drawn), default=2) + SIDE + 2),
        "shown": (round(width * SCALE), round(height * SCALE)),
        "tiles": drawn,
    }


def _tile(tile: Mapping[str, Any], x: int, y: int) -> dict[str, Any]:
    level = tile.get("level")
    wide = len(tile["short"]) * (2 if tile["short"][:1] > "\u2e80" else 1)
    high = round(SIDE * max(0.0, min(1.0, level or 0.0)), 1)
    return {
        "name": tile["name"],
        "short": tile["short"],
        "size": "longest" if wide > 9 else "long" if wide > 6 else "",
        "figure": tile.get("figure", ""),
        "href": tile.get("href"),
        "state": "none" if level is None else "stop" if tile.get("stop") else "some",
        "x": x,
        "y": y,
        "level": high,
        "level_y": round(y + SIDE - high, 1),
        "middle": x + SIDE // 2,
        "name_y": y + 25,
        "figure_y": y + 47,
    }
