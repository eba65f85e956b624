"""What people decide about planning itself: pins, principles of a response, approvals given in advance."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.types import Kind
from tongzhou.kernel.models import Record

__all__ = ["Pin", "PrincipleChoice", "StandingApproval"]


class Pin(Record):
    """A pair a person fixed (`quantity` base units) or forbade (0). It binds every later plan until withdrawn."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="pins")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="pins")
    quantity = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["need", "offer"], name="planning_pin_once", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="planning_pin_quantity"),
            models.CheckConstraint(condition=~Q(reason=""), name="planning_pin_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "withdrawn_at"], name="planning_pin_of")]

    def __str__(self) -> str:
        return f"{self.offer_id} > {self.need_id} = {self.quantity}"


class PrincipleChoice(Record):
    """The order of principles a response uses for one kind of help, instead of the default."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    order = models.JSONField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "kind"], name="planning_principles_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="planning_principles_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {','.join(self.order)}"


class StandingApproval(Record):
    """Given in advance: lines of this category in this area that this team's offers serve need no second signature."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    #: Usually a street.
    area = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    #: Base units one errand may have at most; null: no limit.
    most = models.BigIntegerField(null=True)
    valid_until = models.DateTimeField()
    reason = models.CharField(max_length=300)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "team", "category", "area"], name="planning_standing_once",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(most=None) | Q(most__gt=0), name="planning_standing_most"),
            models.CheckConstraint(condition=~Q(reason=""), name="planning_standing_reason"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.team_id} {self.category_id} @ {self.area_id}"
