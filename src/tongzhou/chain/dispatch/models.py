"""Assignments, the append-only record of their quantities, and who waits in reserve."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.chain.dispatch.types import AssignmentState, Balance, DeclineReason, Via
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Plan, PlanLine, StandingApproval
from tongzhou.kernel.models import Record

__all__ = ["Assignment", "Movement", "Reserve", "TeamEntrance", "VolunteerProfile"]


class Assignment(Record):
    """This offer, this need, this quantity, handed to somebody. How much is where stands in its movements only.

    It answers to `place` and `line` of the need. The giver's side is `organisation` (its officer), the `team` of the
    offer (any member may claim) or the person who offered (by the secret link). `holder_*` is who accepted.
    """

    code = models.CharField(max_length=10, unique=True)
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="assignments")
    line = models.CharField(max_length=10)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="assignments")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="assignments")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    receiver = models.ForeignKey("organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="assignments")
    #: The approved line it came from, or the standing approval; one of them.
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="assignments")
    plan_line = models.ForeignKey(PlanLine, null=True, on_delete=models.PROTECT, related_name="assignments")
    standing = models.ForeignKey(StandingApproval, null=True, on_delete=models.PROTECT, related_name="assignments")
    #: Base units of `category`, as assigned.
    quantity = models.BigIntegerField()
    urgency = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.PROPOSED)
    proposed_at = models.DateTimeField()
    #: Unanswered after this it lapses; unfinished after `due_at` a claim runs out.
    lapses_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    holder_id = models.UUIDField(null=True)
    holder_name = models.CharField(max_length=100, blank=True)
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    state_reason = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_assignment_quantity"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="dispatch_assignment_state"),
            models.CheckConstraint(
                condition=Q(plan_line__isnull=False) | Q(standing__isnull=False), name="dispatch_assignment_approved"
            ),
            models.UniqueConstraint(
                fields=["need", "offer"], name="dispatch_assignment_one_proposed",
                condition=Q(state=AssignmentState.PROPOSED),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["response", "state", "urgency", "proposed_at", "id"], name="dispatch_a_queue"),
            models.Index(fields=["state", "lapses_at"], name="dispatch_a_lapse"),
            models.Index(fields=["organisation", "state"], name="dispatch_a_giver"),
            models.Index(fields=["team", "state"], name="dispatch_a_team"),
            models.Index(fields=["holder_id", "state"], name="dispatch_a_holder"),
            models.Index(fields=["response", "place", "state"], name="dispatch_a_place"),
        ]

    def __str__(self) -> str:
        return self.code


class Movement(models.Model):
    """A quantity moved from one balance to another. Appended, never changed: every figure is a sum over these rows."""

    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="movements")
    #: The need and the offer again, so that their sums need no join.
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="movements")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="movements")
    source = models.CharField(max_length=10, choices=Balance)
    target = models.CharField(max_length=10, choices=Balance)
    quantity = models.BigIntegerField()
    at = models.DateTimeField()
    via = models.CharField(max_length=10, choices=Via, default=Via.PAGE)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    #: Made by whoever sent it (a phone's outbox): the same key has one effect.
    key = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_movement_quantity"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="dispatch_movement_moves"),
            models.CheckConstraint(
                condition=Q(source__in=Balance.values, target__in=Balance.values), name="dispatch_movement_balances"
            ),
            models.UniqueConstraint(fields=["key", "source", "target"], name="dispatch_movement_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["assignment", "id"], name="dispatch_m_assignment"),
            models.Index(fields=["need", "id"], name="dispatch_m_need"),
            models.Index(fields=["offer", "id"], name="dispatch_m_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.source} > {self.target} {self.quantity}"


class Reserve(Record):
    """Somebody who would have taken an assignment that was covered already: asked first when it comes back."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reserves")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment", "account"], name="dispatch_reserve_once", condition=Q(left_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} for {self.assignment_id}"


class TeamEntrance(Record):
    """The way into a team by QR: a link with a secret, open until a day, for so many people."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("secret",)

    team = models.ForeignKey("people.Team", on_delete=models.PROTECT, related_name="+")
    #: Shown as a QR again and again, so kept as it is; it only opens a form.
    secret = models.CharField(max_length=40, unique=True)
    most = models.PositiveSmallIntegerField(default=50)
    #: Where whoever joins asks about the team's insurance: an office and its line, never a private person.
    insurance_contact = models.CharField(max_length=200, blank=True)
    valid_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team"], name="dispatch_entrance_one_open", condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"entrance of {self.team_id}"


class VolunteerProfile(Record):
    """What a volunteer declared before the first task, and until when it counts."""

    account = models.OneToOneField("people.Account", on_delete=models.PROTECT, related_name="volunteer_profile")
    adult = models.BooleanField(default=False)
    #: No fever, no contact with a confirmed case; protective kit at hand. Asked again after a fortnight.
    healthy_at = models.DateTimeField(null=True)
    kit_at = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    insured = models.BooleanField(default=False)
    #: Where the team's insurance is asked about: an office, never a private person.
    insurance_contact = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"profile of {self.account_id}"
