"""What the line does by itself: lost seats, callers who have gone, addresses and signals that are to be forgotten."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction

from tongzhou.desks.casework.services import talking
from tongzhou.desks.hotline.models import Contact, Seat
from tongzhou.desks.hotline.services import returning, seats
from tongzhou.desks.hotline.types import CALLER_GONE_AFTER, RESUMABLE_FOR, Channel, SeatState, State
from tongzhou.flows import contact_end
from tongzhou.kernel import clock

__all__ = ["forget_line", "mend_line"]

_AT_ONCE = 200
#: After a start nobody is given up before the browsers had this long to come back.
_GRACE = 90.0
_UP_SINCE = time.monotonic()


def mend_line(now: dt.datetime | None = None) -> int:
    """Callers whose counsellor was lost go to the front, callers who have gone are paused; how many. By the tick.

    Without `now` nobody is given up in the first minute and a half of this process: in an outage all are silent.
    """
    if now is None and time.monotonic() - _UP_SINCE < _GRACE:
        return 0
    now = now or clock.now()
    done = 0
    for seat in seats.lost(now=now):
        with transaction.atomic():
            if seat.contact is not None and seat.contact.state == State.ACTIVE:
                done += contact_end.seat_lost(contact=seat.contact, now=now)
            else:
                done += Seat.objects.filter(pk=seat.pk, heard_at=seat.heard_at).update(state=SeatState.OFF, since=now)
    here = Contact.objects.filter(state__in=(State.WAITING, State.OFFERED, State.ACTIVE), channel=Channel.CHAT)
    silent = here.filter(caller_seen_at__lt=now - CALLER_GONE_AFTER)
    for contact in silent.order_by("caller_seen_at")[:_AT_ONCE]:
        contact_end.caller_gone(contact=contact, now=now)
        done += 1
    return done


def forget_line(now: dt.datetime | None = None) -> int:
    """Drop signals, addresses after a day, secrets nobody can use any more; how many. By the tick."""
    now = now or clock.now()
    done = talking.forget_signals(now=now) + returning.forget_old(now=now)
    day_old = Contact.objects.filter(arrived_at__lt=now - dt.timedelta(days=1)).exclude(address_mac="")
    done += day_old.update(address_mac="")
    over = Contact.objects.filter(ended_at__lt=now - RESUMABLE_FOR).exclude(caller_secret_hash="")
    return done + over.update(caller_secret_hash="")
