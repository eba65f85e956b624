"""A draft goes back to its author with a reason; the next draft answers it. Both stay in the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.models import Bulletin, Remark
from tongzhou.desks.bulletins.policies import VERIFY_BULLETIN, WRITE_BULLETIN, codes_of, require_over
from tongzhou.desks.bulletins.services.texts import one_line
from tongzhou.desks.bulletins.types import BulletinState
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["UNVERIFIED", "answer_remark", "locked", "open_remark", "send_back"]

#: What a bulletin says of its verification when nobody verified the words it has now.
UNVERIFIED: dict[str, Any] = {
    "verified_by_id": None, "verified_by_name": "", "verified_role": "", "verified_how": "", "verified_at": None,
}  # fmt: skip


def locked(bulletin: Bulletin) -> None:
    """Hold the row until the transaction ends: a draft is not verified while it is being sent back."""
    Bulletin.objects.select_for_update(no_key=True).filter(pk=bulletin.pk).first()


def open_remark(bulletin: Bulletin) -> Remark | None:
    """The remark that the author has not answered yet."""
    found: Remark | None = Remark.objects.filter(bulletin=bulletin, answer="").first()
    return found


@transaction.atomic
def send_back(*, actor: Actor, bulletin: Bulletin, text: str, expect: int, now: dt.datetime) -> Remark:
    """Give a draft, or one that was verified, back to its author with what to change or find out.

    Raises ``Refusal``: ``not_found``, ``bulletin_state``, ``bulletin_same_person``, ``bulletin_returned`` (it is with
    its author already), ``bad_form``, ``version_stale``.
    """
    require_over(actor, VERIFY_BULLETIN, codes_of(bulletin), bulletin)
    if actor.account_id is None:
        raise Refusal("not_found")
    locked(bulletin)
    if bulletin.state not in (BulletinState.DRAFT, BulletinState.VERIFIED):
        raise Refusal("bulletin_state", state=bulletin.get_state_display())
    if bulletin.author_id == actor.account_id:
        raise Refusal("bulletin_same_person")
    if open_remark(bulletin) is not None:
        raise Refusal("bulletin_returned")
    text = one_line(text, "text", _("请写要改什么、要再问清楚什么（4 到 300 个字）"))
    row = Remark(
        bulletin=bulletin, number=bulletin.remarks.count() + 1, state=bulletin.state, text=text,
        by_id=actor.account_id, by_name=actor.name[:100], at=now,
    )  # fmt: skip
    changes.apply(
        bulletin, actor=actor, act=VERIFY_BULLETIN, expect=expect, reason=text, state=BulletinState.DRAFT.value,
        **UNVERIFIED,
    )  # fmt: skip
    return changes.create(row, actor=actor, act=VERIFY_BULLETIN)


def answer_remark(*, actor: Actor, bulletin: Bulletin, text: str, now: dt.datetime) -> Remark | None:
    """What the author did about the open remark; None when there is none. Part of rewriting: see `change_bulletin`.

    Raises ``Refusal("bad_form")`` when a remark is open and nothing is said to it.
    """
    remark = open_remark(bulletin)
    if remark is None:
        return None
    text = one_line(text, "answer", _("请写怎样改的，或为什么不改（2 到 300 个字）"), least=2)
    return changes.apply(
        remark, actor=actor, act=WRITE_BULLETIN, answer=text, answered_by_id=actor.account_id,
        answered_by_name=actor.name[:100], answered_at=now,
    )  # fmt: skip
