"""What the counsellor's and the supervisor's pages hear as it happens."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.casework.types import Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, SIT, TAKE_CONTACT, is_counsellor_of
from tongzhou.desks.hotline.selectors.queue import line_now
from tongzhou.desks.hotline.services.relay import relay_servers
from tongzhou.desks.hotline.services.seats import seats_heard
from tongzhou.desks.hotline.types import OPEN_STATES, State
from tongzhou.flows.contact_read import readable_contact, said_to_team
from tongzhou.flows.contact_say import send_signal
from tongzhou.flows.line_live import HUB, UNSEEN
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.live import Handed, event, streamed
from tongzhou.screens.calls import words
from tongzhou.screens.calls.scene import account_of, actor_of, line_of

__all__ = ["contact_news", "contact_stream", "line_news", "line_stream", "relay", "signal"]


def _after(request: HttpRequest) -> int:
    given = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _side(request: HttpRequest, contact: Contact) -> str:
    return Side.COUNSELLOR if is_counsellor_of(actor_of(request), contact) else Side.SUPERVISOR


@route(SIT)
@require_GET
def line_stream(request: HttpRequest) -> HttpResponseBase:
    """The queue as it changes; whoever listens is at their seat."""
    line, account, language = line_of(request), account_of(request), get_language() or "zh-hans"

    def tell(handed: Handed) -> list[bytes]:
        with override(language):
            return [event("line", words.line_told(handed.item, clock.now()))]

    return streamed(request, HUB, {f"line:{line.pk}": UNSEEN, f"seat:{account}": 0}, tell)


@route(SIT)
@require_GET
def line_news(request: HttpRequest) -> HttpResponse:
    """The same once, for a page whose stream does not work."""
    now = clock.now()
    seats_heard(accounts=[account_of(request)], now=now)
    return JsonResponse({"messages": [], "line": words.line_told(line_now(line_of(request).pk, now), now)})


@route(READ_CONTACT)
@require_GET
def contact_stream(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Everything new in a contact; 204 tells the browser not to come back."""
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    if contact.state not in OPEN_STATES:
        return HttpResponse(status=204)
    return _stream(request, contact)


def _stream(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    actor, account, language = actor_of(request), account_of(request), get_language() or "zh-hans"
    side, heard, signalled, over = _side(request, contact), _after(request), 0, False

    def tell(handed: Handed) -> Iterator[bytes]:
        nonlocal heard, signalled, over
        kind = handed.topic.partition(":")[0]
        if over:
            return
        if kind == "said" and handed.item.seq > heard:
            heard = handed.item.seq
            yield event("message", words.message(handed.item, side), number=heard)
        elif kind == "state":
            yield event("state", words.state(handed.item))
            # Whoever may not read it any more (handed over, support over) hears nothing from here on.
            over = actor.account_id not in (
                handed.item.counsellor_id, handed.item.supervisor_id, handed.item.joined_id,
            )  # fmt: skip
        elif kind == "line":
            yield event("line", words.line_told(handed.item, clock.now()))
        elif kind == "signal" and handed.item[0] > signalled:
            signalled, to, text = handed.item
            if to == side:
                yield event("signal", {"number": signalled, "payload": json.loads(text)})

    def tell_in_language(handed: Handed) -> list[bytes]:
        with override(language):
            return list(tell(handed))

    topics = {
        f"state:{contact.pk}": UNSEEN, f"said:{contact.pk}": heard, f"signal:{contact.pk}": 0,
        f"line:{contact.line_id}": UNSEEN, f"seat:{account}": 0,
    }  # fmt: skip
    return streamed(request, HUB, topics, tell_in_language)


@route(READ_CONTACT)
@require_GET
def contact_news(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same once, for a page whose stream does not work."""
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    seats_heard(accounts=[account_of(request)], now=clock.now())
    side = _side(request, contact)
    said: list[dict[str, Any]] = [words.message(one, side) for one in said_to_team(contact, _after(request))]
    return JsonResponse({"messages": said, "state": words.state(contact)})


@route(TAKE_CONTACT)
@require_POST
def signal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Pass something to the caller's browser; the counsellor only."""
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    if not is_counsellor_of(actor_of(request), contact):
        raise Refusal("not_found")
    try:
        payload = json.loads(str(request.POST.get("payload", "")))
    except ValueError as error:
        raise Refusal("bad_request") from error
    if not isinstance(payload, dict) or contact.state not in (State.OFFERED, State.ACTIVE):
        raise Refusal("bad_request")
    number = send_signal(contact_id=contact.pk, to=Side.CALLER, payload=payload, now=clock.now())
    return JsonResponse({"number": number})


@route(TAKE_CONTACT)
@require_POST
def relay(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where the relay of voice is, and a name and password for a few minutes; the counsellor only."""
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    if not is_counsellor_of(actor_of(request), contact) or contact.state != State.ACTIVE:
        raise Refusal("not_found")
    return JsonResponse({"servers": relay_servers(clock.now())})
