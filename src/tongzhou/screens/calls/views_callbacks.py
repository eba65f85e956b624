"""People the line has to call: those due first; one in one pair of hands."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.hotline.models import LineCallback
from tongzhou.desks.hotline.policies import TAKE_CALL
from tongzhou.desks.hotline.services import callbacks as service
from tongzhou.desks.hotline.types import CallbackState
from tongzhou.flows.contact_callback import finish_call, open_call, take_call
from tongzhou.flows.contact_read import lines_of
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.calls.scene import actor_of

__all__ = ["one", "outcome", "queue", "take"]

SHOWN = 100


def _rows(request: HttpRequest) -> QuerySet[LineCallback]:
    return LineCallback.objects.filter(line_id__in=[line.pk for line in lines_of(actor_of(request))])


def _get(request: HttpRequest, pk: uuid.UUID) -> LineCallback:
    found = _rows(request).filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


@route(TAKE_CALL)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits for a call."""
    now, actor = clock.now(), actor_of(request)
    waiting = _rows(request).filter(state=CallbackState.WAITING).order_by("next_at", "id")
    due, later = list(waiting.filter(next_at__lte=now)[:SHOWN]), list(waiting.filter(next_at__gt=now)[:SHOWN])
    for row in (*due, *later):
        row.in_hand = bool(row.held_until and row.held_until > now)  # type: ignore[attr-defined]
        row.mine = row.in_hand and row.holder_id == actor.account_id  # type: ignore[attr-defined]
    said = {"due": due, "later": later, "count": waiting.filter(next_at__lte=now).count()}
    return render(request, "screens/calls/callbacks.html", said)


@route(TAKE_CALL)
@require_POST
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it in hand for ten minutes."""
    take_call(actor=actor_of(request), row=_get(request, pk), now=clock.now())
    return redirect("calls:callback", pk=pk)


@route(TAKE_CALL)
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The number, for whoever has it in hand (logged)."""
    opened = open_call(actor=actor_of(request), row=_get(request, pk), now=clock.now())
    return render(request, "screens/calls/callback.html", {"opened": opened, "left": service.HELD_FOR})


@route(TAKE_CALL)
@require_POST
def outcome(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What came of it."""
    finish_call(actor=actor_of(request), row=_get(request, pk), how=str(request.POST.get("how", "")), now=clock.now())
    messages.success(request, _("记下了。"))
    return redirect("calls:callbacks")
