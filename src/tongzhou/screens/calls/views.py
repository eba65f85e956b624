"""The counsellor's way into the next conversation: the seat, who waits, and when to rest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.hotline.policies import SIT, TAKE_CONTACT, WATCH_LINE
from tongzhou.desks.hotline.selectors.queue import line_now
from tongzhou.desks.hotline.selectors.wellbeing import break_due
from tongzhou.desks.hotline.types import SeatState
from tongzhou.desks.professionals.selectors.shifts import can_take_contacts
from tongzhou.flows.contact_read import lines_of, own_open_contact
from tongzhou.flows.contact_take import sit
from tongzhou.flows.contact_take import take_next as take_the_next
from tongzhou.flows.hand_shift import own_matters, waiting_for
from tongzhou.kernel import clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.calls import words
from tongzhou.screens.calls.scene import account_of, actor_of, line_of, line_or_none, seat_of

__all__ = ["index", "seat", "take_next"]


@route(SIT)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The seat, the queue, the next one."""
    actor, now = actor_of(request), clock.now()
    line = line_or_none(request)
    if line is None:
        return render(request, "screens/calls/none.html")
    verdict = can_take_contacts(account_of(request), now, line.pk)
    seat_now = seat_of(actor)
    seen = line_now(line.pk, now)
    said: dict[str, Any] = {
        "line": line,
        "lines": lines_of(actor),
        "seat": seat_now,
        "seat_state": seat_now.state if seat_now else SeatState.OFF.value,
        "mine": own_open_contact(actor),
        "told": words.line_told(seen, now),
        "rows": words.queue_rows(seen, now, actor.account_id),
        "refusal": Refusal(verdict.code) if verdict.code else None,
        "may_sit": verdict.ok,
        "break_text": words.break_words(break_due(seat_now, now)),
        "watches": may(actor, WATCH_LINE),
        "handed": waiting_for(actor),
    }
    part = request.GET.get("part") == "queue"
    return render(request, "screens/calls/queue_part.html" if part else "screens/calls/index.html", said)


@route(SIT)
@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Sit down, rest, leave."""
    line = line_of(request)
    found = sit(actor=actor_of(request), line_id=line.pk, state=str(request.POST.get("state", "")), now=clock.now())
    said = {
        SeatState.OPEN.value: _("席位打开了。"),
        SeatState.BREAK.value: _("好好歇一会儿。"),
        SeatState.OFF.value: _("席位关了，辛苦了。"),
    }
    messages.success(request, said[found.state])
    if found.state == SeatState.OFF and (left := len(own_matters(actor_of(request), clock.now()))):
        said_of_it = ngettext("您手里还有 %(n)d 件事，请交给下一班。", "您手里还有 %(n)d 件事，请交给下一班。", left)
        messages.info(request, said_of_it % {"n": left})
        return redirect("calls:handover")
    return redirect("calls:index")


@route(TAKE_CONTACT)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Answer whoever comes first."""
    contact = take_the_next(actor=actor_of(request), line_id=line_of(request).pk, now=clock.now())
    if contact is None:
        messages.info(request, _("现在没有等您接的人。有人来时这一页会自己更新。"))
        return redirect("calls:index")
    return redirect("calls:contact", pk=contact.pk)
