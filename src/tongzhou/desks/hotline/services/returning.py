"""The code with which somebody finds the counsellor of before again; a caller keeps it or not."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.hotline.models import AgainCode, Contact
from tongzhou.kernel import crypto, ids
from tongzhou.kernel.errors import Refusal

__all__ = ["KEPT_FOR", "counsellor_of", "forget_old", "make_code"]

KEPT_FOR = dt.timedelta(days=90)


def _mac(line_id: uuid.UUID, code: str) -> str:
    return crypto.mac("line-again", f"{line_id}|{code}".encode())


@transaction.atomic
def make_code(*, contact: Contact, now: dt.datetime) -> str:
    """A new code for the counsellor of this contact; it opens nothing, it only chooses who answers.

    Raises ``not_found`` when nobody answered it.
    """
    if contact.counsellor_id is None:
        raise Refusal("not_found")
    code = ids.new_code()
    AgainCode.objects.create(
        code_mac=_mac(contact.line_id, code), line_id=contact.line_id, counsellor_id=contact.counsellor_id,
        expires_at=now + KEPT_FOR,
    )  # fmt: skip
    return code


def counsellor_of(*, line_id: uuid.UUID, code: str, now: dt.datetime) -> uuid.UUID | None:
    """The counsellor a code leads to; None for a wrong or old one."""
    known = ids.parse_code(code)
    if known is None:
        return None
    row = AgainCode.objects.filter(code_mac=_mac(line_id, known), expires_at__gt=now).first()
    return row.counsellor_id if row else None


def forget_old(*, now: dt.datetime) -> int:
    """Drop codes that are over; how many. Called by the tick."""
    return AgainCode.objects.filter(expires_at__lt=now).delete()[0]
