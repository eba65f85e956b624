"""Where to get help: agencies, their services, where, when, by which number, for whom (after HSDS 3)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.bulletins.models.kept import KeptRecord
from tongzhou.desks.bulletins.types import ServiceState, Topic
from tongzhou.kernel.words import local

__all__ = ["Agency", "Location", "Phone", "Schedule", "Service", "ServiceArea", "ServicePlace"]

#: An entry is to be verified again after so many days.
STALE_DAYS = 30


class Agency(KeptRecord):
    """Who offers help (an organization of HSDS)."""

    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=240, blank=True)
    description = models.TextField(max_length=4000, blank=True)
    website = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=254, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What a file of HSDS said and no column holds: it goes out again as it came.
    extra = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)


class Service(KeptRecord):
    """One kind of help by one agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=240, blank=True)
    description = models.TextField(max_length=4000, blank=True)
    description_en = models.TextField(max_length=6000, blank=True)
    url = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=ServiceState, default=ServiceState.ACTIVE)
    topic = models.CharField(max_length=12, choices=Topic, default=Topic.OTHER)
    #: `Group` values; none: everybody.
    groups = models.JSONField(default=list)
    eligibility = models.CharField(max_length=300, blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True)
    maximum_age = models.PositiveSmallIntegerField(null=True)
    #: ``[{"id", "name", "code", "note"}]`` as in HSDS.
    languages = models.JSONField(default=list)
    #: How much can be done at the moment: waiting times, places.
    capacity = models.CharField(max_length=300, blank=True)
    #: Where this was read: institution, document, address.
    source = models.CharField(max_length=300, blank=True)
    #: What is searched: names and text without blanks, small letters.
    words = models.TextField(blank=True, editable=False)
    written_by_id = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    verified_by_name = models.CharField(max_length=100, blank=True)
    verified_how = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="bulletins_service_topic"),
            models.CheckConstraint(condition=Q(status__in=ServiceState.values), name="bulletins_service_status"),
            models.CheckConstraint(
                condition=Q(minimum_age=None) | Q(maximum_age=None) | Q(maximum_age__gte=F("minimum_age")),
                name="bulletins_service_ages",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["verified_at", "id"], name="bulletins_s_queue")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def description_local(self) -> str:
        """What it does, in the reader's language."""
        return local(self.description, self.description_en)

    @property
    def changed_since(self) -> bool:
        """True when it was rewritten after the last verification."""
        return self.verified_at is not None and self.written_at > self.verified_at

    def stale(self, at: dt.datetime) -> bool:
        """True when it has to be verified again."""
        return self.verified_at is None or at - self.verified_at >= dt.timedelta(days=STALE_DAYS) or self.changed_since


class Location(KeptRecord):
    """A place where help is given. `place` is the division when it is known."""

    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=8, default="physical")
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    extra = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name or self.address


class ServicePlace(KeptRecord):
    """A service at a location."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="services")
    extra = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.service_id} at {self.location_id}"


class Phone(KeptRecord):
    """A public number of an institution; never a person's."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    extra = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class Schedule(KeptRecord):
    """When a service is open."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="schedules")
    #: Days of the week as in RFC 5545: ``MO,TU``; blank: every day.
    days = models.CharField(max_length=40, blank=True)
    opens_at = models.CharField(max_length=10, blank=True)
    closes_at = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=300, blank=True)
    extra = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.days} {self.opens_at}-{self.closes_at}"


class ServiceArea(KeptRecord):
    """A division a service is for, or an area described in words."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="areas")
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    extra = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
