"""Offers and leads."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.chain.intake.models.contacts import Contact, Submission
from tongzhou.chain.intake.types import Channel, LeadState, Line, OfferState
from tongzhou.kernel.models import Record
from tongzhou.kernel.search import SearchIndex

__all__ = ["Lead", "Offer"]


class Offer(Record):
    """What an organisation or person has committed to give, where it is, where it may go, until when."""

    code = models.CharField(max_length=10, unique=True)
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="offers")
    line = models.CharField(max_length=10, choices=Line, default=Line.SUPPLIES)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    place_certain = models.BooleanField(default=True)
    site = models.ForeignKey("places.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The public name of the giver when it is an organisation; blank for people.
    giver = models.CharField(max_length=200, blank=True)

    category = models.ForeignKey(
        "catalogue.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=200)
    specification = models.CharField(max_length=300, blank=True)
    #: Standard or registration printed on the goods, as written (e.g. GB 19083-2010).
    standard = models.CharField(max_length=200, blank=True)
    quantity = models.BigIntegerField(null=True, blank=True)
    quantity_confirmed = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    #: Division-code prefixes it may go to; empty means anywhere.
    may_go = models.JSONField(default=list, blank=True)
    remote = models.BooleanField(default=False)
    #: A team of volunteers that gives its time: members claim what is assigned to it.
    team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    available_from = models.DateField(null=True, blank=True)
    available_until = models.DateField(null=True, blank=True)
    goods_expire_on = models.DateField(null=True, blank=True)
    can_deliver = models.BooleanField(null=True, blank=True)
    #: Donor intent: for whom or where it was given, as written; planning obeys it.
    earmark = models.CharField(max_length=300, blank=True)
    note = models.TextField(max_length=2000, blank=True)

    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.RECEIVED)
    state_reason = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    verified_at = models.DateTimeField(null=True, blank=True)
    stale_at = models.DateTimeField(null=True, blank=True)

    channel = models.CharField(max_length=10, choices=Channel)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="offers")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="offers")
    synthetic = models.BooleanField(default=False)
    search = models.TextField(blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="intake_offer_quantity"),
            models.CheckConstraint(condition=Q(quantity_confirmed__gte=0), name="intake_offer_confirmed"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="intake_offer_state"),
            models.CheckConstraint(
                condition=Q(available_from__isnull=True)
                | Q(available_until__isnull=True)
                | Q(available_until__gte=F("available_from")),
                name="intake_offer_window",
            ),
            models.CheckConstraint(
                condition=Q(state=OfferState.MERGED, merged_into__isnull=False)
                | (~Q(state=OfferState.MERGED) & Q(merged_into__isnull=True)),
                name="intake_offer_merged",
            ),
            models.CheckConstraint(condition=Q(item__gt=""), name="intake_offer_item"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["response", "state", "created_at", "id"], name="intake_offer_queue"),
            models.Index(fields=["response", "place", "state", "created_at"], name="intake_offer_place"),
            models.Index(fields=["response", "category", "state", "created_at"], name="intake_offer_cat"),
            SearchIndex(fields=["search"], name="intake_offer_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.item}"


class Lead(Record):
    """A possible source nobody has committed yet: to be called, never planned with."""

    code = models.CharField(max_length=10, unique=True)
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="leads")
    line = models.CharField(max_length=10, choices=Line, default=Line.SUPPLIES)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    place_certain = models.BooleanField(default=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source_name = models.CharField(max_length=200)
    category = models.ForeignKey(
        "catalogue.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=200, blank=True)
    quantity = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    source_link = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=LeadState, default=LeadState.NEW)
    state_reason = models.CharField(max_length=300, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    channel = models.CharField(max_length=10, choices=Channel)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="leads")
    synthetic = models.BooleanField(default=False)
    search = models.TextField(blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="intake_lead_quantity"),
            models.CheckConstraint(condition=Q(state__in=LeadState.values), name="intake_lead_state"),
            models.CheckConstraint(condition=Q(source_name__gt=""), name="intake_lead_source"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["response", "state", "created_at", "id"], name="intake_lead_queue"),
            SearchIndex(fields=["search"], name="intake_lead_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.source_name}"
