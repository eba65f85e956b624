"""What was said on the line and what was written about it, sealed under one key per conversation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.casework.types import Audience, Side
from tongzhou.kernel import clock
from tongzhou.kernel.models import SealedRecord

__all__ = ["Conversation", "Message", "NoteVersion", "Signal"]


class Conversation(SealedRecord):
    """The key of everything said and written in one contact (its id is the contact's). Destroy it, and all is gone.

    The counters number what hangs from it without a gap; whoever raises one holds the row until the commit, so what is
    numbered later also appears later.
    """

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("last_seq", "last_signal", "last_note", "erase_mac")
    COMPARED = ("erase_mac",)

    line_id = models.UUIDField()
    last_seq = models.PositiveIntegerField(default=0)
    last_signal = models.PositiveIntegerField(default=0)
    last_note = models.PositiveIntegerField(default=0)
    #: Keyed hash of the code with which the caller can have it erased later; it opens nothing.
    erase_mac = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["erase_mac"], name="casework_erase_code", condition=~Q(erase_mac=""))
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Message(models.Model):
    """One thing said: the ciphertext is bound to its place in its conversation and does not open anywhere else."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    side = models.CharField(max_length=10, choices=Side)
    audience = models.CharField(max_length=4, choices=Audience, default=Audience.BOTH)
    #: Made by the sender: the same message sent twice is one.
    client_id = models.CharField(max_length=40)
    account_id = models.UUIDField(null=True)
    #: Null once it was destroyed.
    sealed = models.BinaryField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="casework_message_seq"),
            models.UniqueConstraint(fields=["conversation", "side", "client_id"], name="casework_message_once"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="casework_message_side"),
        ]

    def __str__(self) -> str:
        return f"message {self.conversation_id}/{self.seq}"


class NoteVersion(models.Model):
    """The notes of a contact as they stood at one time; the highest number is how they stand now."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="notes")
    number = models.PositiveIntegerField()
    account_id = models.UUIDField()
    sealed = models.BinaryField(null=True)
    begun_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "number"], name="casework_note_number")
        ]

    def __str__(self) -> str:
        return f"note {self.conversation_id}/{self.number}"


class Signal(models.Model):
    """Something one side's browser tells the other's (how to reach it by voice). Sealed, and gone after a minute."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="signals")
    number = models.PositiveIntegerField()
    #: Who is to hear it: ``caller`` or ``counsellor``.
    to = models.CharField(max_length=10, choices=Side)
    sealed = models.BinaryField()
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "number"], name="casework_signal_number")
        ]

    def __str__(self) -> str:
        return f"signal {self.conversation_id}/{self.number}"
