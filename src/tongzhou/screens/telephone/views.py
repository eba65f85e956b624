"""The webhook of telephone exchanges, and the page on which a supervisor connects one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.desks.hotline.policies import WATCH_LINE
from tongzhou.flows import phone_event
from tongzhou.flows.contact_read import lines_of
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal

__all__ = ["end", "events", "exchanges"]

#: Bytes of one event.
_MOST = 4_096


@csrf_exempt  # a program, not a browser: it signs what it sends
@route(PUBLIC)
@require_POST
def events(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One event of an exchange. The same event again is answered the same way; a refusal is problem+json."""
    try:
        if int(request.headers.get("Content-Length") or 0) > _MOST:
            raise Refusal("phone_event", what="length")
        call, new = phone_event.hear(
            exchange_id=pk, event_id=request.headers.get("webhook-id", ""),
            timestamp=request.headers.get("webhook-timestamp", ""),
            signature=request.headers.get("webhook-signature", ""), body=request.body, now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        said = {"code": refusal.code, "title": refusal.what, "detail": refusal.todo, "status": refusal.status}
        return JsonResponse(said, status=refusal.status, content_type="application/problem+json")
    return JsonResponse({"taken": True, "new": new, "blocked": call.blocked}, status=202 if new else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    actor = _actor(request)
    said = {"exchanges": phone_event.exchanges_of(actor), "lines": lines_of(actor), "trouble": None, **more}
    trouble = said["trouble"]
    status = trouble.status if isinstance(trouble, Refusal) else 200
    return render(request, "screens/telephone/exchanges.html", said, status=status)


@route(WATCH_LINE)
@require_http_methods(["GET", "POST"])
def exchanges(request: HttpRequest) -> HttpResponse:
    """Which exchanges there are; connecting one, whose address and secret are shown once."""
    if request.method != "POST":
        return _page(request)
    actor, name = _actor(request), str(request.POST.get("name", ""))
    asked = ids.parse_id(str(request.POST.get("line", "")))
    line = next((one for one in lines_of(actor) if one.pk == asked), None)
    try:
        if line is None:
            raise Refusal("bad_form")
        row, secret = phone_event.add_exchange(actor=actor, line=line, name=name)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _page(request, trouble=refusal, typed=name)
    address = request.build_absolute_uri(reverse("telephone:events", args=[row.pk]))
    return _page(request, secret=secret, address=address)


@route(WATCH_LINE)
@require_POST
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Disconnect one."""
    phone_event.end_exchange(actor=_actor(request), pk=pk, now=clock.now())
    messages.success(request, _("已断开，它再发来的不再接收。"))
    return redirect("telephone:exchanges")
