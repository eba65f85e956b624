"""People who would rather be called than fill in a form."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.chain.intake.models.contacts import Submission
from tongzhou.chain.intake.types import CallState, WantedTime
from tongzhou.kernel.models import SealedRecord

__all__ = ["CallbackRequest"]


class CallbackRequest(SealedRecord):
    """A wish to be called back. The phone and what was said are sealed; whoever holds the row sees them."""

    SEALED = ("phone", "reason", "place_text")
    COMPARED = ("phone_index",)

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    phone = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=32, blank=True)
    reason = models.BinaryField(null=True)
    place_text = models.BinaryField(null=True)
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(max_length=10, choices=WantedTime, default=WantedTime.ANY)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    #: Not before this moment: later after each call nobody answered.
    next_at = models.DateTimeField()
    outcome = models.CharField(max_length=300, blank=True)
    #: Who has it in hand, and until when.
    holder_id = models.UUIDField(null=True)
    holder_name = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True)
    #: The plea that was written down during the call.
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="callbacks")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="intake_callback_state"),
            models.CheckConstraint(condition=Q(wanted__in=WantedTime.values), name="intake_callback_wanted"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "state", "next_at"], name="intake_callback_queue")]

    def __str__(self) -> str:
        return f"callback {self.pk}"
