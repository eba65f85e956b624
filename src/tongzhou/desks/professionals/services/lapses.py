"""What happens by itself: licences run out at a shift's start, hours without a supervisor, data kept long enough."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from tongzhou.desks.professionals.models import Professional, ServiceLine, Shift, SupervisorGap
from tongzhou.desks.professionals.policies import LAPSE
from tongzhou.desks.professionals.selectors.shifts import able, reachable_supervisors, running_shifts
from tongzhou.desks.professionals.types import DONE_STATES
from tongzhou.kernel import changes, erasures
from tongzhou.kernel.access import SYSTEM

__all__ = [
    "FORGOTTEN",
    "KEPT_DAYS",
    "forget_people",
    "holes_at_start",
    "licences_ending",
    "supervisors_to_ask",
    "watch_supervision",
]

#: Days names and numbers are kept after somebody left or was refused.
KEPT_DAYS = 90
FORGOTTEN = "line_people.forgotten"
_AT_ONCE = 500


def holes_at_start(line: ServiceLine, now: dt.datetime) -> list[Shift]:
    """Mark running shifts of people who cannot take contacts, unmark those who can again; the newly marked."""
    fresh = []
    for shift in running_shifts(line.pk, now):
        code = able(shift.professional, line, since=shift.starts_at, now=now)
        if code != shift.hole_code:
            changes.apply(shift, actor=SYSTEM, act=LAPSE, hole_code=code)
            if code:
                fresh.append(shift)
    return fresh


@dataclass(frozen=True, slots=True)
class Supervision:
    """What changed about supervision: a gap that began (its row), or ended."""

    began: SupervisorGap | None = None
    ended: SupervisorGap | None = None


@transaction.atomic
def watch_supervision(line: ServiceLine, now: dt.datetime) -> Supervision:
    """Record when the open line has nobody who supervises, and when it has again."""
    gap = SupervisorGap.objects.select_for_update().filter(line=line, until=None).first()
    at_work = running_shifts(line.pk, now).exists()
    lacking = line.is_open(now) and at_work and not reachable_supervisors(line, now)
    if lacking and gap is None:
        made = SupervisorGap(line=line, since=now, asked=supervisors_to_ask(line).count())
        return Supervision(began=changes.create(made, actor=SYSTEM, act=LAPSE))
    if not lacking and gap is not None:
        return Supervision(ended=changes.apply(gap, actor=SYSTEM, act=LAPSE, until=now))
    return Supervision()


def supervisors_to_ask(line: ServiceLine) -> QuerySet[Professional]:
    """Supervisors of the line who are active."""
    return Professional.objects.filter(line=line, is_supervisor=True, state="active", account__isnull=False)


def licences_ending(line: ServiceLine, now: dt.datetime, days: int = 14) -> list[Professional]:
    """Active people whose licence ends within so many days, or has ended."""
    until = now.astimezone(line.zone).date() + dt.timedelta(days=days)
    rows = Professional.objects.filter(line=line, state="active", licence_until__lte=until)
    return list(rows.order_by("licence_until"))


def forget_people(now: dt.datetime) -> int:
    """Destroy names, contacts and licence numbers of who left or was refused ninety days ago; how many."""
    before = now - dt.timedelta(days=KEPT_DAYS)
    rows = Professional.objects.filter(state__in=DONE_STATES, state_at__lt=before, record_key__isnull=False)
    return sum(
        erasures.destroy(one, Professional.objects.filter(state__in=DONE_STATES), actor=SYSTEM, act=FORGOTTEN)
        for one in rows.order_by("pk")[:_AT_ONCE]
    )
