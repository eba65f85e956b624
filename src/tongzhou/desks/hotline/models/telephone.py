"""Telephone exchanges that tell the line of their calls; and who is not answered for a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.hotline.models.contacts import Contact
from tongzhou.kernel import clock
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["Block", "LineExchange", "PhoneCall", "PhoneEvent"]


class LineExchange(SealedRecord):
    """A telephone exchange of a line. The secret it signs with is sealed."""

    SEALED = ("secret",)

    line_id = models.UUIDField()
    name = models.CharField(max_length=60)
    secret = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line_id", "name"], name="hotline_exchange_name", condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class PhoneCall(models.Model):
    """One call of an exchange as far as it was told; what it means is worked out anew from all that was told."""

    id = models.BigAutoField(primary_key=True)
    exchange = models.ForeignKey(LineExchange, on_delete=models.PROTECT, related_name="calls")
    #: Keyed hashes: what the exchange calls it, and the number it came from. Neither can be read back.
    call_mac = models.CharField(max_length=64)
    number_mac = models.CharField(max_length=64, blank=True)
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="phone_call")
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    counsellor_id = models.UUIDField(null=True)
    blocked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["exchange", "call_mac"], name="hotline_call_once")]

    def __str__(self) -> str:
        return f"call {self.pk}"


class PhoneEvent(models.Model):
    """An event of an exchange that was taken in; the same id again changes nothing."""

    id = models.BigAutoField(primary_key=True)
    exchange = models.ForeignKey(LineExchange, on_delete=models.PROTECT, related_name="events")
    event_mac = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["exchange", "event_mac"], name="hotline_event_once")]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Block(Record):
    """An address or number that is not answered until a stated time, by a supervisor's word. Only its hash is kept."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("mac",)

    line_id = models.UUIDField()
    mac = models.CharField(max_length=64)
    until = models.DateTimeField()
    by_id = models.UUIDField()
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["line_id", "mac", "until"], name="hotline_block_now")]

    def __str__(self) -> str:
        return f"block until {self.until:%Y-%m-%d %H:%M}"
