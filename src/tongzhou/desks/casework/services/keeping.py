"""What was said ends when its purpose ends: keys destroyed, ciphertext emptied, erased for good after a restore too."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.casework.models import (
    Case,
    CaseContact,
    Consent,
    ContactForm,
    Conversation,
    GlassAccess,
    HandedMatter,
    KeepingRule,
    Message,
    NoteVersion,
    Paper,
    Referral,
    Signal,
)
from tongzhou.desks.casework.policies import ERASE
from tongzhou.desks.casework.types import AGREED_BY_DEFAULT, Purpose
from tongzhou.kernel import crypto, erasures, ids
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal

__all__ = [
    "agreed",
    "cases_of",
    "consent",
    "contact_days",
    "conversation_of_code",
    "erase_case",
    "erase_code",
    "erase_conversation",
    "set_rule",
    "sweep",
]


def contact_days(line_id: uuid.UUID) -> int:
    """How many days the line keeps what was said."""
    row = KeepingRule.objects.filter(line_id=line_id).first()
    return (row or KeepingRule()).contact_days


@transaction.atomic
def set_rule(*, line_id: uuid.UUID, contact: int, case: int) -> KeepingRule:
    """Say how long a line keeps conversations and cases, in days. Raises ``keeping_days``."""
    if not (1 <= contact <= 3650 and 1 <= case <= 3650):
        raise Refusal("keeping_days")
    row, _new = KeepingRule.objects.update_or_create(
        line_id=line_id, defaults={"contact_days": contact, "case_days": case}
    )
    return row


@transaction.atomic
def erase_conversation(*, conversation: Conversation, reason: str) -> bool:
    """Destroy everything said, written and filled in; that it took place stays. False when it was done before."""
    rows = Conversation.objects.filter(record_key__isnull=False)
    done = erasures.destroy(conversation, rows, actor=SYSTEM, act=ERASE, reason=reason)
    _empty(conversation.pk)
    for referral in Referral.objects.filter(contact_id=conversation.pk, record_key__isnull=False):
        erasures.destroy(referral, Referral.objects.all(), actor=SYSTEM, act=ERASE, reason=reason)
    for matter in HandedMatter.objects.filter(contact_id=conversation.pk, record_key__isnull=False):
        erasures.destroy(matter, HandedMatter.objects.all(), actor=SYSTEM, act=ERASE, reason=reason)
    return done


def _empty(pk: uuid.UUID) -> int:
    """Take the ciphertext away as well: without its key nobody could read it, with it gone nobody need try."""
    left = 0
    for model in (Message, NoteVersion, Paper):
        left += model._default_manager.filter(conversation_id=pk, sealed__isnull=False).update(sealed=None)
    GlassAccess.objects.filter(conversation_id=pk).update(reason=None, findings=None)
    return left + Signal.objects.filter(conversation_id=pk).delete()[0]


@transaction.atomic
def erase_case(*, case: Case, reason: str) -> bool:
    """Destroy what was written in a case, and the code of its profile when no other case needs it."""
    done = erasures.destroy(case, Case.objects.filter(record_key__isnull=False), actor=SYSTEM, act=ERASE, reason=reason)
    Paper.objects.filter(case_id=case.pk).update(sealed=None)
    if not Case.objects.filter(profile_id=case.profile_id, record_key__isnull=False).exists():
        profiles = type(case.profile)._default_manager.filter(record_key__isnull=False)
        erasures.destroy(case.profile, profiles, actor=SYSTEM, act=ERASE, reason=reason)
    return done


def sweep(limit: int = 500) -> int:
    """Empty what hangs from keys that are gone (after a restore the keys go first); how many rows."""
    gone = Conversation.objects.filter(record_key__isnull=True)
    owners = set()
    for model in (Message, NoteVersion, Paper):
        rows = model._default_manager.filter(conversation__in=gone, sealed__isnull=False)
        owners |= set(rows.values_list("conversation_id", flat=True)[:limit])
    with transaction.atomic():
        lost = Paper.objects.filter(case__record_key__isnull=True, case__isnull=False, sealed__isnull=False)
        return sum(_empty(one) for one in owners) + lost.update(sealed=None)


@transaction.atomic
def consent(
    *, conversation: Conversation, purpose: str, given: bool, account_id: uuid.UUID | None, now: dt.datetime
) -> None:
    """Write down a yes or no. A no to statistics takes the categories out of the figures at once."""
    if purpose not in Purpose.values:
        raise Refusal("bad_request")
    Consent.objects.create(conversation=conversation, purpose=purpose, given=given, account_id=account_id, at=now)
    if purpose == Purpose.STATISTICS and not given:
        ContactForm.objects.filter(contact_id=conversation.pk).delete()


def agreed(conversation: Conversation) -> dict[str, bool]:
    """What the caller agrees to now, by purpose."""
    said = dict(AGREED_BY_DEFAULT)
    for row in Consent.objects.filter(conversation=conversation).order_by("id"):
        said[row.purpose] = row.given
    return said


def _mac(code: str) -> str:
    return crypto.mac("line-erase", code.encode())


@transaction.atomic
def erase_code(conversation: Conversation) -> str:
    """A code with which the caller can have it erased as long as it is kept; the one before ends."""
    code = ids.new_code()
    kept = Conversation.objects.filter(pk=conversation.pk, record_key__isnull=False)
    if not kept.update(erase_mac=_mac(code)):
        raise Refusal("shredded")
    return code


def conversation_of_code(code: str) -> Conversation | None:
    """The conversation a code erases; None for a wrong one."""
    known = ids.parse_code(code)
    return Conversation.objects.filter(erase_mac=_mac(known)).first() if known else None


def cases_of(conversation: Conversation) -> list[Case]:
    """Cases the conversation belongs to, that are still kept."""
    rows = CaseContact.objects.filter(contact_id=conversation.pk).values("case_id")
    return list(Case.objects.filter(pk__in=rows, record_key__isnull=False))
