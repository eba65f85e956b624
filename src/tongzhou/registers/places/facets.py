"""The facet of places: from an area down, division by division."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.tables import Choice, Facet
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION, ancestor_codes

__all__ = ["known_place", "place_facet"]


def known_place(code: str) -> str:
    """The code an address names when there is such a division, else "": as if it were not said."""
    known = code.isascii() and code.isdigit() and len(code) <= 9 and Place.objects.filter(code=code).exists()
    return code if known else ""


def _choices(rows: Iterable[Place]) -> list[Choice]:
    return [Choice(place.code, place.label) for place in rows]


def place_facet(area: str, chosen: str, filtered: Callable[[str], str], column: str = "place_id") -> Facet:
    """A drill-down from `area`: `chosen` is the division the address names ("" for none).

    `filtered` names the column a division is filtered by, `column` the one that is counted. What it offers is read
    once, here, so that a page's queries do not depend on how often it is asked.
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
        column,
        choices=lambda _values: below,
        above=lambda _values: path,
        many=False,
        fold=fold,
        narrow=lambda values: places.under(filtered(values[0]), values[0]),
        knows=lambda code: code == chosen and code != NATION,
    )
