"""Divisions as tiles: the shipped layouts (data/places/tiles.csv), and what the `cartogram` tag draws of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tongzhou.kernel.words import in_english
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION
from tongzhou_engines.base.datafiles import data_path

__all__ = ["Vessel", "cartogram_tiles"]

#: What every name of a level ends with in English; a tile has no room for it.
_KIND_OF_PLACE = re.compile(r" (District|County|City|Autonomous.*)$")


@dataclass(frozen=True, slots=True)
class Vessel:
    """What a tile shows: its figure ("" for none), how full it is (0..1; None: nothing to say), whether it alarms."""

    figure: str
    level: float | None
    stop: bool = False
    href: str = ""


@cache
def _layout(area: str) -> dict[str, dict[str, str]]:
    """Code of a place > its line of the shipped layout of this area."""
    scope = "CN" if area == NATION else area
    with data_path("places/tiles.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines) if row["scope"] == scope}


def _in_order(parts: Iterable[Place], across: int) -> dict[str, dict[str, str]]:
    """A layout that says nothing of where things lie: row by row, as the parts come."""
    return {
        place.code: {
            "column": str(at % across), "row": str(at // across), "short_zh": place.short_name[:4],
            "short_en": _KIND_OF_PLACE.sub("", place.label)[:12],
        }
        for at, place in enumerate(parts)
    }  # fmt: skip


def cartogram_tiles(
    area: str, parts: Iterable[Place], vessels: Mapping[str, Vessel], *, across: int = 0
) -> list[dict[str, Any]]:  # fmt: skip
    """Tiles of an area's parts for ``{% cartogram %}``; none when one tile would stand alone.

    `vessels`: code > what it shows; a part without one is left out. An area without a shipped layout has no tiles
    unless `across` is given: so many in a row then, in the order of `parts`, each marked `in_order`.
    """
    listed = [place for place in parts if place.code in vessels]
    shipped = _layout(area)
    layout = shipped or (_in_order(listed, across) if across else {})
    tiles = [
        {
            "column": int(line["column"]), "row": int(line["row"]), "name": place.label,
            "short": line["short_en"] if in_english() else line["short_zh"], "figure": shown.figure,
            "level": shown.level, "stop": shown.stop, "href": shown.href, "in_order": not shipped,
        }
        for place in listed
        if (line := layout.get(place.code)) and (shown := vessels.get(place.code))
    ]  # fmt: skip
    return tiles if len(tiles) > 1 else []
