"""Reads of places. Divisions and sites are public reference data; none of these shows anything personal."""

from __future__ import annotations

import uuid

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place, PlaceName, Site
from tongzhou.registers.places.types import NATION, Level, ancestor_codes

__all__ = [
    "DEPTH",
    "ancestors",
    "children",
    "get_place",
    "get_site",
    "names_of",
    "provinces",
    "search_places",
    "sites_in",
    "under",
]

#: Orders divisions from the nation down.
DEPTH = Case(
    *(When(level=level, then=Value(depth)) for depth, level in enumerate(Level.values)), output_field=IntegerField()
)


def get_place(code: str) -> Place:
    """The division of that code; `Refusal("not_found")` when there is none."""
    found = Place.objects.filter(code=code).first() if code.isascii() and code.isdigit() and len(code) <= 9 else None
    if found is None:
        raise Refusal("not_found")
    return found


def get_site(site_id: uuid.UUID) -> Site:
    """A site that is still in use; `Refusal("not_found")` otherwise."""
    found = Site.objects.select_related("place", "parent").filter(pk=site_id, withdrawn_at=None).first()
    if found is None:
        raise Refusal("not_found")
    return found


def ancestors(code: str) -> list[Place]:
    """The divisions that hold `code`, itself last, without levels that only fill the list."""
    found = {place.code: place for place in Place.objects.filter(code__in=ancestor_codes(code))}
    chain = [found[one] for one in reversed(ancestor_codes(code)) if one in found]
    return [place for place in chain if not place.is_filler or place.code == code]


def children(code: str) -> list[Place]:
    """The divisions right below `code`; a level that only fills the list is passed through."""
    found: list[Place] = []
    for place in Place.objects.filter(parent_id=code).order_by("code"):
        found.extend(children(place.code) if place.is_filler and place.level != Level.STREET else [place])
    return found


def provinces() -> list[Place]:
    """Every division of province level."""
    return list(Place.objects.filter(level=Level.PROVINCE))


def under(column: str, code: str) -> Q:
    """Rows whose division code in `column` lies at or below `code`; an index serves it in any collation."""
    if code in ("", NATION):
        return Q()
    return Q(**{f"{column}__gte": code, f"{column}__lt": str(int(code) + 1).zfill(len(code))})


def sites_in(code: str, *, kind: str = "") -> QuerySet[Site]:
    """Sites at or below a division, those withdrawn left out."""
    found = Site.objects.filter(under("place_id", code), withdrawn_at=None).select_related("place", "parent")
    return found.filter(kind=kind) if kind else found


def names_of(*, place: str = "", site: uuid.UUID | None = None) -> QuerySet[PlaceName]:
    """Other names of one division or of one site."""
    found = PlaceName.objects.filter(withdrawn_at=None)
    return found.filter(site_id=site) if site else found.filter(place_id=place)


def search_places(text: str, *, limit: int = 20) -> list[Place]:
    """Divisions whose name contains `text` (or whose code starts with it), the highest first."""
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    wanted = Q(name__contains=text) | Q(name_en__icontains=text)
    if text.isascii() and text.isdigit():
        wanted = Q(code__startswith=text)
    starts = Case(When(name__startswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Place.objects.filter(wanted, is_filler=False).annotate(depth=DEPTH, starts=starts)
    return list(found.order_by("depth", "starts", "code")[:limit])
