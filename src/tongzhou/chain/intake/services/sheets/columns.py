"""From what a line says to the columns of a record, and the columns that follow from others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.models.imports import Table
from tongzhou.chain.intake.services import amounts, search, submit
from tongzhou.chain.intake.types import Flag, ForWhom
from tongzhou.chain.intake.types import Line as FunctionalLine
from tongzhou.kernel.quantity import LARGEST
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["COMPARED", "MODELS", "World", "columns_of", "derive", "line_of"]

MODELS: dict[str, type[Need] | type[Offer] | type[Lead]] = {Table.NEED: Need, Table.OFFER: Offer, Table.LEAD: Lead}
_SHARED = ("place_id", "place_certain", "category_id", "item", "unit", "note")
#: Columns a sheet speaks about, in the order they are shown.
COMPARED: dict[str, tuple[str, ...]] = {
    Table.NEED: ("requester", *_SHARED, "quantity_asked", "specification", "urgency_said", "needed_by"),
    Table.OFFER: (
        "giver",
        *_SHARED,
        "quantity",
        "specification",
        "may_go",
        "available_from",
        "available_until",
        "earmark",
    ),
    Table.LEAD: ("source_name", *_SHARED, "quantity", "source_link"),
}
_FLAGS = {"unit": Flag.UNIT, "unread": Flag.UNREAD}


@dataclass
class World:
    """What lines are read against: the response, its categories, the places and organisations they name."""

    response: Response
    categories: Mapping[str, Effective]
    rows: Mapping[str, Category]
    places: dict[str, Place]
    organisations: dict[uuid.UUID, Organisation]

    @classmethod
    def around(cls, response: Response, reads: Iterable[Mapping[str, Any]]) -> World:
        """The world of these lines, in a few queries."""
        named = {str(read.get("place") or "") for read in reads} | {response.area_id}
        known = {one.key: one for one in categories(response.pk, enabled_only=False)}
        return cls(response, known, Category.objects.in_bulk(), Place.objects.in_bulk(sorted(filter(None, named))), {})

    def place(self, code: str) -> Place:
        """The place of a code; the response's own area when it is unknown."""
        return self.places.get(code) or self.places[self.response.area_id]

    def settle(self, record: Need | Offer | Lead) -> None:
        """Hang the known places, categories and organisations on a record, so that nothing is fetched row by row."""
        place = self.places.get(record.place_id)
        if place is not None:
            record.place = place
        if record.category_id is not None and record.category_id in self.rows:
            record.category = self.rows[record.category_id]
        if record.organisation_id in self.organisations:
            record.organisation = self.organisations[record.organisation_id]


def _date(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _quantity(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= LARGEST else None


def columns_of(table: str, read: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The columns a line fills, as the database holds them. The same line always gives the same columns."""
    code = str(read.get("place") or "")
    certain = code in world.places
    category = str(read.get("category") or "")
    said: dict[str, Any] = {
        "place_id": code if certain else world.response.area_id,
        "place_certain": certain,
        "category_id": category if category in world.rows else None,
        "item": submit.masked(str(read.get("item") or "?"))[:200],
        "unit": str(read.get("unit") or "")[:20],
        "note": submit.masked(str(read.get("note") or ""))[:2000],
    }
    quantity = _quantity(read.get("quantity"))
    if table == Table.NEED:
        return said | {
            "requester": str(read.get("requester") or "")[:200],
            "quantity_asked": quantity,
            "specification": submit.masked(str(read.get("specification") or ""))[:300],
            "urgency_said": read.get("urgency"),
            "needed_by": _date(read.get("due")),
        }
    if table == Table.OFFER:
        first, last = _date(read.get("from")), _date(read.get("until"))
        return said | {
            "giver": str(read.get("giver") or "")[:200],
            "quantity": quantity,
            "specification": submit.masked(str(read.get("specification") or ""))[:300],
            "may_go": list(read.get("may_go") or []),
            "available_from": first,
            "available_until": last if first is None or last is None or last >= first else None,
            "earmark": str(read.get("earmark") or "")[:300],
        }
    return said | {
        "source_name": str(read.get("source_name") or read.get("item") or "?")[:200],
        "quantity": quantity,
        "source_link": str(read.get("link") or "")[:500],
    }


def line_of(category: Effective | None) -> str:
    """The functional line that looks after a category."""
    return category.line if category is not None else str(FunctionalLine.SUPPLIES.value)


def derive(
    table: str, columns: Mapping[str, Any], read: Mapping[str, Any], world: World, *, person: bool
) -> dict[str, Any]:
    """Columns that follow from what a line says."""
    category = world.categories.get(str(columns["category_id"] or ""))
    found: dict[str, Any] = {"line": line_of(category)}
    if table == Table.NEED:
        whom = ForWhom.OTHER if person else ForWhom.FACILITY
        found["for_whom"] = whom.value
        found["urgency_order"] = submit.urgency_order(columns["urgency_said"], None)
        flag = "" if columns["quantity_asked"] is not None else str(_FLAGS.get(str(read.get("flag") or ""), ""))
        found["quantity_flag"] = flag or str(amounts.plausibility(columns["quantity_asked"], category, whom))
    elif table == Table.OFFER:
        found["remote"] = category is not None and category.kind == "remote"
    return found


def searchable(record: Need | Offer | Lead, world: World) -> str:
    """The searchable text a record has now."""
    world.settle(record)
    return search.fill_search(record)
