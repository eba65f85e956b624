"""What others cover already."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.kernel.models import Record
from tongzhou.registers.cover.types import CoverBy

__all__ = ["Cover"]


class Cover(Record):
    """Government, a company or another organisation covers so much of a category in a place, from a day until another.

    Base units; `quantity` null means all of it: nobody else need send any. Planning subtracts it from the needs there.
    """

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="cover")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=10)
    by = models.CharField(max_length=12, choices=CoverBy)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Public name of whoever covers it, when it is no organisation of the register.
    by_name = models.CharField(max_length=120, blank=True)
    quantity = models.BigIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    #: Where this is known from: a notice, a telephone call, with its date.
    source = models.CharField(max_length=300)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="cover_cover_quantity"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="cover_cover_window"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="cover_cover_source"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(by_name=""), name="cover_cover_somebody"
            ),
            models.CheckConstraint(condition=Q(by__in=CoverBy.values), name="cover_cover_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "category", "place"], name="cover_cover_what")]

    def __str__(self) -> str:
        return f"{self.category_id} @ {self.place_id}"
