"""Facets that lists of the chain share: place, category, line, where something came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Choices, Q
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.selectors.lists import area_column
from tongzhou.chain.intake.types import Channel, Line
from tongzhou.kernel.tables import Choice, Facet
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION, ancestor_codes

__all__ = ["category_facet", "enumerated", "flag", "origin", "overdue", "place_facet", "shared"]

NONE = "none"


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


def overdue(column: str, now: dt.datetime) -> Facet:
    """Rows that must be verified again."""
    return flag(
        "stale",
        _("再核实"),
        column,
        _("该再核实了"),
        where=Q(**{f"{column}__lte": now}),
        holds=lambda at: at is not None and at <= now,
    )


def category_facet(categories: Sequence[Effective]) -> Facet:
    """Categories in the order of the catalogue, and those not recognised yet."""
    listed = [*(Choice(one.key, one.label) for one in categories), Choice(NONE, _("还没有归类"))]

    def narrow(values: tuple[str, ...]) -> Q:
        named = tuple(value for value in values if value != NONE)
        found = Q(category__in=named) if named else Q(pk__in=[])
        return found | Q(category=None) if NONE in values else found

    return Facet(
        "category", _("类别"), "category_id", choices=lambda chosen: listed, narrow=narrow, fold=lambda key: key or NONE
    )


def _choices(rows: Iterable[Place]) -> list[Choice]:
    return [Choice(place.code, place.label) for place in rows]


def place_facet(area: str, chosen: str) -> Facet:
    """A drill-down from the response's area: `chosen` is the division the address names ("" for none).

    What it offers is read once, here, so that a page's queries do not depend on how often it is asked.
    """
    here = chosen or area
    below = _choices(places.children(here))
    heads = [choice.value for choice in below]
    path = (
        _choices(place for place in places.ancestors(chosen) if place.code not in ancestor_codes(area))
        if chosen
        else []
    )

    def fold(code: Any) -> str:
        return next((head for head in heads if str(code).startswith(head)), "")

    return Facet(
        "place",
        _("地方"),
        "place_id",
        choices=lambda _values: below,
        above=lambda _values: path,
        many=False,
        fold=fold,
        narrow=lambda values: places.under(area_column(values[0]), values[0]),
        knows=lambda code: code == chosen and code != NATION,
    )


def shared(categories: Sequence[Effective], area: str, place: str) -> tuple[Facet, ...]:
    """Place, category and line."""
    return (
        place_facet(area, place),
        category_facet(categories),
        enumerated("line", _("条线"), "line", Line),
    )


def origin() -> tuple[Facet, ...]:
    """How it came in, and whether it was made up for a demonstration."""
    return (
        enumerated("channel", _("来源"), "channel", Channel),
        flag(
            "synthetic",
            _("合成数据"),
            "synthetic",
            _("只看合成的"),
            no=_("不看合成的"),
            where=Q(synthetic=True),
            holds=bool,
        ),
    )
