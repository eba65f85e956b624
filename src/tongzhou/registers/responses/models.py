"""One table: the emergencies being answered, several at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.kernel.models import Record
from tongzhou.kernel.words import local
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.types import State

__all__ = ["Response"]


class Response(Record):
    """One emergency being answered; all work hangs from it. An exercise is never shown to the public."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    area = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="responses")
    description = models.TextField(max_length=2000, blank=True)
    description_en = models.TextField(max_length=3000, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    is_exercise = models.BooleanField(default=False)
    #: A command (指挥部) allocates the goods: plans about goods are proposals to it, earmarked gifts stand apart.
    under_command = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["state", "-started_on", "slug"]
        constraints: ClassVar = [
            models.CheckConstraint(name="responses_response_named", condition=~Q(name="") & ~Q(slug="")),
            models.CheckConstraint(
                name="responses_response_ended",
                condition=Q(state=State.OPEN, ended_on__isnull=True)
                | Q(state=State.CLOSED, ended_on__isnull=False, ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def about(self) -> str:
        """Its description in the reader's language."""
        return local(self.description, self.description_en)

    @property
    def is_open(self) -> bool:
        """Whether it still takes needs and offers."""
        return self.state == State.OPEN
