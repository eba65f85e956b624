"""Breaking the glass: one asks, a second grants for an hour, a third looks it over. Each step is one UPDATE."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F

from tongzhou.desks.casework.models import Conversation, GlassAccess
from tongzhou.kernel import crypto
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LASTS", "ask", "decide", "reason_of", "review", "see"]

LASTS = dt.timedelta(minutes=60)
#: Fewest and most characters of a reason.
LEAST, MOST = 10, 1_000


def _account(actor: Actor) -> uuid.UUID:
    if actor.account_id is None:
        raise Refusal("not_found")
    return actor.account_id


def _words(text: str) -> bytes:
    said = text.strip()
    if not LEAST <= len(said) <= MOST:
        raise Refusal("glass_reason", least=LEAST, most=MOST)
    return said.encode()


@transaction.atomic
def ask(*, actor: Actor, conversation: Conversation, reason: str, now: dt.datetime) -> GlassAccess:
    """Ask for it, with a reason. Raises ``glass_reason``."""
    row = GlassAccess(
        conversation=conversation, line_id=conversation.line_id, asked_by=_account(actor), asked_name=actor.name[:100],
        asked_at=now,
    )  # fmt: skip
    row.reason = crypto.seal_bytes(conversation, f"glass reason {row.pk}", _words(reason))
    row.save(force_insert=True)
    return row


@transaction.atomic
def decide(*, actor: Actor, row: GlassAccess, grant: bool, now: dt.datetime) -> None:
    """A second person says yes (an hour from now) or no. Raises ``glass_two``, ``glass_over``."""
    me = _account(actor)
    if me == row.asked_by:
        raise Refusal("glass_two")
    undecided = GlassAccess.objects.filter(pk=row.pk, granted_at=None, refused_at=None)
    said = {"granted_by": me, "granted_name": actor.name[:100], "version": F("version") + 1}
    said |= {"granted_at": now, "until": now + LASTS} if grant else {"refused_at": now}
    if not undecided.update(**said):
        raise Refusal("glass_over")


@transaction.atomic
def see(*, actor: Actor, row: GlassAccess, now: dt.datetime) -> Conversation:
    """Whoever asked looks through it, while it is open; counted. Raises ``not_found``, ``glass_over``."""
    if actor.account_id != row.asked_by or row.granted_at is None:
        raise Refusal("not_found")
    if not GlassAccess.objects.filter(pk=row.pk, until__gt=now).update(views=F("views") + 1):
        raise Refusal("glass_over")
    return row.conversation


@transaction.atomic
def review(*, actor: Actor, row: GlassAccess, justified: bool, findings: str, now: dt.datetime) -> None:
    """A third person says afterwards whether it was right. Raises ``glass_third``, ``glass_open``, ``glass_over``."""
    me = _account(actor)
    if me in (row.asked_by, row.granted_by):
        raise Refusal("glass_third")
    if row.granted_at is None or row.until is None or row.until > now:
        raise Refusal("glass_open")
    sealed = crypto.seal_bytes(row.conversation, f"glass findings {row.pk}", _words(findings))
    rows = GlassAccess.objects.filter(pk=row.pk, reviewed_at=None)
    if not rows.update(
        reviewed_by=me, reviewed_name=actor.name[:100], reviewed_at=now, justified=justified, findings=sealed,
        version=F("version") + 1,
    ):  # fmt: skip
        raise Refusal("glass_over")


def reason_of(row: GlassAccess) -> tuple[str, str]:
    """(why it was asked, what was found), "" for what is not there."""
    conversation = row.conversation
    if conversation.record_key is None:
        return "", ""
    reason, findings = (
        crypto.unseal_bytes(conversation, f"glass {name} {row.pk}", bytes(sealed)).decode() if sealed else ""
        for name, sealed in (("reason", row.reason), ("findings", row.findings))
    )
    return reason, findings
