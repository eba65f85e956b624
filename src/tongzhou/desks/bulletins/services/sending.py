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

__all__ = ["public_address", "send_cap", "site_name"]

#: Bulletins of a desk without an address of its own still need a sender.
_NOWHERE = "tongzhou.invalid"


def site_name() -> str:
    """The host this desk is reached at: the sender of its messages."""
    return urlsplit(settings.TONGZHOU_ADDRESS).hostname or _NOWHERE


def public_address(code: str) -> str:
    """Where a bulletin's card is; "" when the desk has no address of its own."""
    return f"{settings.TONGZHOU_ADDRESS}/b/{code}/" if settings.TONGZHOU_ADDRESS else ""


def send_cap(
    *, actor: Actor, act: Act, bulletin: Bulletin, kind: CapType, now: dt.datetime, note: str = ""
) -> CapMessage:
    """Append the next message of a bulletin. Called in the transaction of what it tells."""
    earlier = list(bulletin.cap_messages.order_by("number"))
    number = len(earlier) + 1
    identifier = f"tongzhou.{bulletin.code}.{number}"
    # A message of the same second would be named like the one before.
    sent = max([now, *(one.sent_at + dt.timedelta(seconds=1) for one in earlier)])
    exercise = bulletin.response is not None and bulletin.response.is_exercise
    alert = Alert(
        identifier=identifier, sender=site_name(), sent=sent, msg_type=kind.value,
        status="Exercise" if exercise else "Actual", kind=bulletin.kind, severity=bulletin.severity,
        title=bulletin.title, body=bulletin.body, title_en=bulletin.title_en, body_en=bulletin.body_en,
        said=bulletin.said, said_en=bulletin.said_en, verdict=bulletin.verdict, evidence=bulletin.evidence,
        source_name=bulletin.source_name, source_url=bulletin.source_url, source_number=bulletin.source_number,
        note=note, web=public_address(bulletin.code), areas=_areas(bulletin), effective=bulletin.valid_from or now,
        expires=bulletin.valid_until,
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
