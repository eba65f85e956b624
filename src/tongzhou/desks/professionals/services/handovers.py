"""A few words from one shift to the next; gone after a week."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction

from tongzhou.desks.professionals.models import Handover, Professional
from tongzhou.desks.professionals.policies import WORK_SHIFT, allows_on, require_on
from tongzhou.desks.professionals.services.people import scope_of
from tongzhou.kernel import audit, changes, crypto, erasures
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["FORGOTTEN", "KEPT", "MOST_LETTERS", "forget_handovers", "hand_over", "recent"]

KEPT = dt.timedelta(days=7)
MOST_LETTERS = 300
#: The act under which it stands in the trail.
FORGOTTEN = "line_handover.forgotten"
#: Seven digits in a row (blanks and hyphens between them allowed): a telephone or identity number.
_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")


@transaction.atomic
def hand_over(*, actor: Actor, person: Professional, words: str, now: dt.datetime) -> Handover:
    """Leave a note for the next shift. Raises ``Refusal`` handover_contact, handover_long, not_found."""
    require_on(actor, WORK_SHIFT, person.line)
    if person.account_id != actor.account_id or not words.strip():
        raise Refusal("not_found")
    if len(words) > MOST_LETTERS:
        raise Refusal("handover_long", most=MOST_LETTERS)
    if _NUMBER.search(words):
        raise Refusal("handover_contact")
    note = Handover(line=person.line, author=person, expires_at=now + KEPT)
    crypto.prepare(note, scope_of(person.line))
    crypto.seal(note, words=words.strip())
    return changes.create(note, actor=actor, act=WORK_SHIFT)


def recent(*, actor: Actor, person: Professional, now: dt.datetime, most: int = 10) -> list[dict[str, object]]:
    """The latest notes of the person's line, in clear; who read them is logged once a page."""
    if not allows_on(actor, WORK_SHIFT, person.line) or person.account_id != actor.account_id:
        raise Refusal("not_found")
    rows = Handover.objects.filter(line=person.line, expires_at__gt=now, record_key__isnull=False)
    notes = list(rows.select_related("author")[:most])
    if notes:
        audit.looked(actor=actor, act=WORK_SHIFT, obj=person.line, fields=["handovers"])
    return [{"by": one.author.alias, "at": one.created_at, "words": crypto.unseal(one, "words")} for one in notes]


@transaction.atomic
def forget_handovers(now: dt.datetime) -> int:
    """Destroy notes older than a week; how many."""
    old = Handover.objects.filter(expires_at__lte=now, record_key__isnull=False)[:500]
    return sum(erasures.destroy(one, Handover.objects.all(), actor=SYSTEM, act=FORGOTTEN) for one in old)
