"""People who asked the line to call them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.hotline.models.contacts import Contact
from tongzhou.desks.hotline.types import CallbackState
from tongzhou.kernel.models import SealedRecord

__all__ = ["LineCallback"]


class LineCallback(SealedRecord):
    """A wish to be called by the line. The phone and the words are sealed; whoever has it in hand sees them."""

    SEALED = ("phone", "words")
    COMPARED = ("phone_index",)

    line_id = models.UUIDField()
    phone = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=32, blank=True)
    words = models.BinaryField(null=True)
    language = models.CharField(max_length=20, default="mandarin")
    #: The contact that was not answered, if it came from one.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="callbacks")
    state = models.CharField(max_length=10, choices=CallbackState, default=CallbackState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    #: Not before this moment: later after each call nobody answered.
    next_at = models.DateTimeField()
    holder_id = models.UUIDField(null=True)
    holder_name = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CallbackState.values), name="hotline_callback_state"),
            models.UniqueConstraint(
                fields=["line_id", "phone_index"],
                name="hotline_callback_once",
                condition=Q(state="waiting") & ~Q(phone_index=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["line_id", "state", "next_at"], name="hotline_callback_queue")]

    def __str__(self) -> str:
        return f"callback {self.pk}"
