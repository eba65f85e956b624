"""Work in the background beside plans: approvals of many lines, and what another order of principles would change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.planning.models.plans import Plan
from tongzhou.chain.planning.types import ALIVE, JobState, Kind
from tongzhou.kernel.models import Record

__all__ = ["Approval", "Job", "PrinciplePreview"]


class Job(Record):
    """Work that a worker does piece by piece. A run is a token (`attempts`), as of a plan."""

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    #: Pieces done, of how many.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    #: Last sign of life of the worker; what stopped is begun again by the tick.
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why it could not be done: ``{code, zh, en, todo_zh, todo_en}``.
    failure = models.JSONField(default=dict)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def alive(self) -> bool:
        """A worker is, or will be, at it."""
        return self.state in ALIVE


class Approval(Job):
    """A person's yes to more lines than one request carries out; each batch of lines is decided wholly or not at all.

    `struck`: ids of the lines that are not carried out. `counts`: what was done so far, as
    `flows.approve_plan` says it. `command_answer`: what the command said to a proposal, "" when it was not asked yet.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="approvals")
    struck = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    command_answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="planning_approval_state"),
            models.UniqueConstraint(
                fields=["plan"], name="planning_approval_one", condition=Q(state__in=("queued", "running"))
            ),
        ]

    def __str__(self) -> str:
        return f"approval of {self.plan_id}: {self.done}/{self.total}"


class PrinciplePreview(Job):
    """Who would gain and who lose under another order of principles, at one moment; kept for a while."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    #: The order looked at, and the one in use then: names between commas.
    order = models.CharField(max_length=60)
    present = models.CharField(max_length=60)
    as_of = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    #: The answer is long and tells nothing that is not in the needs and offers themselves.
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("result",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="planning_preview_state"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="planning_preview_kind"),
            models.UniqueConstraint(
                fields=["response", "kind", "order"], name="planning_preview_one",
                condition=Q(state__in=("queued", "running")),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["response", "kind", "order", "created_at"], name="planning_preview_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.order}"
