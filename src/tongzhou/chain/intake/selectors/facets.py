"""Facets that lists of the chain share: place, category, line, where something came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.selectors.lists import area_column
from tongzhou.chain.intake.types import Channel, Line
from tongzhou.kernel.tables import Choice, Facet
from tongzhou.kernel.tables.facets import enumerated, flag
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places.facets import place_facet

__all__ = ["category_facet", "origin", "overdue", "shared"]

NONE = "none"


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


def shared(categories: Sequence[Effective], area: str, place: str) -> tuple[Facet, ...]:
    """Place, category and line."""
    return (
        place_facet(area, place, area_column),
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
