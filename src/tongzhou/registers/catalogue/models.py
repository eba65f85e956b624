"""Categories (reference data from the engines) and what a response changes in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue.types import LINE_OF_KIND, Kind, Line

__all__ = ["Category", "ResponseCategory"]

#: A need older than this is stale whatever it asks for.
LONGEST_FRESH_DAYS = 90


class Category(models.Model):
    """A kind of goods, service or funds with one base unit. Reference data, named by the engines' code."""

    key = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    line = models.CharField(max_length=8, choices=Line.choices)
    unit = models.CharField(max_length=10)
    unit_en = models.CharField(max_length=30)
    minimum_lot = models.PositiveBigIntegerField(default=1)
    #: Base units one requester can plausibly need; null when no limit is known.
    plausible_maximum = models.PositiveBigIntegerField(null=True, blank=True)
    #: Licence codes of the engines' catalogue, joined by ``;``.
    licence = models.CharField(max_length=120, blank=True)
    standards = models.CharField(max_length=200, blank=True)
    is_cold_chain = models.BooleanField(default=False)
    stages = models.JSONField(default=list)
    stale_days = models.PositiveSmallIntegerField()
    #: Its place in the catalogue: like stands beside like.
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="catalogue_category_line",
                condition=Q(kind=Kind.GOODS, line=LINE_OF_KIND[Kind.GOODS])
                | Q(kind=Kind.FUNDS, line=LINE_OF_KIND[Kind.FUNDS])
                | Q(kind__in=[Kind.IN_PERSON, Kind.REMOTE], line=Line.SERVICES),
            ),
            models.CheckConstraint(
                name="catalogue_category_named", condition=~Q(key="") & ~Q(name="") & ~Q(name_en="") & ~Q(unit="")
            ),
            models.CheckConstraint(
                name="catalogue_category_amounts",
                condition=Q(minimum_lot__gte=1)
                & (Q(plausible_maximum__isnull=True) | Q(plausible_maximum__gte=F("minimum_lot"))),
            ),
            models.CheckConstraint(
                name="catalogue_category_stale", condition=Q(stale_days__gte=1, stale_days__lte=LONGEST_FRESH_DAYS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)


class ResponseCategory(Record):
    """What one response changes in a category; null and blank mean "as in the catalogue"."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="categories")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="in_responses")
    enabled = models.BooleanField(default=True)
    name = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    stale_days = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum = models.PositiveBigIntegerField(null=True, blank=True)
    #: Shown to whoever asks or gives: 只收未开封的整箱.
    note = models.CharField(max_length=200, blank=True)
    #: Further ways people here write it, made plain, joined by ``;``.
    spellings = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "category"], name="catalogue_responsecategory_once"),
            models.CheckConstraint(
                name="catalogue_responsecategory_stale",
                condition=Q(stale_days__isnull=True) | Q(stale_days__gte=1, stale_days__lte=LONGEST_FRESH_DAYS),
            ),
            models.CheckConstraint(
                name="catalogue_responsecategory_maximum", condition=Q(maximum__isnull=True) | Q(maximum__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} @ {self.response_id}"
