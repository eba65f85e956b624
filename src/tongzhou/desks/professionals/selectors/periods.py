"""Shifts of a time: those of a line's rosters, one's own, and those that could be exchanged for it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from tongzhou.desks.professionals.models import Professional, ServiceLine, Shift, ShiftSwap
from tongzhou.desks.professionals.policies import LIST_ROSTERS, allows_on
from tongzhou.desks.professionals.types import PersonState
from tongzhou.kernel.access import Actor

__all__ = ["OFFERED", "colleagues", "own_shifts", "own_swaps", "shifts_between"]

#: Shifts of others, and people, offered for a swap.
OFFERED = 120
#: So far from one's own shift may the other one be.
_NEAR = dt.timedelta(days=7)


def shifts_between(actor: Actor, line: ServiceLine, first: dt.date, last: dt.date) -> QuerySet[Shift]:
    """What holds from `first` to `last` (both counted, days of the line): shifts of published rosters, as they are now.

    Drafts, and shifts swapped away or given up by whoever is ill, are not among them.
    """
    if not allows_on(actor, LIST_ROSTERS, line):
        return Shift.objects.none()
    rows = Shift.objects.filter(line=line, in_force=True, date__gte=first, date__lte=last)
    sealed = [f"professional__{name}" for name in (*Professional.SEALED, "record_key")]
    return rows.select_related("roster", "professional").defer(*sealed)


def own_shifts(person: Professional, now: dt.datetime) -> QuerySet[Shift]:
    """Somebody's shifts that are not over, the next one first."""
    rows = Shift.objects.filter(professional=person, in_force=True, ends_at__gt=now)
    return rows.select_related("line", "roster").order_by("starts_at", "id")


def own_swaps(person: Professional) -> QuerySet[ShiftSwap]:
    """Exchanges somebody asked for, or was asked for."""
    rows = ShiftSwap.objects.filter(Q(asker=person) | Q(other=person))
    return rows.select_related("asker", "other", "shift__roster", "other_shift__roster")


def colleagues(person: Professional, shift: Shift, now: dt.datetime) -> list[tuple[Professional, list[Shift]]]:
    """Who could take `shift` of `person`, by alias, each with the coming shifts near it that could be had for it."""
    near = (shift.starts_at - _NEAR, shift.starts_at + _NEAR)
    rows = Shift.objects.filter(roster=shift.roster, in_force=True, starts_at__gt=now, starts_at__range=near)
    found: dict[Professional, list[Shift]] = {}
    theirs = rows.exclude(professional=person).select_related("professional", "line", "roster")
    for one in theirs.order_by("starts_at")[:OFFERED]:
        found.setdefault(one.professional, []).append(one)
    others = Professional.objects.filter(line=person.line, state=PersonState.ACTIVE).exclude(pk=person.pk)
    for other in others.order_by("alias")[:OFFERED]:
        found.setdefault(other, [])
    return sorted(found.items(), key=lambda pair: pair[0].alias)
