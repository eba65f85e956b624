"""Plans: what was asked of the engine, what it answered, line by line with reasons, and who approved it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.types import Change, LeftOutRule, LineState, PlanState
from tongzhou.kernel.models import Record

__all__ = ["LeftOut", "Plan", "PlanLine", "PlanNeed", "PlanOffer", "PlanSnapshot"]


class Plan(Record):
    """The proposed assignments of one moment. Nothing moves until a person approves it.

    `number` is what people say (`/plans/12/`); `line`, `area`, `category` are its scope, blank means all. Figures and
    totals are written once, when it is ready.
    """

    number = models.PositiveIntegerField(unique=True)
    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="plans")
    line = models.CharField(max_length=10, blank=True)
    #: Division code it is about; the response's own area when it is about everything.
    area = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", null=True, on_delete=models.PROTECT, related_name="+")
    #: ``{kind: [principle, ...]}`` as used.
    principles = models.JSONField(default=dict)
    #: The goods are under a command's allocation: the plan is a proposal to it (建议), not an order.
    is_proposal = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.QUEUED)
    #: The moment of the snapshot.
    as_of = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)
    #: Code of what is being done, see `services.running.STEPS`.
    step = models.CharField(max_length=20, blank=True)
    cancel_asked = models.BooleanField(default=False)
    #: Last sign of life of the worker; a run whose heart stopped is begun again by the tick.
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why it could not be made: ``{code, zh, en, todo_zh, todo_en}``.
    failure = models.JSONField(default=dict)
    #: What plan.json says, and the figures the page shows first.
    summary = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)

    #: The plan in force when this one was made.
    before = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=100, blank=True)
    ready_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="planning_plan_state"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="planning_plan_progress"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "state", "number"], name="planning_plan_state_at")]

    def __str__(self) -> str:
        return f"plan {self.number}"


class PlanSnapshot(Record):
    """Everything a plan was made from and its certificate: the plan directory as a zip, as `check` takes it.

    Holds codes, places, categories and quantities; never a contact and no person's words.
    """

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("content",)

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="snapshot")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"snapshot of {self.plan_id}"


class _Row(models.Model):
    """A row of a plan's tables: written once, by the thousand."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


class PlanNeed(_Row):
    """A need in a plan: asked beside planned-on, what it gets, and the reason of what it lacks."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="plan_needs")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="in_plans")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    urgency = models.SmallIntegerField()
    asked = models.BigIntegerField(null=True)
    #: Base units the plan works on: planned quantity less what is accepted, on its way or received, less cover.
    planned = models.BigIntegerField()
    #: How it came about: a `triage.types.Basis` value.
    basis = models.CharField(max_length=12)
    served = models.BigIntegerField(default=0)
    #: Blank when nothing is lacking.
    reason = models.CharField(max_length=30, blank=True)
    bottleneck = models.TextField(blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "need"], name="planning_need_once"),
            models.CheckConstraint(
                condition=Q(served__gte=0, served__lte=models.F("planned")), name="planning_need_served"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "urgency", "place", "id"], name="planning_need_order"),
            models.Index(fields=["plan", "reason", "urgency", "place", "id"], name="planning_need_reason_to"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.served}/{self.planned}"

    @property
    def gap(self) -> int:
        """Base units nobody reaches."""
        return self.planned - self.served


class PlanOffer(_Row):
    """An offer in a plan: what is free of it, what it gives, and why the rest should stay at home."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="plan_offers")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="in_plans")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    free = models.BigIntegerField(null=True)
    given = models.BigIntegerField(default=0)
    #: Blank when nothing is held.
    reason = models.CharField(max_length=30, blank=True)
    held = models.BigIntegerField(null=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    #: An earmarked gift: shown apart from what a command may allocate.
    earmarked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "offer"], name="planning_offer_once"),
            models.CheckConstraint(
                condition=Q(given__gte=0) & (Q(free=None) | Q(given__lte=models.F("free"))),
                name="planning_offer_given",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "reason", "id"], name="planning_offer_reason")]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.given}"


class PlanLine(_Row):
    """This offer, this need, this quantity, and why. `change` says how it stands beside the plan in force."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="lines")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    #: The need's line and place: what an approver's right is judged by.
    line = models.CharField(max_length=10)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="+")
    urgency = models.SmallIntegerField()
    #: Base units; 0 only for a line of the plan in force that is gone.
    quantity = models.BigIntegerField()
    #: Base units of the same pair in the plan in force; null when it is new.
    was = models.BigIntegerField(null=True)
    change = models.CharField(max_length=10, choices=Change, default=Change.NEW)
    reach = models.SmallIntegerField()
    basis = models.CharField(max_length=12)
    pinned = models.BooleanField(default=False)
    reason_zh = models.TextField()
    reason_en = models.TextField()
    state = models.CharField(max_length=10, choices=LineState, default=LineState.PROPOSED)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=100, blank=True)
    decided_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "need", "offer"], name="planning_line_once"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="planning_line_state"),
            models.CheckConstraint(condition=Q(reach__range=(0, 4)), name="planning_line_reach"),
            models.CheckConstraint(
                condition=Q(change=Change.GONE, quantity=0) | (~Q(change=Change.GONE) & Q(quantity__gt=0)),
                name="planning_line_quantity",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "urgency", "place", "id"], name="planning_line_order"),
            models.Index(fields=["plan", "state", "urgency", "place", "id"], name="planning_line_state_to"),
            models.Index(fields=["plan", "change", "urgency", "place", "id"], name="planning_line_change_to"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} > {self.need_id} {self.quantity}"


class LeftOut(_Row):
    """What a rule kept out of a plan: an offer, a need, or the pair of both; `text_*` names the rule and the fact."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="left_out")
    offer = models.ForeignKey(Offer, null=True, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20, choices=LeftOutRule)
    text_zh = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offer__isnull=False) | Q(need__isnull=False), name="planning_leftout_what"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "rule", "id"], name="planning_leftout_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.offer_id or ''} {self.need_id or ''}"
