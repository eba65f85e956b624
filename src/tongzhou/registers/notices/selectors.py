"""Reads of notices: the own ones, the channels as far as they may be shown, and how the outbox stands."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.notices.models import CalendarLink, Channel, Notice, Preference
from tongzhou.registers.notices.policies import MANAGE_CHANNELS, READ_OUTBOX, hash_secret
from tongzhou.registers.notices.types import PERSONAL
from tongzhou.registers.people.models import Account

__all__ = [
    "Waiting", "calendar_owner", "channels", "failing", "get_channel", "has_calendar", "notices_of",
    "personal_channels", "preferences_of", "unread", "waiting",
]  # fmt: skip


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """The actor's own, the newest first."""
    return Notice.objects.filter(account=actor.account_id).order_by("-created_at", "-id")


def unread(actor: Actor) -> int:
    """How many of the own notices are new, counted to 100."""
    rows = Notice.objects.filter(account=actor.account_id, read_at=None) if actor.signed_in else Notice.objects.none()
    return rows[:100].count()


def channels(actor: Actor) -> list[Channel]:
    """Every channel, for whoever sets them up; `unreached`: to how many persons' addresses it does not get through."""
    require(actor, MANAGE_CHANNELS)
    lost = Count("preferences", filter=Q(preferences__enabled=True, preferences__failing_since__isnull=False))
    return list(Channel.objects.select_related("response").annotate(unreached=lost).order_by("name"))


def get_channel(actor: Actor, channel_id: uuid.UUID) -> Channel:
    """One channel; ``Refusal("not_found")``."""
    require(actor, MANAGE_CHANNELS)
    found = Channel.objects.filter(pk=channel_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def personal_channels() -> list[Channel]:
    """Channels that carry notices to persons: name and kind may be shown to anybody signed in."""
    return list(Channel.objects.filter(enabled=True, kind__in=PERSONAL).order_by("name"))


def preferences_of(actor: Actor) -> dict[uuid.UUID, Preference]:
    """The own choices by channel."""
    rows = Preference.objects.filter(account=actor.account_id, enabled=True).select_related("channel")
    return {one.channel_id: one for one in rows}


def has_calendar(actor: Actor) -> bool:
    """True when the own calendar has an address."""
    return CalendarLink.objects.filter(account=actor.account_id, ended_at=None).exists()


def calendar_owner(secret: str) -> Account | None:
    """Whose calendar the secret opens; None for a wrong or ended one, or a closed account."""
    link = CalendarLink.objects.select_related("account").filter(secret_hash=hash_secret(secret), ended_at=None).first()
    return link.account if link is not None and link.account.is_active else None


def failing() -> list[Channel]:
    """Channels that do not get through at the moment."""
    return list(Channel.objects.filter(enabled=True, failing_since__isnull=False).order_by("failing_since"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one kind that are still to be sent; `failed` of them at least once, the oldest since `oldest`."""

    kind: str
    count: int
    failed: int
    oldest: dt.datetime | None


def waiting(actor: Actor, kinds: tuple[str, ...]) -> list[Waiting]:
    """How the outbox stands: what is due and not sent yet."""
    require(actor, READ_OUTBOX)
    rows = OutboxMessage.objects.filter(sent_at=None, kind__in=kinds, created_at__lte=clock.now())
    counted = rows.values("kind").annotate(
        n=Count("pk"), bad=Count("pk", filter=~Q(last_error="")), first=Min("created_at")
    )
    return [Waiting(one["kind"], one["n"], one["bad"], one["first"]) for one in counted.order_by("kind")]
