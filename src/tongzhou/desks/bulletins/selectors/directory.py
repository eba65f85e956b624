"""Reads of the directory: searching it, what waits to be verified."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid

from django.db.models import F, Prefetch, Q, QuerySet

from tongzhou.desks.bulletins.models import Phone, Schedule, Service, ServiceArea, ServicePlace
from tongzhou.desks.bulletins.models.directory import STALE_DAYS
from tongzhou.desks.bulletins.policies import READ_DIRECTORY
from tongzhou.desks.bulletins.types import ServiceState, Topic
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.selectors import under
from tongzhou.registers.places.types import NATION, ancestor_codes

__all__ = [
    "crisis_numbers", "desk_service", "desk_services", "full", "plain_words", "public_service", "public_services",
    "search_directory", "to_verify",
]  # fmt: skip


def plain_words(text: str) -> str:
    """A text made comparable: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("\x00", "")


def full(rows: QuerySet[Service]) -> QuerySet[Service]:
    """With everything that is shown of a service, in few queries."""
    here = {"withdrawn_at": None}
    return rows.select_related("agency").prefetch_related(
        Prefetch("phones", queryset=Phone.objects.filter(**here).order_by("id")),
        Prefetch("schedules", queryset=Schedule.objects.filter(**here).order_by("id")),
        Prefetch("areas", queryset=ServiceArea.objects.filter(**here).select_related("place").order_by("id")),
        Prefetch(
            "at_locations",
            queryset=ServicePlace.objects.filter(**here).select_related("location", "location__place").order_by("id"),
        ),
    )


def public_services() -> QuerySet[Service]:
    """What the public is told: verified once at least, not withdrawn, not closed for good."""
    rows = Service.objects.filter(withdrawn_at=None, verified_at__isnull=False)
    return full(rows.exclude(status=ServiceState.DEFUNCT)).order_by("name", "id")


def search_directory(text: str = "", place: str = "", group: str = "", topic: str = "") -> QuerySet[Service]:
    """Services whose names or description hold every word of `text`, that serve `place`, for people of `group`.

    `place` is a division code: a service for it, for one above it or for one below it is found. One that names no
    group is for everybody.
    """
    rows = public_services()
    for word in text.split()[:8]:
        rows = rows.filter(words__contains=plain_words(word))
    if place and place != NATION:
        here = ServiceArea.objects.filter(withdrawn_at=None).filter(
            Q(place_id__in=ancestor_codes(place)) | under("place_id", place)
        )
        rows = rows.filter(pk__in=here.values("service"))
    if group:
        rows = rows.filter(Q(groups=[]) | Q(groups__icontains=f'"{group}"'))
    return rows.filter(topic=topic) if topic else rows


def crisis_numbers(place: str = "") -> list[Service]:
    """The numbers to call when life is at stake, and the line for those in despair."""
    found = search_directory(place=place).filter(topic__in=[Topic.EMERGENCY])
    return list(found[:6])


def public_service(pk: uuid.UUID) -> Service:
    """One of them; ``Refusal("not_found")``."""
    found = public_services().filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


def desk_services(actor: Actor) -> QuerySet[Service]:
    """Every entry, for the people of the desk."""
    require(actor, READ_DIRECTORY)
    return full(Service.objects.all()).order_by("name", "id")


def desk_service(actor: Actor, pk: uuid.UUID) -> Service:
    """One of them; ``Refusal("not_found")``."""
    found = desk_services(actor).filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


def to_verify(actor: Actor, at: dt.datetime) -> QuerySet[Service]:
    """Entries that nobody has verified for `STALE_DAYS`, or since they were rewritten; those never verified first."""
    before = at - dt.timedelta(days=STALE_DAYS)
    due = Q(verified_at=None) | Q(verified_at__lte=before) | Q(written_at__gt=F("verified_at"))
    return desk_services(actor).filter(due, withdrawn_at=None).order_by(F("verified_at").asc(nulls_first=True), "id")
