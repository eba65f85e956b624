"""Tiny planning problems as plain values: what the oracles, the strategies and the tests speak about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

__all__ = ["ORDERS", "Instance", "NeedRow", "OfferRow"]

#: The three orders of principles that exist (docs/methods/allocation.md).
ORDERS: tuple[tuple[str, ...], ...] = (
    ("urgency", "locality", "fairness"),
    ("urgency", "fairness", "locality"),
    ("locality", "urgency", "fairness"),
)


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need. quantity: as asked, None = unknown; confirmed: from triage; opened, due: ISO dates, blank = open."""

    need_id: str
    place: str
    category: str
    urgency: int
    quantity: int | None
    confirmed: int | None = None
    vulnerability: int = 0
    opened: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer. quantity None = unknown, never planned; coverage () = the root; start, until: dates, blank = open."""

    offer_id: str
    place: str
    category: str
    quantity: int | None
    coverage: tuple[str, ...] = ()
    reserve: int = 0
    start: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """A whole planning problem.

    places: code -> parent (None for the root); depths: code -> depth, None = as the codes (or else the links) tell.
    compat: offer category -> further need categories it may serve one-to-one (not transitive).
    principles: one order for all kinds; () = the default order of each kind.
    kinds: category -> kind (goods when absent); minimum_lot, plausible_maximum: category -> quantity (1, none).
    """

    places: Mapping[str, str | None]
    compat: Mapping[str, tuple[str, ...]]
    needs: tuple[NeedRow, ...]
    offers: tuple[OfferRow, ...]
    principles: tuple[str, ...]
    depths: Mapping[str, int] | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    minimum_lot: Mapping[str, int] = field(default_factory=dict)
    plausible_maximum: Mapping[str, int] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The place without a parent."""
        return next(code for code, parent in self.places.items() if parent is None)

    def categories(self) -> list[str]:
        """Every category named anywhere, sorted."""
        named = {n.category for n in self.needs} | {o.category for o in self.offers} | set(self.compat)
        return sorted(named.union(*self.compat.values()) if self.compat else named)

    def needs_table(self) -> pl.DataFrame:
        """The needs as docs/reference/plan-directory.md names their columns."""
        rows = [
            (n.need_id, n.place, n.category, n.urgency, n.quantity, n.confirmed, n.vulnerability, n.opened, n.due)
            for n in self.needs
        ]
        schema = {
            "need_id": pl.String,
            "place": pl.String,
            "category": pl.String,
            "urgency": pl.Int64,
            "quantity": pl.Int64,
            "confirmed": pl.Int64,
            "vulnerability": pl.Int64,
            "opened": pl.String,
            "due": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def offers_table(self) -> pl.DataFrame:
        """The offers as docs/reference/plan-directory.md names their columns; coverage is joined by `;`."""
        rows = [
            (o.offer_id, o.offer_id, o.place, o.category, o.quantity, ";".join(o.coverage), o.reserve, o.start, o.until)
            for o in self.offers
        ]
        schema = {
            "offer_id": pl.String,
            "organisation": pl.String,
            "place": pl.String,
            "category": pl.String,
            "quantity": pl.Int64,
            "coverage": pl.String,
            "reserve": pl.Int64,
            "from": pl.String,
            "until": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def places_table(self) -> pl.DataFrame:
        """Columns code, parent, name, and depth when the table carries its own."""
        table = pl.DataFrame(
            [(code, parent or "", code) for code, parent in self.places.items()],
            schema={"code": pl.String, "parent": pl.String, "name": pl.String},
            orient="row",
        )
        if self.depths is None:
            return table
        return table.with_columns(pl.Series("depth", [self.depths[c] for c in self.places], dtype=pl.Int64))

    def catalogue_table(self) -> pl.DataFrame:
        """Columns category, unit, substitutes_for, kind, minimum_lot, plausible_maximum."""
        rows = [
            (
                c,
                "件",
                ";".join(self.compat.get(c, ())),
                self.kinds.get(c, "goods"),
                self.minimum_lot.get(c, 1),
                self.plausible_maximum.get(c),
            )
            for c in self.categories()
        ]
        schema = {
            "category": pl.String,
            "unit": pl.String,
            "substitutes_for": pl.String,
            "kind": pl.String,
            "minimum_lot": pl.Int64,
            "plausible_maximum": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    @staticmethod
    def from_case(case: Mapping[str, Any]) -> Instance:
        """An instance from one entry of the exact cases (keys places, compat, needs, offers, principles)."""
        return Instance(
            places=dict(case["places"]),
            compat={k: tuple(v) for k, v in case["compat"].items()},
            needs=tuple(NeedRow(**row) for row in case["needs"]),
            offers=tuple(OfferRow(**{**row, "coverage": tuple(row["coverage"])}) for row in case["offers"]),
            principles=tuple(case["principles"]),
        )
