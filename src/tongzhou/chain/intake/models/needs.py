"""Needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.chain.intake.models.contacts import Contact, Submission
from tongzhou.chain.intake.types import Channel, ForWhom, Line, NeedState, SolvedBy, Urgency
from tongzhou.kernel.models import Record
from tongzhou.kernel.search import SearchIndex

__all__ = ["Need"]


class Need(Record):
    """What someone lacks, where, how much, how urgent, until when. Quantities are whole numbers of `unit`.

    `quantity_asked` is what was said, `quantity_confirmed` what a person verified, `quantity_planned` what planning may
    work on. `urgency_said` is the asker's own word, a hint; `urgency` was set by a person to the written standard.
    """

    code = models.CharField(max_length=10, unique=True)
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="needs")
    line = models.CharField(max_length=10, choices=Line, default=Line.SUPPLIES)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    place_certain = models.BooleanField(default=True)
    site = models.ForeignKey("places.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    for_whom = models.CharField(max_length=10, choices=ForWhom)
    #: The public name of an institution that asks; blank for people.
    requester = models.CharField(max_length=200, blank=True)

    category = models.ForeignKey(
        "catalogue.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=200)
    specification = models.CharField(max_length=300, blank=True)
    quantity_asked = models.BigIntegerField(null=True, blank=True)
    quantity_confirmed = models.BigIntegerField(null=True, blank=True)
    quantity_planned = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    quantity_flag = models.CharField(max_length=30, blank=True)
    #: Medicine: days the asker's own stock lasts.
    days_left = models.PositiveSmallIntegerField(null=True, blank=True)
    prescription = models.BooleanField(null=True, blank=True)

    urgency_said = models.SmallIntegerField(null=True, blank=True, choices=Urgency)
    urgency = models.SmallIntegerField(null=True, blank=True, choices=Urgency)
    #: What queues and lists sort by: `urgency`, else the hint, else important.
    urgency_order = models.SmallIntegerField(default=Urgency.IMPORTANT)
    vulnerability = models.JSONField(default=list, blank=True)
    needed_by = models.DateField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)

    state = models.CharField(max_length=10, choices=NeedState, default=NeedState.RECEIVED)
    #: When `state` last moved (`kernel.changes` keeps it); None: not since the need was made.
    state_since = models.DateTimeField(null=True, blank=True, editable=False)
    state_reason = models.CharField(max_length=300, blank=True)
    solved_by = models.CharField(max_length=10, choices=SolvedBy, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    verified_at = models.DateTimeField(null=True, blank=True)
    #: After this moment it must be verified again; after `expires_at` it leaves the public lists by itself.
    stale_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    channel = models.CharField(max_length=10, choices=Channel)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="needs")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="needs")
    synthetic = models.BooleanField(default=False)
    #: Bigrams of the searchable text (item, requester, category, place, code), kept by `services.search`.
    search = models.TextField(blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity_asked__gte=0), name="intake_need_asked"),
            models.CheckConstraint(condition=Q(quantity_confirmed__gte=0), name="intake_need_confirmed"),
            models.CheckConstraint(condition=Q(quantity_planned__gte=0), name="intake_need_planned"),
            models.CheckConstraint(condition=Q(urgency__range=(0, 3)), name="intake_need_urgency"),
            models.CheckConstraint(condition=Q(urgency_said__range=(0, 3)), name="intake_need_said"),
            models.CheckConstraint(condition=Q(urgency_order__range=(0, 3)), name="intake_need_order"),
            models.CheckConstraint(condition=Q(state__in=NeedState.values), name="intake_need_state"),
            models.CheckConstraint(
                condition=Q(state=NeedState.MERGED, merged_into__isnull=False)
                | (~Q(state=NeedState.MERGED) & Q(merged_into__isnull=True)),
                name="intake_need_merged",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="intake_need_not_itself"),
            models.CheckConstraint(condition=Q(item__gt=""), name="intake_need_item"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["response", "state", "urgency_order", "created_at", "id"], name="intake_need_queue"),
            models.Index(fields=["response", "state", "created_at", "id"], name="intake_need_age"),
            models.Index(fields=["response", "state", "quantity_flag"], name="intake_need_flag"),
            models.Index(fields=["response", "state", "urgency_order", "place"], name="intake_need_tile"),
            models.Index(
                fields=["response", "place", "state", "urgency_order", "created_at"], name="intake_need_place"
            ),
            models.Index(
                fields=["response", "category", "state", "urgency_order", "created_at"], name="intake_need_cat"
            ),
            models.Index(fields=["state", "stale_at"], name="intake_need_stale"),
            models.Index(fields=["state", "expires_at"], name="intake_need_expiry"),
            SearchIndex(fields=["search"], name="intake_need_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.item}"
