"""Figures of a whole table of a plan, which the plan keeps: exact where counting rows would stop at a thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tongzhou.chain.planning.models import Plan
from tongzhou.kernel.tables import Sheet
from tongzhou.kernel.tables.sheet import Picks
from tongzhou.screens.plans import words

__all__ = ["exact"]


def exact(shown: Sheet, plan: Plan, key: str) -> Sheet:
    """The sheet of a table (`key`) with the figures the plan keeps, for who sees all of it and has not narrowed it."""
    asked = shown.asked
    narrowed = asked.words or any(asked.chosen(facet) for facet in asked.table.facets)
    total = words.rows_in_all(plan, key)
    if narrowed or total is None or not shown.total.endswith("+"):
        return shown
    kept = _kept(plan.figures, key)
    facets = [_with(facet, kept[facet.key]) if facet.key in kept else facet for facet in shown.facets]
    return replace(shown, total=f"{total:,}", facets=facets)


def _kept(counted: Mapping[str, Any], key: str) -> dict[str, Mapping[str, int]]:
    """Facets of a table > rows with each value, as far as the plan counted them."""
    stored: dict[str, Mapping[str, int] | None] = {
        "lines": {"change": counted.get("changes")},
        "gaps": {"reason": counted.get("gaps"), "urgency": _lacking(counted)},
        "left": {"rule": counted.get("left_out")},
    }.get(key, {})
    return {facet: values for facet, values in stored.items() if values is not None}


def _lacking(counted: Mapping[str, Any]) -> dict[str, int] | None:
    by = counted.get("by_urgency")
    return None if by is None else {urgency: said["gap"] for urgency, said in by.items()}


def _with(facet: Picks, values: Mapping[str, int]) -> Picks:
    return replace(facet, picks=[replace(one, count=f"{values.get(one.value, 0):,}") for one in facet.picks])
