"""When somebody can work, groups they belong to, and a supervisor who can be reached without a shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from tongzhou.desks.professionals.models import Availability, DayOff, Professional, ServiceLine, SupervisionGroup
from tongzhou.desks.professionals.policies import CHECK_PERSON, LEAD_SHIFT, WORK_SHIFT, allows_on, require_on
from tongzhou.desks.professionals.types import DayOffKind, PersonState
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LONGEST_REACH", "add_day_off", "be_reachable", "drop_day_off", "open_group", "set_windows"]

#: A supervisor says at most so long ahead that they can be reached.
LONGEST_REACH = dt.timedelta(hours=12)


def _own_or_leading(actor: Actor, person: Professional) -> None:
    if actor.account_id is not None and actor.account_id == person.account_id:
        require_on(actor, WORK_SHIFT, person.line)
    elif not allows_on(actor, CHECK_PERSON, person.line):
        raise Refusal("not_found")


@transaction.atomic
def set_windows(*, actor: Actor, person: Professional, windows: Iterable[tuple[int, int, int]]) -> int:
    """Times of the week in which the person can work: (weekday, from, until) in minutes. Replaces what was there.

    Raises ``Refusal`` window_times (ends before it begins, or longer than a day), not_found.
    """
    _own_or_leading(actor, person)
    wanted = sorted(set(windows))
    for weekday, first, last in wanted:
        if not (0 <= weekday <= 6 and 0 <= first < 1440 and first < last <= first + 1440):
            raise Refusal("window_times")
    before = list(person.windows.values_list("weekday", "from_minute", "until_minute"))
    person.windows.all().delete()
    Availability.objects.bulk_create(
        Availability(professional=person, weekday=weekday, from_minute=first, until_minute=last)
        for weekday, first, last in wanted
    )
    said = {"windows": [[list(one) for one in before], [list(one) for one in wanted]]}
    audit.record(actor=actor, act=WORK_SHIFT, obj=person, changes=said)
    return len(wanted)


@transaction.atomic
def add_day_off(*, actor: Actor, person: Professional, first: dt.date, last: dt.date, kind: str) -> DayOff:
    """Dates on which the person would rather not, or cannot, work. Raises ``Refusal`` day_off, not_found."""
    _own_or_leading(actor, person)
    if not first <= last <= first + dt.timedelta(days=62):
        raise Refusal("day_off")
    try:
        with transaction.atomic():
            off = DayOff(professional=person, first=first, last=last, kind=DayOffKind(kind))
            return changes.create(off, actor=actor, act=WORK_SHIFT)
    except IntegrityError as error:
        raise Refusal("day_off") from error


@transaction.atomic
def drop_day_off(*, actor: Actor, off: DayOff) -> None:
    """Take a date off back."""
    _own_or_leading(actor, off.professional)
    audit.record(actor=actor, act=WORK_SHIFT, obj=off, changes={"dropped": [off.first.isoformat(), None]})
    off.delete()


@transaction.atomic
def open_group(*, actor: Actor, line: ServiceLine, name: str, supervisor: Professional, most: int) -> SupervisionGroup:
    """A supervision group. Raises ``Refusal`` group_supervisor (no supervisor, or none of this line), group_name."""
    require_on(actor, CHECK_PERSON, line)
    if supervisor.line_id != line.pk or not supervisor.is_supervisor or supervisor.state != PersonState.ACTIVE:
        raise Refusal("group_supervisor")
    try:
        with transaction.atomic():
            group = SupervisionGroup(line=line, name=name.strip(), supervisor=supervisor, most=most)
            return changes.create(group, actor=actor, act=CHECK_PERSON)
    except IntegrityError as error:
        raise Refusal("group_name") from error


@transaction.atomic
def be_reachable(*, actor: Actor, person: Professional, until: dt.datetime | None, now: dt.datetime) -> Professional:
    """A supervisor says until when they can be reached, without a shift; None takes it back.

    Raises ``Refusal`` reach_long, not_found (no supervisor, or somebody else).
    """
    if actor.account_id is None or actor.account_id != person.account_id or not person.is_supervisor:
        raise Refusal("not_found")
    require_on(actor, LEAD_SHIFT, person.line)
    if until is not None and not now < until <= now + LONGEST_REACH:
        raise Refusal("reach_long")
    return changes.apply(person, actor=actor, act=LEAD_SHIFT, reachable_until=until)
