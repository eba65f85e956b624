"""Lines, gaps, holds and problems put together into groups a page can show; every cut states its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.labels import label
from tongzhou_engines.reporting.texts import Both

__all__ = [
    "Cut",
    "capped_needs",
    "cut",
    "gap_groups",
    "gap_reasons",
    "hold_reasons",
    "in_place_of",
    "move_groups",
    "problem_groups",
]


@dataclass(frozen=True, slots=True)
class Cut:
    """A table in three parts: rows shown, rows folded away, and how many more are left to the workbook."""

    shown: pl.DataFrame
    folded: pl.DataFrame
    rest: int

    @property
    def total(self) -> int:
        """Rows of the whole table."""
        return self.shown.height + self.folded.height + self.rest


def cut(frame: pl.DataFrame, shown: int, folded: int) -> Cut:
    """The first `shown` rows, the next `folded`, and the count of the others; a single leftover row is not folded."""
    shown = frame.height if frame.height == shown + 1 else shown
    return Cut(frame.head(shown), frame.slice(shown, folded), max(0, frame.height - shown - folded))


def move_groups(figures: Figures) -> pl.DataFrame:
    """What moves where, by origin, area, category (of what is shipped) and need_category (what it is for).

    Columns: needs, lines, quantity (of it synthetic), urgency (most urgent), reach (farthest).
    """
    grouped = figures.lines.group_by("origin", "area", "category", "need_category").agg(
        needs=pl.col("need_id").n_unique(),
        lines=pl.len(),
        quantity=pl.col("quantity").sum(),
        synthetic=pl.col("quantity").filter("synthetic").sum(),
        urgency=pl.col("urgency").min(),
        reach=pl.col("reach").max(),
    )
    return grouped.sort(
        ["needs", "urgency", "area", "origin", "category", "need_category"], descending=[True] + [False] * 5
    )


def in_place_of(figures: Figures, group: Mapping[str, Any]) -> Both | None:
    """ "In place of X" for a group of moves that ships something else than its needs name; None where it does not."""
    if group["category"] == group["need_category"]:
        return None
    return label("in_place_of", name=figures.units.name(group["need_category"]))


def gap_groups(figures: Figures) -> pl.DataFrame:
    """Gaps by area, category and reason.

    Columns: needs, quantity lacking, urgency (most urgent), text_zh, text_en of the first, texts (how many differ).
    """
    grouped = (
        figures.unmet.sort("urgency", "need_id")
        .group_by("area", "category", "reason", maintain_order=True)
        .agg(
            needs=pl.len(),
            quantity=pl.col("quantity").sum(),
            urgency=pl.col("urgency").min(),
            text_zh=pl.col("text_zh").first(),
            text_en=pl.col("text_en").first(),
            texts=pl.col("text_zh").n_unique(),
        )
    )
    return grouped.sort(
        ["urgency", "needs", "area", "category", "reason"], descending=[False, True, False, False, False]
    )


def gap_reasons(figures: Figures) -> pl.DataFrame:
    """Gaps by reason: needs, of them wholly without help, categories, areas; most needs first."""
    return (
        figures.unmet.group_by("reason")
        .agg(
            needs=pl.len(),
            without=(pl.col("served") == 0).sum(),
            categories=pl.col("category").n_unique(),
            areas=pl.col("area").n_unique(),
        )
        .sort(["needs", "reason"], descending=[True, False])
    )


def hold_reasons(figures: Figures) -> pl.DataFrame:
    """Holds by reason: offers, categories; most offers first."""
    return (
        figures.holds.group_by("reason")
        .agg(offers=pl.col("offer_id").n_unique(), categories=pl.col("category").n_unique())
        .sort(["offers", "reason"], descending=[True, False])
    )


def capped_needs(figures: Figures) -> pl.DataFrame:
    """Needs planned below what was asked, the greatest ratio first."""
    capped = figures.needs.filter((pl.col("basis") == "capped") & pl.col("quantity").is_not_null())
    ratio = (pl.col("quantity") / pl.col("planned")).alias("times")
    return capped.with_columns(ratio).sort(["times", "need_id"], descending=[True, False])


def problem_groups(figures: Figures) -> pl.DataFrame:
    """Data problems by problem and action: rows, and file, sheet, row, column, value and texts of the first."""
    return (
        figures.plan.problems.group_by("problem", "action", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("file", "sheet", "row", "column", "value", "text_zh", "text_en").first())
        .sort(["count", "problem", "action"], descending=[True, False, False])
    )
