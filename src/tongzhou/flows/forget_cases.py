"""What was said ends: after the days of its line, at the day of a case, or when the caller says so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from tongzhou.desks.casework.models import Case, Conversation, KeepingRule
from tongzhou.desks.casework.policies import KEEP_RULES
from tongzhou.desks.casework.services import handing, keeping
from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.hotline.types import CallbackState, State
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_read import lines_of
from tongzhou.kernel import audit, clock, erasures, throttle
from tongzhou.kernel.access import SYSTEM, Actor, may
from tongzhou.kernel.errors import Refusal

__all__ = ["consent_by_caller", "erase_by_code", "erase_own", "erase_secret", "forget_due", "set_keeping"]

_AT_ONCE = 200
#: Guesses of an erase code from one address in an hour.
_TRIES = 20
_OVER = (State.WRAPPING.value, State.ENDED.value, State.ABANDONED.value, State.MISSED.value)


def forget_due(now: dt.datetime | None = None) -> int:
    """Erase what has been kept long enough; how many. By the tick, a part at a time."""
    now = now or clock.now()
    days = {row.line_id: row.contact_days for row in KeepingRule.objects.all()}
    late = Q(pk__in=[])
    for line_id, own in days.items():
        late |= Q(line_id=line_id, ended_at__lt=now - dt.timedelta(days=own))
    late |= ~Q(line_id__in=list(days)) & Q(ended_at__lt=now - dt.timedelta(days=KeepingRule().contact_days))
    held = Conversation.objects.filter(record_key__isnull=False)
    unreviewed = Q(glass__granted_at__isnull=False, glass__reviewed_at=None)
    over = Contact.objects.filter(late, state__in=_OVER).values("pk")
    due = held.filter(pk__in=over).exclude(pk__in=held.filter(unreviewed).values("pk"))
    done = 0
    for conversation in due[:_AT_ONCE]:
        done += keeping.erase_conversation(conversation=conversation, reason="kept_long_enough")
    for case in Case.objects.filter(record_key__isnull=False, keep_until__lt=now.date())[:_AT_ONCE]:
        done += keeping.erase_case(case=case, reason="kept_long_enough")
    return done + _forget_calls(now) + handing.forget_old(now) + keeping.sweep()


def _forget_calls(now: dt.datetime) -> int:
    """Numbers of callbacks that are over and old; one that still waits never vanishes."""
    old = LineCallback.objects.filter(record_key__isnull=False, updated_at__lt=now - dt.timedelta(days=30))
    done = 0
    for row in old.exclude(state=CallbackState.WAITING)[:_AT_ONCE]:
        done += erasures.destroy(row, LineCallback.objects.all(), actor=SYSTEM, act="line_callback.erase")
    return done


@transaction.atomic
def erase_own(*, contact: Contact, cases_too: bool = False) -> None:
    """The caller has it erased, while their browser still holds the secret. Raises ``erase_open``."""
    if contact.state not in _OVER:
        raise Refusal("erase_open")
    _erase(Conversation.objects.get(pk=contact.pk), cases_too)


def _erase(conversation: Conversation, cases_too: bool) -> None:
    if cases_too:
        for case in keeping.cases_of(conversation):
            keeping.erase_case(case=case, reason="caller")
    keeping.erase_conversation(conversation=conversation, reason="caller")


def erase_by_code(*, code: str, cases_too: bool, address: str) -> None:
    """The same at any later time, with the code. Raises ``erase_unknown``, ``erase_open``, ``too_many``."""
    with transaction.atomic():
        throttle.hit("line-erase", address or "unknown", limit=_TRIES, seconds=3600)
    with transaction.atomic():
        conversation = keeping.conversation_of_code(code)
        if conversation is None:
            raise Refusal("erase_unknown")
        if Contact.objects.get(pk=conversation.pk).state not in _OVER:
            raise Refusal("erase_open")
        _erase(conversation, cases_too)


def erase_secret(*, contact: Contact) -> str:
    """A code with which the caller can have it erased later; shown once."""
    return keeping.erase_code(Conversation.objects.get(pk=contact.pk))


@transaction.atomic
def consent_by_caller(*, contact: Contact, purpose: str, given: bool, now: dt.datetime) -> None:
    """The caller says yes or no to a purpose on their own page."""
    conversation = Conversation.objects.get(pk=contact.pk)
    keeping.consent(conversation=conversation, purpose=purpose, given=given, account_id=None, now=now)


@transaction.atomic
def set_keeping(*, actor: Actor, line: ServiceLine, contact_days: int, case_days: int) -> None:
    """Say how long a line keeps things. Raises ``keeping_days``, ``not_found``."""
    if not may(actor, KEEP_RULES) or line.pk not in {one.pk for one in lines_of(actor)}:
        raise Refusal("not_found")
    row = keeping.set_rule(line_id=line.pk, contact=contact_days, case=case_days)
    audit.record(actor=actor, act=KEEP_RULES, obj=row, changes={"days": [None, [contact_days, case_days]]})
