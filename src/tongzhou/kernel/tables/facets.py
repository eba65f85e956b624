"""Facets that many tables have: the values of a choices class, and rows that have something or not."""

from __future__ import annotations

from typing import Any

from django.db.models import Choices, Q

from tongzhou.kernel.tables.declared import Choice, Facet

__all__ = ["enumerated", "flag"]


def enumerated(key: str, label: Any, column: str, values: type[Choices], **more: Any) -> Facet:
    """A facet over a choices class."""
    listed = [Choice(str(value), word) for value, word in values.choices]
    return Facet(key, label, column, choices=lambda chosen: listed, **more)


def flag(key: str, label: Any, column: str, yes: Any, *, where: Q, holds: Any, no: Any = None) -> Facet:
    """A facet with one value (or two): rows that have something. `holds` judges what stands in the column."""
    listed = [Choice("yes", yes), *([Choice("no", no)] if no else [])]

    def narrow(values: tuple[str, ...]) -> Q:
        return where if values == ("yes",) else ~where if values == ("no",) else Q()

    return Facet(
        key,
        label,
        column,
        choices=lambda chosen: listed,
        narrow=narrow,
        fold=lambda value: "yes" if holds(value) else "no",
    )
