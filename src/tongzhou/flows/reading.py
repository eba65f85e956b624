"""What written words mean in a response: the place, the category. Asked of the registers before a transaction opens."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from django.db.models import Q

from tongzhou.chain.intake.types import NeedLine, OfferLine, Spot
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.services import resolve
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.services import find_places
from tongzhou.registers.responses.models import Response

__all__ = ["categories_of", "category_of", "medicine_of", "organisation_named", "places_named", "recognised", "spot_of"]

L = TypeVar("L", NeedLine, OfferLine)
#: Lengths of division codes from the deepest.
_LENGTHS = (9, 6, 4, 2)
_ANY_MEDICINE = "medicine_unspecified"


def spot_of(text: str, response: Response, *, anywhere: bool = False) -> Spot:
    """Where a written address lies. In doubt the smallest division that holds every candidate, marked uncertain.

    `anywhere`: it may lie outside the response's area (an offer does).
    """
    found = find_places(text, within=response.area_id) if text.strip() else []
    if anywhere and text.strip() and not (found and found[0].certain):
        found = find_places(text) or found
    if not found:
        return Spot(response.area_id, certain=False)
    if found[0].certain or len(found) == 1:
        return Spot(found[0].code, certain=found[0].certain, site=found[0].site_id)
    codes = [one.code for one in found]
    for length in _LENGTHS:
        heads = {code[:length] for code in codes}
        if len(heads) == 1 and len(next(iter(heads))) == length:
            return Spot(next(iter(heads)), certain=False)
    return Spot(response.area_id, certain=False)


def recognised(lines: Iterable[L], response_id: uuid.UUID) -> tuple[L, ...]:
    """The lines with the category of each, where its words mean one for certain."""
    return tuple(
        line if line.category else replace(line, category=resolve(line.item, response_id).key) for line in lines
    )


def categories_of(lines: Iterable[NeedLine | OfferLine], response_id: uuid.UUID) -> Mapping[str, Effective]:
    """The categories that the lines name, as the response sees them. A key it does not know is left out."""
    wanted = {line.category for line in lines if line.category}
    if not wanted:
        return {}
    return {one.key: one for one in catalogue.categories(response_id, enabled_only=False) if one.key in wanted}


def category_of(written: str, response_id: uuid.UUID) -> Effective | None:
    """The category that a written name means for certain, as the response sees it."""
    key = resolve(written, response_id).key if written.strip() else None
    return catalogue.category(key, response_id) if key else None


def medicine_of(written: str, response_id: uuid.UUID) -> Effective:
    """The category of a written medicine; "medicine, kind not said" when it is not known to be one."""
    found = category_of(written, response_id)
    if found is not None and found.licence.startswith(("drug", "blood")):
        return found
    return catalogue.category(_ANY_MEDICINE, response_id)


def places_named(text: str) -> tuple[tuple[str, ...], str]:
    """(codes of the divisions that a list of names means without doubt, the rest as written)."""
    codes, rest = [], []
    for part in re.split(r"[、,，;；/]|\s{2,}|\n", text):
        found = find_places(part) if part.strip() else []
        if found and found[0].certain:
            codes.append(found[0].code)
        elif part.strip():
            rest.append(part.strip())
    return tuple(dict.fromkeys(codes)), "、".join(rest)


def organisation_named(name: str) -> uuid.UUID | None:
    """The registered organisation that bears exactly this name, when there is only one."""
    wanted = " ".join(name.split())
    if not wanted:
        return None
    named = Organisation.objects.filter(Q(name=wanted) | Q(short_name=wanted), withdrawn_at=None)
    found = list(named.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
