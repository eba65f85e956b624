"""Training that was done: everything read, and somebody else made sure. Before that nobody is rostered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction

from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.policies import CHECK_PERSON, require_on
from tongzhou.desks.professionals.selectors.lines import unread_items, unread_of
from tongzhou.desks.professionals.services.people import advance
from tongzhou.desks.professionals.types import DONE_STATES, PersonState
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["advance_waiting", "check_training", "rosterable", "to_check"]


@transaction.atomic
def check_training(
    *, actor: Actor, person: Professional, expect: int, on: dt.date, evidence: str, now: dt.datetime
) -> Professional:
    """Somebody else makes sure that the training was done: on which day, and what they saw.

    Raises ``Refusal`` check_own, check_evidence, training_unread (something is not acknowledged yet), training_date (in
    the future), person_state, version_stale, not_found.
    """
    require_on(actor, CHECK_PERSON, person.line)
    if actor.account_id is not None and actor.account_id == person.account_id:
        raise Refusal("check_own")
    if person.state == PersonState.APPLIED or person.state in DONE_STATES:
        raise Refusal("person_state", state=person.get_state_display())
    if not evidence.strip():
        raise Refusal("check_evidence")
    if on > now.astimezone(person.line.zone).date():
        raise Refusal("training_date")
    if left := len(unread_items(person, now)):
        raise Refusal("training_unread", n=left)
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, trained_by=actor.account_id or uuid.UUID(int=0),
        trained_by_name=actor.name[:100], trained_on=on, trained_evidence=evidence.strip(),
    )  # fmt: skip


def to_check(line: ServiceLine, now: dt.datetime) -> list[Professional]:
    """People who have read everything and whose training nobody has made sure of, in order of alias."""
    rows = Professional.objects.filter(line=line, trained_on=None)
    waiting = list(rows.exclude(state__in=[PersonState.APPLIED, *DONE_STATES]).order_by("alias"))
    unread = unread_of(waiting, now)
    return [one for one in waiting if not unread[one.pk]]


def rosterable(people: Iterable[Professional], now: dt.datetime) -> tuple[list[Professional], int]:
    """Of these people those whose training is done and made sure of, and how many are left out for it."""
    listed = list(people)
    unread = unread_of(listed, now)
    ready = [one for one in listed if one.trained_on is not None and not unread[one.pk]]
    return ready, len(listed) - len(ready)


@transaction.atomic
def advance_waiting(line: ServiceLine, now: dt.datetime) -> int:
    """People who acknowledged a guide elsewhere move on; how many. By the clock."""
    rows = Professional.objects.filter(line=line, state__in=[PersonState.CHECKED, PersonState.TRAINED])
    before = {one.pk: one.state for one in rows.filter(account__isnull=False)}
    moved = [advance(one, now) for one in rows.filter(pk__in=before)]
    return sum(one.state != before[one.pk] for one in moved)
