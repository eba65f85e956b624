"""The supervisor's board: who waits, who sits, how they are, who asks for support. Nothing of what is said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.policies import WATCH_LINE
from tongzhou.desks.hotline.selectors.queue import Line, line_now
from tongzhou.desks.hotline.selectors.wellbeing import break_due
from tongzhou.desks.hotline.types import SeatState, State
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.selectors.shifts import on_shift, reachable_supervisors
from tongzhou.flows.contact_read import Load, lines_of, load_today
from tongzhou.flows.hand_shift import left_count
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.screens.calls import words
from tongzhou.screens.calls.scene import actor_of, line_or_none

__all__ = ["board"]


@route(WATCH_LINE)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; ``part=1`` is its middle alone, for a page that is open."""
    line = line_or_none(request)
    if line is None:
        return render(request, "screens/calls/none.html")
    actor, now = actor_of(request), clock.now()
    seen = line_now(line.pk, now)
    said: dict[str, Any] = {
        "line": line,
        "lines": lines_of(actor),
        "told": words.line_told(seen, now),
        "rows": words.queue_rows(seen, now, actor.account_id),
        "seats": _seats(line, seen, now),
        "absent": _absent(line, seen, now),
        "asked": _asked(seen, now),
        "own": _own(seen, actor.account_id),
        "lying": left_count(actor, line, now),
        "supervisors": len(reachable_supervisors(line, now)),
        "few": seen.open_seats < line.least_seats and line.is_open(now),
    }
    return render(request, "screens/calls/board_part.html" if request.GET.get("part") else "screens/calls/board.html",
                  said)  # fmt: skip


def _seats(line: ServiceLine, seen: Line, now: dt.datetime) -> list[dict[str, Any]]:
    loads = load_today(line, now)
    found = []
    for seat in seen.seats:
        load = loads.get(seat.account_id, Load(seat.account_id, 0, 0))
        found.append(
            {
                "name": seat.account_name,
                "state": SeatState(seat.state),
                "minutes": words.minutes_since(seat.since, now),
                "contacts": load.contacts,
                "hard": load.hard,
                "since_break": _since_break(seat, now),
                "break_text": words.break_words(break_due(seat, now)),
            }
        )
    return found


def _since_break(seat: Seat, now: dt.datetime) -> int:
    return words.minutes_since(max((at for at in (seat.sitting_since, seat.last_break_at) if at), default=None), now)


def _absent(line: ServiceLine, seen: Line, now: dt.datetime) -> int:
    """How many have a shift now and do not sit there."""
    here = {seat.account_id for seat in seen.seats}
    return sum(1 for one in on_shift(line.pk, now) if one.account_id not in here and not one.is_supervisor)


def _asked(seen: Line, now: dt.datetime) -> list[dict[str, Any]]:
    names = {seat.account_id: seat.account_name for seat in seen.seats}
    rows = Contact.objects.filter(pk__in=seen.support_asked).order_by("-escalated_at", "support_asked_at")
    return [
        {
            "id": row.pk,
            "name": names.get(row.counsellor_id, "") if row.counsellor_id else "",
            "minutes": words.minutes_since(row.support_asked_at, now),
            "escalated": row.escalated_at is not None,
            "joined": row.joined_id is not None,
        }
        for row in rows
    ]


def _own(seen: Line, account_id: Any) -> list[Contact]:
    """Conversations of the supervisor's own people, and those the supervisor was asked to."""
    rows = Contact.objects.filter(line_id=seen.line_id, state__in=(State.ACTIVE, State.WRAPPING))
    own = rows.filter(Q(supervisor_id=account_id) | Q(joined_id=account_id))
    return list(own.order_by("answered_at")[:50])
