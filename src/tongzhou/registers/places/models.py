"""Divisions (reference data), sites below the street, and other names of both."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Substr
from django.db.models.lookups import Exact

from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.places.types import NATION, Level, NameKind, SiteKind

__all__ = ["Place", "PlaceName", "Site"]


def _coded(level: str, digits: int) -> Q:
    """A code of so many digits, with the columns of the levels above cut from it and those below blank."""
    held = Q(Exact(Length("code"), digits), level=level)
    for column, length in (("province", 2), ("city", 4), ("district", 6)):
        held &= Q(**{column: Substr("code", 1, length)}) if digits >= length else Q(**{column: ""})
    return held


class Place(models.Model):
    """A division: nation, province, city, district or street. Reference data, named by its division code."""

    code = models.CharField(primary_key=True, max_length=9)
    level = models.CharField(max_length=8, choices=Level.choices)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    #: As people say it: 武汉, 恩施.
    short_name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=160)
    full_name_en = models.CharField(max_length=250, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # Codes of the levels that hold it, for facets; a prefix of the code serves as a filter too.
    province = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=4, blank=True)
    district = models.CharField(max_length=6, blank=True)
    #: True for lines of the official list that fill a level and name no place (市辖区).
    is_filler = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code"], name="places_place_level"),
            # The class serves beginnings of names in any collation of PostgreSQL; SQLite needs none.
            models.Index(fields=["short_name"], name="places_place_begins", opclasses=["varchar_pattern_ops"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="places_place_code",
                condition=Q(level=Level.NATION, code=NATION, province="", city="", district="")
                | _coded(Level.PROVINCE, 2)
                | _coded(Level.CITY, 4)
                | _coded(Level.DISTRICT, 6)
                | _coded(Level.STREET, 9),
            ),
            models.CheckConstraint(
                name="places_place_root",
                condition=Q(level=Level.NATION, parent__isnull=True)
                | (~Q(level=Level.NATION) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(name="places_place_named", condition=~Q(name="") & ~Q(short_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} {self.code}"

    @property
    def label(self) -> str:
        """Its own name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def full_label(self) -> str:
        """Its name with those of the levels above, in the reader's language."""
        return local(self.full_name, self.full_name_en)


class Site(Record):
    """Something below the street: a compound 小区, a residents' committee 居委会, a hospital campus, any address."""

    kind = models.CharField(max_length=10, choices=SiteKind.choices)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="sites")
    #: The committee a compound belongs to, the hospital a campus belongs to.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    #: Of the institution or the gate; never of a household.
    address = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["place_id", "kind", "name"]
        indexes: ClassVar = [models.Index(fields=["name"], name="places_site_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "kind", "name"], name="places_site_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="places_site_kind", condition=Q(kind__in=SiteKind.values)),
            models.CheckConstraint(name="places_site_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="places_site_not_own_part", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)


class PlaceName(Record):
    """Another name that people really use for a division or a site."""

    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="names")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    #: The name made plain (width, script, case, blanks): what is compared.
    key = models.CharField(max_length=120, editable=False)
    kind = models.CharField(max_length=8, choices=NameKind.choices)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            models.Index(fields=["key"], name="places_placename_begins", opclasses=["varchar_pattern_ops"])
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="places_placename_of_one",
                condition=Q(place__isnull=False, site__isnull=True) | Q(place__isnull=True, site__isnull=False),
            ),
            models.CheckConstraint(name="places_placename_named", condition=~Q(name="") & ~Q(key="")),
            models.CheckConstraint(name="places_placename_kind", condition=Q(kind__in=NameKind.values)),
            models.UniqueConstraint(
                fields=["place", "key"], name="places_placename_place_once",
                condition=Q(place__isnull=False, withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["site", "key"], name="places_placename_site_once",
                condition=Q(site__isnull=False, withdrawn_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
