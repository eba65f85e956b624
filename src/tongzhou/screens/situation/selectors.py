"""What stands on the sheet. Everything is bounded, so that it fits one A4 page whatever the response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tongzhou.chain.evaluation.selectors.gaps import Gap, Row
from tongzhou.chain.evaluation.selectors.naming import Names, gap_word
from tongzhou.chain.evaluation.selectors.situation import Change, Figure, area_for, situation_of
from tongzhou.chain.intake.types import Urgency
from tongzhou.chain.planning.models import Plan
from tongzhou.kernel.access import Actor
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.tiles import Vessel, cartogram_tiles
from tongzhou.registers.responses.models import Response

__all__ = ["Sheet", "area_for", "sheet_of"]

#: Tiles on the sheet.
TILES = 40
#: Side of a tile and the gap between two, in units of the drawing.
_SIDE, _STEP = 60, 65
#: Tiles in a row where no layout is shipped for an area.
_ACROSS = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page."""

    response: Response
    place: Place
    as_of: dt.datetime
    figures: list[Figure]
    tiles: dict[str, Any]
    rows: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    gaps_total: int
    changes: list[Change]
    asks: list[str]
    #: The plans it rests on: the three newest.
    plans: list[Plan]


def sheet_of(actor: Actor, response: Response, place: Place, now: dt.datetime) -> Sheet:
    """The sheet at a moment. The number of statements is fixed for an area."""
    found = situation_of(actor, response, place, now)
    parts = places.children(place.code)[:TILES] if len(place.code) < 6 else []
    return Sheet(
        response=response,
        place=place,
        as_of=now,
        figures=found.figures,
        tiles=_tiles(place, parts, found.rows),
        rows=_rows(parts, found.rows),
        gaps=[_gap(one, found.names) for one in found.gaps],
        gaps_total=found.gaps_total,
        changes=found.changes,
        asks=found.asks,
        plans=found.plans[:3],
    )


def _lacking(rows: Iterable[Row]) -> tuple[int, int]:
    """(categories that lack something, categories needed)."""
    listed = list(rows)
    return len({row.category for row in listed if row.amounts.gap}), len(
        {row.category for row in listed if row.amounts.needed}
    )


def _inside(part: Place, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.place.startswith(part.code)]


def _rows(parts: list[Place], rows: list[Row]) -> list[dict[str, Any]]:
    """The table that says the same as the tiles."""
    found = []
    for part in parts:
        lacking, needed = _lacking(_inside(part, rows))
        if needed:
            found.append({"name": part.label, "lacking": lacking, "needed": needed})
    return found


def _tiles(place: Place, parts: list[Place], rows: list[Row]) -> dict[str, Any]:
    """The tiles with their places in the drawing. Paper knows no style sheet inside a drawing: all is in attributes."""
    vessels = {}
    for part in parts:
        lacking, needed = _lacking(_inside(part, rows))
        vessels[part.code] = Vessel(f"{lacking}/{needed}" if needed else "", lacking / needed if needed else None)
    tiles = cartogram_tiles(place.code, parts, vessels, across=_ACROSS)
    left, top = (min((tile[way] for tile in tiles), default=0) for way in ("column", "row"))
    drawn = []
    for tile in tiles:
        x, y = (tile["column"] - left) * _STEP + 2, (tile["row"] - top) * _STEP + 2
        high = round(_SIDE * (tile["level"] or 0), 1)
        wide = len(tile["short"]) * (2 if tile["short"][:1] > "\u2e80" else 1)
        drawn.append(
            tile | {
                "x": x, "y": y, "high": high, "water_y": round(y + _SIDE - high, 1), "middle": x + _SIDE // 2,
                "name_y": y + 25, "figure_y": y + 47, "size": 9 if wide > 9 else 11 if wide > 6 else 15,
            }
        )  # fmt: skip
    width = max((tile["x"] for tile in drawn), default=0) + _SIDE + 2
    return {"list": drawn, "width": width, "height": max((tile["y"] for tile in drawn), default=0) + _SIDE + 2}


def _gap(one: Gap, names: Names) -> dict[str, Any]:
    return {
        "what": names.category(one.category), "where": names.full(one.place),
        "gap": names.amount(one.category, one.amounts.gap), "share": f"{one.share:.0%}",
        "urgency": one.urgency, "word": Urgency(one.urgency).label,
        "reason": gap_word(
            one.reason, one.amounts.gap, one.unreached, names.amount(one.category, one.unreached)
        ),
    }  # fmt: skip
