"""Channels out of the house, what each person chose, and what was said to whom."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.kernel.models import Record, SealedRecord
from tongzhou.registers.notices.types import ChannelKind, NoticeKind

__all__ = ["CalendarLink", "Channel", "Notice", "Preference"]


class Channel(SealedRecord):
    """A way out set up by an administrator: mail, a chat's robot, an SMS gateway, a webhook. Its secrets are sealed."""

    SEALED = ("address", "secret")

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=ChannelKind)
    #: Where it leads: an apprise address, or the https address of a gateway.
    address = models.BinaryField(null=True)
    #: Signs what is sent to a gateway or webhook.
    secret = models.BinaryField(null=True)
    #: Kinds that go to the channel itself (a team's chat), not to persons; empty: it carries persons' notices.
    broadcasts = models.JSONField(default=list)
    response = models.ForeignKey("responses.Response", null=True, on_delete=models.PROTECT, related_name="+")
    #: What a group reads; persons are told in their own language.
    language = models.CharField(max_length=10, default="zh-hans")
    enabled = models.BooleanField(default=True)
    last_sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], name="notices_channel_once"),
            models.CheckConstraint(condition=Q(kind__in=ChannelKind.values), name="notices_channel_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Preference(SealedRecord):
    """How one account wants to be told: by which channel, at which address, of what, and when not."""

    SEALED = ("address",)

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="notice_preferences")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="preferences")
    address = models.BinaryField(null=True)
    #: `NoticeKind` values; empty: all.
    kinds = models.JSONField(default=list)
    #: Quiet from and until, minutes of the day in Beijing; equal: never quiet. Life-critical notices go out anyway.
    quiet_from = models.PositiveSmallIntegerField(default=22 * 60)
    quiet_until = models.PositiveSmallIntegerField(default=7 * 60)
    enabled = models.BooleanField(default=True)
    #: Since when nothing gets through to this address, whatever the channel does for others.
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "channel"], name="notices_preference_once"),
            models.CheckConstraint(
                condition=Q(quiet_from__lt=1440, quiet_until__lt=1440), name="notices_preference_quiet"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} by {self.channel_id}"

    @property
    def way(self) -> uuid.UUID:
        """What rests when this fails: the channel, or only this one where the address is the person's own server."""
        return self.pk if self.channel.kind == ChannelKind.WEBHOOK else self.channel_id


class Notice(Record):
    """Something to be said to one account: shown in the house at once, carried out by the outbox when chosen so.

    `facts` fills the sentence of its kind in the reader's language; no contact, no address, no person's words.
    """

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    facts = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    #: The same event told twice is one notice.
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notices_notice_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "read_at", "created_at"], name="notices_notice_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class CalendarLink(Record):
    """The secret address of somebody's task calendar: only its hash is kept; a new one ends the old one."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("secret_hash",)

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], name="notices_calendar_one", condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.account_id}"
