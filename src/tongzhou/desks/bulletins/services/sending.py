"""What goes out as CAP when a bulletin is published, corrected or ended: appended, never changed."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings

from tongzhou.desks.bulletins.models import Bulletin, CapMessage
from tongzhou.desks.bulletins.services.cap import Alert, Area, cap_xml, reference
from tongzhou.desks.bulletins.types import CapType
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor

__all__ = ["cap_of_correction", "expired", "public_address", "send_cap", "site_name"]

#: Bulletins of a desk without an address of its own still need a sender.
_NOWHERE = "tongzhou.invalid"


def site_name() -> str:
    """The host this desk is reached at: the sender of its messages."""
    return urlsplit(settings.TONGZHOU_ADDRESS).hostname or _NOWHERE


def public_address(code: str) -> str:
    """Where a bulletin's card is; "" when the desk has no address of its own."""
    return f"{settings.TONGZHOU_ADDRESS}/b/{code}/" if settings.TONGZHOU_ADDRESS else ""


def expired(bulletin: Bulletin, now: dt.datetime) -> bool:
    """True when its time is over: what was sent of it ran out by itself (CAP 1.2, ``expires``)."""
    return bulletin.valid_until is not None and bulletin.valid_until <= now


def cap_of_correction(before: bool, after: bool) -> CapType | None:
    """What a correction is in CAP, by whether the bulletin was expired before it and is after it; None: nothing.

    An update supersedes a message that still holds. One that ran out is not updated: what holds again is a new alert.
    A correction that puts the end into the past takes back what readers still follow. Of what was and stays expired
    nobody needs to hear.
    """
    if before:
        return None if after else CapType.ALERT
    return CapType.CANCEL if after else CapType.UPDATE


def _chain(bulletin: Bulletin) -> list[CapMessage]:
    """The messages a later one refers to: from the newest alert on; none after a cancellation."""
    rows = list(bulletin.cap_messages.order_by("number"))
    if not rows or rows[-1].kind == CapType.CANCEL:
        return []
    first = max(index for index, one in enumerate(rows) if one.kind == CapType.ALERT)
    return rows[first:]


def send_cap(
    *, actor: Actor, act: Act, bulletin: Bulletin, kind: CapType, now: dt.datetime, note: str = ""
) -> CapMessage:
    """Append the next message of a bulletin. Called in the transaction of what it tells."""
    last = bulletin.cap_messages.order_by("-number").first()
    number = last.number + 1 if last is not None else 1
    identifier = f"tongzhou.{bulletin.code}.{number}"
    # A message of the same second would be named like the one before.
    sent = max(now, last.sent_at + dt.timedelta(seconds=1)) if last is not None else now
    earlier = [] if kind == CapType.ALERT else _chain(bulletin)
    exercise = bulletin.response is not None and bulletin.response.is_exercise
    alert = Alert(
        identifier=identifier, sender=site_name(), sent=sent, msg_type=kind.value,
        status="Exercise" if exercise else "Actual", kind=bulletin.kind, severity=bulletin.severity,
        title=bulletin.title, body=bulletin.body, title_en=bulletin.title_en, body_en=bulletin.body_en,
        said=bulletin.said, said_en=bulletin.said_en, verdict=bulletin.verdict, evidence=bulletin.evidence,
        source_name=bulletin.source_name, source_url=bulletin.source_url, source_number=bulletin.source_number,
        note=note, web=public_address(bulletin.code), areas=_areas(bulletin), effective=bulletin.valid_from or now,
        expires=bulletin.valid_until if bulletin.valid_until is None or bulletin.valid_until > sent else None,
        references=[reference(one.sender, one.identifier, one.sent_at) for one in earlier],
    )  # fmt: skip
    row = CapMessage(
        bulletin=bulletin, number=number, kind=kind, sender=site_name(), identifier=identifier, sent_at=sent,
        xml=cap_xml(alert),
    )  # fmt: skip
    return changes.create(row, actor=actor, act=act)


def _areas(bulletin: Bulletin) -> list[Area]:
    rows = bulletin.places.filter(withdrawn_at=None).select_related("place").order_by("place_id")
    return [Area(one.place_id, one.place.full_name, one.place.full_name_en) for one in rows]
