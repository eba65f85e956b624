"""Open needs by place and urgency: a tile for each city (or province), counted to 1,000 a figure in one statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.chain.intake.selectors.lists import needs
from tongzhou.chain.intake.types import OPEN_NEEDS, Urgency
from tongzhou.kernel.access import Actor, area_range
from tongzhou.kernel.tables import capped_grid, count_text
from tongzhou.kernel.tables.counts import CAP
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.tiles import Vessel, cartogram_tiles

__all__ = ["TileMap", "tile_map"]


@dataclass(frozen=True, slots=True)
class TileMap:
    """`tiles` for the cartogram (empty when there is no layout for this area); `rows` say the same in full."""

    tiles: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    total: str


def _count(actor: Actor, response: uuid.UUID, parts: list[Place]) -> dict[str, dict[int, int]]:
    """Code > urgency > open needs, each counted no further than the cap. One statement."""
    rows = needs(actor, response).filter(state__in=OPEN_NEEDS)
    wanted = {urgency: rows.filter(urgency_order=urgency) for urgency in Urgency.values}
    counted = capped_grid(wanted, "place_id", {place.code: area_range(place.code) for place in parts})
    return {place.code: {urgency: counted[urgency, place.code] for urgency in Urgency.values} for place in parts}


def tile_map(actor: Actor, response: uuid.UUID, slug: str, area: str) -> TileMap:
    """The map of an area's parts. A figure that was cut off ends in "+"."""
    parts = places.children(area)
    counted = _count(actor, response, parts) if parts else {}
    sums = {code: sum(by.values()) for code, by in counted.items()}
    top = max((min(total, CAP) for total in sums.values()), default=0) or 1
    vessels: dict[str, Vessel] = {}
    rows = []
    for place in parts:
        by, total = counted[place.code], sums[place.code]
        href = f"/needs/?response={slug}&place={place.code}"
        figure = count_text(total, at_least=any(count > CAP for count in by.values())) or "0"
        rows.append({
            "name": place.label, "href": href, "total": figure, "life": by[Urgency.LIFE],
            "by": [count_text(by[urgency]) if by[urgency] else "" for urgency in Urgency.values],
        })  # fmt: skip
        level = min(total, CAP) / top if total else None
        vessels[place.code] = Vessel(figure if total else "", level, by[Urgency.LIFE] > 0, href)
    everything = sum(sums.values())
    cut = any(count > CAP for by in counted.values() for count in by.values())
    return TileMap(cartogram_tiles(area, parts, vessels), rows, f"{everything:,}" + ("+" if cut else ""))


def legend() -> str:
    """How to read the map."""
    return _("水位是没有解决的求助有多少；红框里有危及生命的。")
