"""Reads of stage weights: what holds at a place, and the order in which categories are shown there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.db.models import QuerySet

from tongzhou.registers.places.types import ancestor_codes
from tongzhou.registers.stages.models import StageWeight
from tongzhou.registers.stages.types import EVEN, Weights

__all__ = ["history", "newest_rows", "order_categories", "weights_at"]


class Staged(Protocol):
    """Anything that says in which stages it is usually needed."""

    @property
    def stages(self) -> Sequence[str]:
        """Stage names; none means all."""
        ...


S = TypeVar("S", bound=Staged)


def weights_at(place: str, response: uuid.UUID) -> Weights:
    """The weights that hold at a division: its own newest, else those of the nearest division that holds it.

    `EVEN` (with a blank `place_id`) while nobody has set any. One query; public: it orders what everybody sees.
    """
    above = ancestor_codes(place)
    rows = StageWeight.objects.filter(response_id=response, place_id__in=above).order_by("-set_at", "-id")
    newest: dict[str, StageWeight] = {}
    for row in rows:
        newest.setdefault(row.place_id, row)
    return next((newest[code].weights for code in above if code in newest), EVEN)


def order_categories(categories: Sequence[S], weights: Weights) -> list[S]:
    """The same categories, those of the stages that weigh most first; equal ones keep their order. Hides nothing."""
    return sorted(categories, key=lambda one: -weights.of(one.stages))


def history(place: str, response: uuid.UUID) -> QuerySet[StageWeight]:
    """Every setting at this very division, the newest first."""
    return StageWeight.objects.filter(response_id=response, place_id=place)


def newest_rows(response: uuid.UUID) -> list[StageWeight]:
    """The row that holds at each division with weights of its own, in the order of codes."""
    newest: dict[str, StageWeight] = {}
    for row in StageWeight.objects.filter(response_id=response).select_related("place"):
        newest.setdefault(row.place_id, row)
    return [newest[code] for code in sorted(newest)]
