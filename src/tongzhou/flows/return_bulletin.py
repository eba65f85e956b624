"""A bulletin goes back to its author with a reason; rewritten and answered, whoever sent it back hears of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.bulletins.models import Bulletin, Remark
from tongzhou.desks.bulletins.services import bulletins, remarks
from tongzhou.desks.bulletins.types import SaidBulletin
from tongzhou.flows.notify import notify
from tongzhou.kernel.access import Actor
from tongzhou.registers.notices.types import NoticeKind
from tongzhou.registers.people.models import Account

__all__ = ["return_bulletin", "rewrite_bulletin"]


def _tell(bulletin: Bulletin, remark: Remark, account: uuid.UUID, event: str) -> None:
    there = Account.objects.filter(pk=account, is_active=True).values_list("pk", flat=True)
    notify(
        accounts=set(there), kind=NoticeKind.BULLETIN, path=f"/bulletins/desk/{bulletin.code}/",
        facts={"what": bulletin.title, "what_en": bulletin.title_en, "event": event},
        key=f"bulletin-{event}:{remark.pk}",
    )  # fmt: skip


@transaction.atomic
def return_bulletin(*, actor: Actor, bulletin: Bulletin, text: str, expect: int, now: dt.datetime) -> Remark:
    """Send it back, and tell its author. Raises what `services.remarks.send_back` raises."""
    remark = remarks.send_back(actor=actor, bulletin=bulletin, text=text, expect=expect, now=now)
    _tell(bulletin, remark, bulletin.author_id, "back")
    return remark


@transaction.atomic
def rewrite_bulletin(
    *, actor: Actor, bulletin: Bulletin, said: SaidBulletin, answer: str, expect: int, now: dt.datetime
) -> Bulletin:
    """Rewrite a draft; when it had been sent back, whoever did so hears that it was answered."""
    remark = remarks.open_remark(bulletin)
    bulletins.change_bulletin(actor=actor, bulletin=bulletin, said=said, answer=answer, expect=expect, now=now)
    if remark is not None:
        _tell(bulletin, remark, remark.by_id, "again")
    return bulletin
