"""Contacts with the line, what happened to each, and the seats; never what was said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.hotline.types import (
    OPEN_STATES,
    CallType,
    Channel,
    EndedBy,
    EventKind,
    SeatState,
    State,
    Urgency,
)
from tongzhou.kernel import clock
from tongzhou.kernel.models import Record

__all__ = ["AgainCode", "Contact", "ContactEvent", "Seat"]


class Contact(Record):
    """One conversation on the line: who waits for whom, since when, and how it ended.

    Nobody is named: a caller is whoever holds the secret (only its hash is kept). `address_mac` is a keyed hash of the
    network address against floods, blanked after a day.
    """

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("caller_secret_hash", "address_mac", "caller_seen_at")

    line_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.CHAT)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    arrived_at = models.DateTimeField(default=clock.now)
    #: When it (last) began to wait: the same as `arrived_at` unless it went back into the queue.
    queued_at = models.DateTimeField(default=clock.now)
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, choices=EndedBy, blank=True)
    skill = models.CharField(max_length=40, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=20, default="mandarin")
    #: City level or blank.
    place_id = models.CharField(max_length=12, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.ROUTINE)
    #: Asked for the counsellor of before; kept for them until `wanted_until`.
    wanted_id = models.UUIDField(null=True)
    wanted_until = models.DateTimeField(null=True)
    #: Goes before everybody: its counsellor's browser was lost.
    front = models.BooleanField(default=False)
    #: Many came from one address: goes after the others, is never refused for it.
    held = models.BooleanField(default=False)
    counsellor_id = models.UUIDField(null=True)
    #: The supervisor of the counsellor when it was answered: may read it.
    supervisor_id = models.UUIDField(null=True)
    #: The counsellor asked for quiet support; whoever took it (`joined_id`) may read it until it is over.
    support_asked_at = models.DateTimeField(null=True)
    joined_id = models.UUIDField(null=True)
    escalated_at = models.DateTimeField(null=True)
    hard = models.BooleanField(default=False)
    call_type = models.CharField(max_length=12, choices=CallType, blank=True)
    form_version = models.PositiveIntegerField(default=1)
    #: "" once nobody can take it up any more.
    caller_secret_hash = models.CharField(max_length=64, blank=True)
    caller_seen_at = models.DateTimeField(default=clock.now)
    address_mac = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="hotline_contact_state"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="hotline_contact_channel"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "abandoned", "missed", "offered")) | Q(answered_at__isnull=False),
                name="hotline_contact_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("active", "wrapping")) | Q(counsellor_id__isnull=False),
                name="hotline_contact_counsellor",
            ),
            models.UniqueConstraint(
                fields=["caller_secret_hash"], name="hotline_contact_secret", condition=~Q(caller_secret_hash="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["line_id", "state", "queued_at"],
                name="hotline_contact_open",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["line_id", "arrived_at"], name="hotline_contact_arrived"),
            models.Index(fields=["counsellor_id", "answered_at"], name="hotline_contact_counsellor_ix"),
            models.Index(fields=["arrived_at"], name="hotline_contact_address", condition=~Q(address_mac="")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state} {self.pk}"


class ContactEvent(models.Model):
    """One thing that happened to a contact, and who did it. Appended, never changed; holds nothing that was said."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    at = models.DateTimeField(default=clock.now)
    account_id = models.UUIDField(null=True)
    #: A short code (who ended it, which rule), never words of somebody.
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contact", "id"], name="hotline_event_contact")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class Seat(Record):
    """A counsellor at work on a line: what they are doing now, since when, and when their browser was last heard."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("heard_at",)

    line_id = models.UUIDField()
    account_id = models.UUIDField(unique=True)
    account_name = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=SeatState, default=SeatState.OFF)
    since = models.DateTimeField(default=clock.now)
    heard_at = models.DateTimeField(default=clock.now)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    #: When the present sitting began, and the last break: what the break prompt counts from.
    sitting_since = models.DateTimeField(null=True)
    last_break_at = models.DateTimeField(null=True)
    since_break = models.PositiveSmallIntegerField(default=0)
    hard_since_break = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SeatState.values), name="hotline_seat_state"),
            models.UniqueConstraint(fields=["contact"], name="hotline_seat_one", condition=Q(contact__isnull=False)),
        ]
        indexes: ClassVar = [models.Index(fields=["line_id", "state"], name="hotline_seat_line")]

    def __str__(self) -> str:
        return f"seat {self.account_id} {self.state}"


class AgainCode(models.Model):
    """Leads a caller who kept it to the counsellor of before. Only a keyed hash of the code is kept."""

    id = models.BigAutoField(primary_key=True)
    code_mac = models.CharField(max_length=64, unique=True)
    line_id = models.UUIDField()
    counsellor_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"again {self.pk}"
