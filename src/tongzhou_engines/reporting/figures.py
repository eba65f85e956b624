"""Every figure a report states, computed once from a plan's tables.

Quantities are only ever added inside one category: categories differ in their units. What is counted across categories
are needs and lines, and the mean share met, in which each need counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tongzhou_engines.allocation.result import Plan
from tongzhou_engines.reporting.areas import Areas
from tongzhou_engines.reporting.texts import Units

__all__ = ["DIGITS", "ESTIMATED", "Figures"]

#: Decimals of a mean: sums of parallel threads differ behind them, and the same plan must give the same bytes.
DIGITS = 12

#: Bases of planned quantities that are our estimate and not what anybody said.
ESTIMATED = ("capped", "minimum_lot")


@dataclass(frozen=True)
class Figures:
    """The figures of one plan. Needs planned with nothing are counted in `nothing_needed` and `nothing_asked` only."""

    plan: Plan

    @cached_property
    def areas(self) -> Areas:
        """Areas the report is divided into."""
        return Areas.around(self.plan.places, self.plan.needs["place"])

    @cached_property
    def units(self) -> Units:
        """Names and units of the categories."""
        return Units(self.plan.catalogue)

    @cached_property
    def lines(self) -> pl.DataFrame:
        """Assignments with need_category, urgency, to, area, origin, home, organisation, synthetic."""
        needs = self.plan.needs.select("need_id", "urgency", need_category="category", to="place")
        offers = self.plan.offers.select("offer_id", "organisation", "synthetic", home="place")
        joined = self.plan.assignments.join(needs, on="need_id", how="left", maintain_order="left")
        joined = joined.join(offers, on="offer_id", how="left", maintain_order="left")
        return joined.with_columns(
            _mapped("to", {p: self.areas.of(p) for p in set(joined["to"])}).alias("area"),
            _mapped("home", {p: self.areas.origin(p) for p in set(joined["home"])}).alias("origin"),
        )

    @cached_property
    def needs(self) -> pl.DataFrame:
        """Needs with area, served, served_real (by offers that are not synthetic), met (0..1) and met_real."""
        served = self.lines.group_by("need_id").agg(
            served=pl.col("quantity").sum(),
            served_real=pl.col("quantity").filter(~pl.col("synthetic")).sum(),
            lines=pl.len(),
        )
        needs = self.plan.needs.filter(pl.col("planned") > 0)
        joined = needs.join(served, on="need_id", how="left", maintain_order="left").with_columns(
            pl.col("served", "served_real").fill_null(0), pl.col("lines").fill_null(0)
        )
        return joined.with_columns(
            _mapped("place", {p: self.areas.of(p) for p in set(joined["place"])}).alias("area"),
            (pl.col("served") / pl.col("planned")).alias("met"),
            (pl.col("served_real") / pl.col("planned")).alias("met_real"),
        )

    @cached_property
    def offers(self) -> pl.DataFrame:
        """Offers with `given` (units assigned) and `lines`."""
        given = self.plan.assignments.group_by("offer_id").agg(given=pl.col("quantity").sum(), lines=pl.len())
        joined = self.plan.offers.join(given, on="offer_id", how="left", maintain_order="left")
        return joined.with_columns(pl.col("given", "lines").fill_null(0))

    @cached_property
    def holds(self) -> pl.DataFrame:
        """Holds with organisation, place, category and synthetic of their offer."""
        offers = self.plan.offers.select("offer_id", "organisation", "place", "category", "synthetic")
        return self.plan.holds.join(offers, on="offer_id", how="left", maintain_order="left")

    @cached_property
    def unmet(self) -> pl.DataFrame:
        """Gaps with place, area, category, urgency, planned of their need."""
        needs = self.needs.select("need_id", "place", "area", "category", "urgency", "planned", "served")
        return self.plan.unmet.join(needs, on="need_id", how="left", maintain_order="left")

    @cached_property
    def nothing_needed(self) -> int:
        """Needs confirmed as needing nothing."""
        return self.plan.needs.filter((pl.col("planned") == 0) & (pl.col("basis") == "confirmed")).height

    @cached_property
    def nothing_asked(self) -> int:
        """Needs that asked for 0 without anybody having confirmed it."""
        return self.plan.needs.height - self.needs.height - self.nothing_needed

    @cached_property
    def set_aside(self) -> int:
        """Rows that could not be planned: each row of a file once, however many problems it has."""
        aside = self.plan.problems.filter(pl.col("action") == "set_aside")
        placed = aside.filter(pl.col("row").is_not_null())
        return placed.select("file", "sheet", "row").unique().height + aside.height - placed.height

    @cached_property
    def total(self) -> dict[str, int]:
        """Counts over all categories.

        needs; of them helped, full (wholly served), open, estimated, confirmed; helped_real and full_real by
        offers that are not synthetic; lines, synthetic_lines; offers, of them _synthetic, _used, _held (at least
        in part), do_not_send; problems.
        """
        needs, lines = self.needs, self.lines
        held = self.plan.holds
        return {
            "needs": needs.height,
            "helped": needs.filter(pl.col("served") > 0).height,
            "full": needs.filter(pl.col("served") >= pl.col("planned")).height,
            "helped_real": needs.filter(pl.col("served_real") > 0).height,
            "full_real": needs.filter(pl.col("served_real") >= pl.col("planned")).height,
            "open": self.plan.unmet.height,
            "lines": lines.height,
            "synthetic_lines": lines.filter("synthetic").height,
            "offers": self.plan.offers.height,
            "offers_synthetic": self.plan.offers.filter("synthetic").height,
            "offers_used": lines["offer_id"].n_unique(),
            "offers_held": held["offer_id"].n_unique(),
            "do_not_send": held.filter(pl.col("reason") == "not_needed")["offer_id"].n_unique(),
            "estimated": needs.filter(pl.col("basis").is_in(ESTIMATED)).height,
            "confirmed": needs.filter(pl.col("basis") == "confirmed").height,
            "problems": self.plan.problems.height,
        }

    def coverage(self, *by: str) -> pl.DataFrame:
        """Needs by area, urgency or category: needs, helped, full, met (mean share met, each need counts once)."""
        grouped = self.needs.group_by(by, maintain_order=True).agg(
            needs=pl.len(),
            helped=(pl.col("served") > 0).sum(),
            full=(pl.col("served") >= pl.col("planned")).sum(),
            met=pl.col("met").mean().round(DIGITS),
            met_real=pl.col("met_real").mean().round(DIGITS),
        )
        return grouped.sort(by)

    @cached_property
    def met(self) -> float:
        """Mean share met over all needs, each counting once; 0 without needs."""
        mean = self.needs["met"].mean()
        return round(mean, DIGITS) if isinstance(mean, float) else 0.0

    @cached_property
    def categories(self) -> pl.DataFrame:
        """By category of the need, in its own unit: asked, planned, served, served_real, by_substitute, short.

        Beside them counts: needs, full, unknown (asked without a number), and met (mean share).
        """
        substitute = (
            self.lines.filter(pl.col("category") != pl.col("need_category"))
            .group_by("need_category")
            .agg(by_substitute=pl.col("quantity").sum())
        )
        grouped = self.needs.group_by("category", maintain_order=True).agg(
            needs=pl.len(),
            full=(pl.col("served") >= pl.col("planned")).sum(),
            met=pl.col("met").mean().round(DIGITS),
            unknown=pl.col("quantity").is_null().sum(),
            asked=pl.col("quantity").sum(),
            planned=pl.col("planned").sum(),
            served=pl.col("served").sum(),
            served_real=pl.col("served_real").sum(),
        )
        joined = grouped.join(substitute, left_on="category", right_on="need_category", how="left")
        return joined.with_columns(
            pl.col("by_substitute").fill_null(0), short=pl.col("planned") - pl.col("served")
        ).sort(["needs", "category"], descending=[True, False])

    @cached_property
    def shipped(self) -> pl.DataFrame:
        """By category of the offer, so by what is shipped: served, served_real; most lines first."""
        grouped = self.lines.group_by("category").agg(
            lines=pl.len(),
            served=pl.col("quantity").sum(),
            served_real=pl.col("quantity").filter(~pl.col("synthetic")).sum(),
        )
        return grouped.sort(["lines", "category"], descending=[True, False])

    @cached_property
    def basis(self) -> pl.DataFrame:
        """By basis of the planned quantity: needs."""
        return self.needs.group_by("basis").agg(needs=pl.len()).sort("basis")


def _mapped(column: str, mapping: dict[str, str]) -> pl.Expr:
    """A column of place codes replaced by what they map to."""
    return pl.col(column).replace_strict(mapping, return_dtype=pl.String) if mapping else pl.col(column)
