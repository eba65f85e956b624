"""Pictures of what was handed over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel.models import SealedRecord

__all__ = ["DeliveryPhoto"]


class DeliveryPhoto(SealedRecord):
    """A photo of a delivery: made anew without its hidden data, sealed under its own key.

    It may show a door or a face, so it is opened like a contact (logged) and destroyed when its purpose ends.
    """

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("content",)

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="photos")
    content_type = models.CharField(max_length=40)
    #: Bytes before sealing.
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(size__gt=0), name="delivery_photo_size")]
        indexes: ClassVar = [models.Index(fields=["assignment", "created_at"], name="delivery_photo_of")]

    def __str__(self) -> str:
        return f"photo {self.pk}"
