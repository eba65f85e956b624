"""Server-drawn SVG: a tile cartogram whose tiles fill like vessels, and bars. No scripts, no styles of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from tongzhou_engines.reporting.areas import Tile
from tongzhou_engines.reporting.labels import label
from tongzhou_engines.reporting.texts import Both, as_html, percent, whole

__all__ = ["bar", "cartogram"]

#: Side of a tile and the gap between tiles, in units of the drawing.
_SIDE, _GAP = 60, 5
_STEP = _SIDE + _GAP


def bar(ratio: float) -> Markup:
    """A bar filled to `ratio` (0..1); the number itself stands beside it, so the bar is hidden from screen readers."""
    width = round(max(0.0, min(ratio, 1.0)) * 100, 1)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" width="100" height="8"/><rect class="level" width="{}" height="8"/></svg>'
    ).format(width)


def cartogram(
    tiles: Sequence[Tile], met: Mapping[str, float], needs: Mapping[str, int], title: Both, name: str
) -> Markup:
    """One tile for each area, filled to its mean share met (0..1); areas without needs are dashed.

    needs: number of needs of each area, for the tile's own title. name: a prefix for element ids, unique on the page.
    """
    columns, rows = max(t.column for t in tiles) + 1, max(t.row for t in tiles) + 1
    parts = [_tile(t, met.get(t.code), needs.get(t.code, 0)) for t in tiles]
    return Markup(
        '<svg class="tiles" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{desc}</desc>{tiles}</svg>'
    ).format(
        w=columns * _STEP - _GAP + 2,
        h=rows * _STEP - _GAP + 2,
        name=name,
        title=_joined(title),
        desc=_joined(label("tiles_table")),
        tiles=Markup("").join(parts),
    )


def _joined(text: Both) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def _tile(tile: Tile, met: float | None, needs: int) -> Markup:
    x, y = tile.column * _STEP + 1, tile.row * _STEP + 1
    state = "empty" if met is None else "dry" if met == 0 else "some"
    said = label("no_needs") if met is None else label("needs_count", n=whole(needs))
    figure = "" if met is None else percent(met)
    level = 0.0 if met is None else round(min(met, 1.0) * _SIDE, 1)
    water = (
        Markup('<rect class="water" x="{}" y="{}" width="{}" height="{}" rx="4"/>').format(
            x, round(y + _SIDE - level, 1), _SIDE, level
        )
        if level
        else Markup("")
    )
    hint = Both(f"{tile.name.zh}：{figure} {said.zh}", f"{tile.name.en}: {figure} {said.en}")
    return Markup(
        '<g class="tile {state}"><title>{hint}</title>'
        '<rect class="vessel" x="{x}" y="{y}" width="{side}" height="{side}" rx="4"/>{water}'
        '<rect class="frame" x="{x}" y="{y}" width="{side}" height="{side}" rx="4"/>{names}'
        '<text class="share" x="{cx}" y="{sy}">{figure}</text></g>'
    ).format(
        state=state,
        hint=_joined(hint),
        x=x,
        y=y,
        side=_SIDE,
        water=water,
        names=_names(tile, x + _SIDE / 2, y + (34 if met is None else 25)),
        cx=x + _SIDE / 2,
        sy=y + 46,
        figure=figure,
    )


def _names(tile: Tile, x: float, y: float) -> Markup:
    if tile.short.zh == tile.short.en:
        return Markup('<text class="name {}" x="{}" y="{}">{}</text>').format(
            _size(tile.short.zh), x, y, as_html(tile.short)
        )
    return Markup(
        '<text class="name zh" lang="zh-Hans" x="{x}" y="{y}">{zh}</text>'
        '<text class="name en {size}" lang="en" x="{x}" y="{y}">{en}</text>'
    ).format(x=x, y=y, zh=tile.short.zh, en=tile.short.en, size=_size(tile.short.en))


def _size(text: str) -> str:
    if not text.isascii() or len(text) < 8:
        return "usual"
    return "long" if len(text) < 10 else "longest"
