"""The trail of a contact: what happened and who did it, in the transaction of the effect."""

from __future__ import annotations

import datetime as dt
import uuid

from tongzhou.desks.hotline.models import Contact, ContactEvent

__all__ = ["happened"]


def happened(
    contact: Contact, kind: str, *, now: dt.datetime, account_id: uuid.UUID | None = None, detail: str = ""
) -> None:
    """Append one event."""
    ContactEvent.objects.create(contact=contact, kind=kind, at=now, account_id=account_id, detail=detail)
