"""One table: weights of the stages at a place, a new row for each setting, none ever changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.kernel import clock
from tongzhou.kernel.models import Record
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.types import Weights

__all__ = ["StageWeight"]


class StageWeight(Record):
    """What a person set, when and why. The newest row of a place holds; places without one inherit from above."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="stage_weights")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="stage_weights")
    outbreak = models.PositiveSmallIntegerField()
    containment = models.PositiveSmallIntegerField()
    recovery = models.PositiveSmallIntegerField()
    aftercare = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    #: The account's id as in the audit trail; null for the system (demonstration data).
    set_by = models.UUIDField(null=True)
    set_by_name = models.CharField(max_length=100, blank=True)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-set_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["response", "place", "-set_at"], name="stages_stageweight_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stages_stageweight_sum",
                condition=Q(outbreak=100 - F("containment") - F("recovery") - F("aftercare"))
                & Q(outbreak__gte=0, containment__gte=0, recovery__gte=0, aftercare__gte=0),
            ),
            models.CheckConstraint(name="stages_stageweight_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.outbreak}/{self.containment}/{self.recovery}/{self.aftercare}"

    @property
    def weights(self) -> Weights:
        """The row as weights."""
        return Weights(
            self.outbreak, self.containment, self.recovery, self.aftercare,
            place_id=self.place_id, reason=self.reason, set_at=self.set_at, row_id=self.id,
        )  # fmt: skip
