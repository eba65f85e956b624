"""A calendar of somebody's open assignments and shifts, to be subscribed to (RFC 5545). No contact, no household."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.desks.professionals.models import Shift
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.selectors import calendar_owner
from tongzhou.registers.notices.wording import address_of
from tongzhou.registers.people.models import Account

if TYPE_CHECKING:
    import icalendar

__all__ = ["feed"]

#: Open assignments in one calendar.
MOST = 200
#: How long before the end it reminds.
REMIND = dt.timedelta(minutes=30)


def _mine(account: Account) -> list[Assignment]:
    """What the account has in hand; finished ones leave the calendar."""
    held = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)
    rows = Assignment.objects.filter(holder_id=account.pk, state__in=held)
    return list(rows.select_related("place", "category").order_by("due_at", "id")[:MOST])


def _shifts(account: Account, now: dt.datetime) -> list[Shift]:
    """The account's shifts on the lines, from yesterday on."""
    rows = Shift.objects.filter(professional__account=account, in_force=True, ends_at__gt=now - dt.timedelta(days=1))
    return list(rows.select_related("line").order_by("starts_at")[:MOST])


def _shift_event(one: Shift) -> icalendar.Event:
    import icalendar

    skill = next((each.label for each in one.line.skills.all() if each.code == one.skill), one.skill)
    event = icalendar.Event()
    event.add("uid", f"{one.pk}@tongzhou")
    event.add("dtstamp", one.updated_at.astimezone(dt.UTC))
    event.add("sequence", one.version)
    event.add("dtstart", one.starts_at.astimezone(dt.UTC))
    event.add("dtend", one.ends_at.astimezone(dt.UTC))
    event.add("summary", f"{one.line.label} · {skill}")
    if address := address_of("/line/my/"):
        event.add("url", address)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one.line.label)
    alarm.add("trigger", -REMIND)
    event.add_component(alarm)
    return event


def _event(one: Assignment) -> icalendar.Event:
    import icalendar

    ends = one.due_at or one.lapses_at
    district = one.place.full_label
    event = icalendar.Event()
    event.add("uid", f"{one.pk}@tongzhou")
    event.add("dtstamp", one.updated_at.astimezone(dt.UTC))
    event.add("sequence", one.version)
    event.add("dtstart", (one.accepted_at or one.proposed_at).astimezone(dt.UTC))
    event.add("dtend", max(ends, (one.accepted_at or one.proposed_at) + dt.timedelta(minutes=1)).astimezone(dt.UTC))
    event.add("summary", f"{one.category.label} {one.quantity:,} {one.category.unit}")
    event.add("location", district)
    text = _("派单 %(code)s，%(state)s。地址和电话只在同舟里看。") % {
        "code": ids.format_code(one.code), "state": one.get_state_display(),
    }  # fmt: skip
    event.add("description", text)
    if address := address_of(f"/tasks/{one.code}/"):
        event.add("url", address)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -REMIND, parameters={"RELATED": "END"})
    event.add_component(alarm)
    return event


@route(PUBLIC)
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar that the secret opens; every other address answers as if there were none."""
    account = calendar_owner(secret)
    if account is None:
        raise Refusal("not_found")
    import icalendar

    with override(account.language or "zh-hans"):
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//Tongzhou//tasks//ZH")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("同舟任务"))
        calendar.add("refresh-interval", dt.timedelta(minutes=30), parameters={"VALUE": "DURATION"})
        for one in _mine(account):
            calendar.add_component(_event(one))
        for shift in _shifts(account, clock.now()):
            calendar.add_component(_shift_event(shift))
        answer = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="tongzhou.ics"'
    answer["Last-Modified"] = clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    return answer
