"""Who waits, in which order, how long it may take; and who sits."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.types import SEAT_LOST_AFTER, SeatState, State

__all__ = ["HELD_AT_MOST", "Line", "Waiting", "estimate_minutes", "line_now", "suits"]

#: Whoever was put behind the others because many came from one address waits so long at most for that reason.
HELD_AT_MOST = dt.timedelta(minutes=10)
_HOUR = dt.timedelta(hours=1)
#: Fewer answers in the last hour say nothing.
_LEAST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue; nothing of what they said."""

    id: uuid.UUID
    channel: str
    queued_at: dt.datetime
    skill: str
    language: str
    place_id: str
    urgency: int
    front: bool
    held: bool
    wanted_id: uuid.UUID | None
    wanted_until: dt.datetime | None

    def kept_for(self, now: dt.datetime) -> uuid.UUID | None:
        """The counsellor it is kept for at `now`, None when anybody may answer."""
        return self.wanted_id if self.wanted_until is not None and self.wanted_until > now else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line at one moment: the queue in its order, the seats, the answers of the last hour."""

    line_id: uuid.UUID
    queue: tuple[Waiting, ...]
    seats: tuple[Seat, ...]
    answered_last_hour: int
    support_asked: tuple[uuid.UUID, ...]

    @property
    def open_seats(self) -> int:
        """Seats at which somebody sits who answers now or after the present conversation."""
        here = (SeatState.OPEN, SeatState.BUSY, SeatState.WRAPPING)
        return sum(1 for seat in self.seats if seat.state in here)

    def before(self, contact_id: uuid.UUID) -> int | None:
        """How many are before this one; None when it does not wait."""
        return next((place for place, one in enumerate(self.queue) if one.id == contact_id), None)


def _order(one: Waiting, now: dt.datetime) -> tuple[bool, int, bool, dt.datetime, uuid.UUID]:
    held = one.held and now - one.queued_at < HELD_AT_MOST
    return (not one.front, one.urgency, held, one.queued_at, one.id)


def line_now(line_id: uuid.UUID, now: dt.datetime) -> Line:
    """The line as it is; four queries."""
    rows = Contact.objects.filter(line_id=line_id, state=State.WAITING).values_list(
        "id", "channel", "queued_at", "skill", "language", "place_id", "urgency", "front", "held", "wanted_id",
        "wanted_until",
    )  # fmt: skip
    queue = sorted((Waiting(*row) for row in rows), key=lambda one: _order(one, now))
    seats = Seat.objects.filter(line_id=line_id, heard_at__gt=now - SEAT_LOST_AFTER).exclude(state=SeatState.OFF)
    answered = Contact.objects.filter(line_id=line_id, answered_at__gt=now - _HOUR).count()
    asked = Contact.objects.filter(
        Q(state__in=(State.ACTIVE, State.WRAPPING)), line_id=line_id, support_asked_at__isnull=False
    ).values_list("pk", flat=True)
    return Line(line_id, tuple(queue), tuple(seats.order_by("account_name", "pk")), answered, tuple(asked))


def estimate_minutes(line: Line, before: int) -> int | None:
    """Minutes until somebody with `before` others ahead is answered, at the pace of the last hour.

    None when that says nothing: hardly anybody was answered, or nobody sits there now.
    """
    if line.answered_last_hour < _LEAST_ANSWERS or not line.open_seats:
        return None
    return math.ceil((before + 1) * 60 / line.answered_last_hour)


def suits(
    one: Waiting, *, account_id: uuid.UUID, skills: Collection[str], languages: Collection[str], now: dt.datetime
) -> bool:
    """Whether this counsellor may answer this one now: skill, language, and nobody else it is kept for."""
    kept = one.kept_for(now)
    if kept is not None and kept != account_id:
        return False
    if one.skill and skills and one.skill not in skills:
        return False
    return not one.language or not languages or one.language in languages
