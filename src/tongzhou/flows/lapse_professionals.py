"""Every five minutes: who on shift cannot take contacts, who has read what was left, whether somebody supervises, calls
and data that are over."""

from __future__ import annotations

from django.db import transaction

from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.services import calls, handovers, lapses, training
from tongzhou.flows.line_rosters import tell_line
from tongzhou.kernel import clock

__all__ = ["forget_due", "lapse_due"]


def lapse_due() -> int:
    """Look at every line; how many things changed. Safe to repeat."""
    return calls.close_due(clock.now()) + sum(_one(line) for line in ServiceLine.objects.filter(closed_at=None))


@transaction.atomic
def _one(line: ServiceLine) -> int:
    now = clock.now()
    fresh = lapses.holes_at_start(line, now)
    supervisors = list(lapses.supervisors_to_ask(line).values_list("account_id", flat=True))
    page = f"/line/rosters/{line.pk}/"
    for shift in fresh:
        person = shift.professional
        tell_line(line, [person.account_id], "own_hole", key=f"{shift.pk}:{shift.hole_code}")
        others = [one for one in supervisors if one != person.account_id]
        said = f"{shift.pk}:{shift.hole_code}"
        tell_line(line, others, "hole", key=said, reason=person.alias, path=page, urgent=True)
    changed = lapses.watch_supervision(line, now)
    if changed.began is not None:
        tell_line(line, supervisors, "no_supervisor", key=str(changed.began.pk), urgent=True)
    return training.advance_waiting(line, now) + len(fresh) + (changed.began is not None) + (changed.ended is not None)


def forget_due() -> int:
    """Destroy what was promised to be destroyed; how many rows."""
    now = clock.now()
    return handovers.forget_handovers(now) + lapses.forget_people(now)
