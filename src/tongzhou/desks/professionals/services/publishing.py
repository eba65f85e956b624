"""A roster published by a second person: its shifts hold, those of earlier rosters in the same days do not."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.desks.professionals.models import Roster, Shift
from tongzhou.desks.professionals.policies import PUBLISH_ROSTER, require_on
from tongzhou.desks.professionals.types import RosterState
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["publish"]


@transaction.atomic
def publish(*, actor: Actor, roster: Roster, expect: int, now: dt.datetime) -> tuple[Roster, set[uuid.UUID]]:
    """Put a draft into force; the roster and the accounts of whom it concerns.

    Raises ``Refusal`` roster_own (its maker), roster_state (no draft, a thought experiment), roster_past (its first
    day is over), version_stale, not_found.
    """
    require_on(actor, PUBLISH_ROSTER, roster.line)
    row = Roster.objects.select_for_update().select_related("line").get(pk=roster.pk)
    if row.state != RosterState.DRAFT or row.is_what_if:
        raise Refusal("roster_state", number=row.number, state=row.get_state_display())
    if row.made_by is not None and row.made_by == actor.account_id:
        raise Refusal("roster_own")
    if row.start < now.astimezone(row.line.zone).date():
        raise Refusal("roster_past")
    changes.apply(
        row, actor=actor, act=PUBLISH_ROSTER, expect=expect, state=RosterState.PUBLISHED, published_by=actor.account_id,
        published_by_name=actor.name[:100], published_at=now,
    )  # fmt: skip
    last = row.start + dt.timedelta(days=row.days - 1)
    earlier = Shift.objects.filter(line=row.line, in_force=True, date__gte=row.start, date__lte=last)
    meant = set(earlier.values_list("professional__account_id", flat=True))
    touched = set(earlier.values_list("roster_id", flat=True))
    earlier.update(in_force=False, withdrawn_at=now)
    mine = Shift.objects.filter(roster=row, withdrawn_at=None)
    mine.update(in_force=True)
    meant |= set(mine.values_list("professional__account_id", flat=True))
    _retire(actor, touched, now)
    return row, {one for one in meant if one is not None}


def _retire(actor: Actor, rosters: set[uuid.UUID], now: dt.datetime) -> None:
    """Rosters none of whose coming shifts hold any more."""
    for one in Roster.objects.filter(pk__in=rosters, state=RosterState.PUBLISHED):
        if not one.shifts.filter(in_force=True, ends_at__gt=now).exists():
            changes.apply(one, actor=actor, act=PUBLISH_ROSTER, state=RosterState.REPLACED)
