"""The stages of an epidemic and their weights at a place."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["EVEN", "Stage", "Weights"]


class Stage(TextChoices):
    """Stages overlap: a place has weights over all four."""

    OUTBREAK = "outbreak", _("暴发期")
    CONTAINMENT = "containment", _("防控期")
    RECOVERY = "recovery", _("恢复期")
    AFTERCARE = "aftercare", _("重建期")


@dataclass(frozen=True, slots=True)
class Weights:
    """Four whole numbers that sum to 100, and where they come from (`place_id` blank: nobody has set any)."""

    outbreak: int
    containment: int
    recovery: int
    aftercare: int
    place_id: str = ""
    reason: str = ""
    set_at: dt.datetime | None = None
    row_id: uuid.UUID | None = None

    def of(self, stages: Iterable[str]) -> int:
        """Summed weight of `stages`; a category that names no stage belongs to all of them."""
        named = [stage for stage in Stage.values if stage in set(stages)] or Stage.values
        return sum(int(getattr(self, stage)) for stage in named)

    def items(self) -> list[tuple[Stage, int]]:
        """Each stage with its weight, in the order of an epidemic."""
        return [(stage, int(getattr(self, stage.value))) for stage in Stage]


#: What holds while nobody has set anything: no stage before another.
EVEN = Weights(25, 25, 25, 25)
