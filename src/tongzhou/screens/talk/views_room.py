"""The caller's conversation: a page that works by form and refresh, and what its script asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.casework.types import Audience, Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.selectors.queue import line_now
from tongzhou.desks.hotline.types import GOING_ON, State
from tongzhou.flows.contact_begin import heard_of_caller, take_up_again
from tongzhou.flows.contact_end import caller_leaves, code_to_come_back
from tongzhou.flows.contact_read import said_to_caller, waiting_words
from tongzhou.flows.contact_say import say_as_caller, send_signal
from tongzhou.flows.line_live import HUB, UNSEEN
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.live import Handed, event, streamed
from tongzhou.screens.talk import caller, words

__all__ = ["again", "key", "leave", "news", "room", "say", "signal", "stream"]


def _wants_json(request: HttpRequest) -> bool:
    return "json" in request.headers.get("Accept", "")


def _after(request: HttpRequest) -> int:
    """The last message the page has."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _waiting(contact: Contact) -> dict[str, Any]:
    """The truth about the queue for this caller; empty when they do not wait."""
    if contact.state != State.WAITING:
        return {}
    now = clock.now()
    told = waiting_words(line_now(contact.line_id, now), contact, now)
    return {**told, "text": words.queue_words(told)}


def _show(
    request: HttpRequest, contact: Contact, *, typed: str = "", trouble: Refusal | None = None, **more: Any
) -> HttpResponse:
    messages = [words.message(one) for one in said_to_caller(contact)]
    said = {
        "contact": contact,
        "messages_said": messages,
        "last": messages[-1]["seq"] if messages else 0,
        "going_on": contact.state in GOING_ON,
        "waits": contact.state == State.WAITING,
        "state_words": words.state_words(contact),
        "queue": _waiting(contact),
        "typed": typed,
        "trouble": trouble,
        "client_id": ids.new_secret(),
        **more,
    }
    return render(request, "screens/talk/room.html", said, status=trouble.status if trouble else 200)


@route(PUBLIC)
@require_GET
def room(request: HttpRequest) -> HttpResponse:
    """The conversation as it stands; whoever comes back after a break-off goes on."""
    contact = caller.own_contact_or_none(request)
    if contact is None:
        return redirect("talk:door")
    now = clock.now()
    heard_of_caller(contact, now)
    contact = take_up_again(contact_id=contact.pk, now=now)
    return _show(request, contact)


@route(PUBLIC)
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Say something: by script (JSON comes back) or by form (the page comes back, the text kept when refused)."""
    contact = caller.own_contact(request)
    text, client_id = str(request.POST.get("text", "")), str(request.POST.get("client_id", ""))
    now = clock.now()
    heard_of_caller(contact, now)
    if request.POST.get("do") == "look" and not _wants_json(request):
        return _show(request, take_up_again(contact_id=contact.pk, now=now), typed=text)
    try:
        seq = say_as_caller(contact=contact, client_id=client_id, text=text, now=now)
    except Refusal as refusal:
        if _wants_json(request):
            raise
        return _show(request, contact, typed=text, trouble=refusal)
    return JsonResponse({"seq": seq}) if _wants_json(request) else redirect("talk:room")


@route(PUBLIC)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End it, or stop waiting."""
    caller_leaves(contact=caller.own_contact(request), now=clock.now())
    return redirect("talk:room")


@route(PUBLIC)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """A code for the same counsellor another time, shown once."""
    contact = caller.own_contact(request)
    return _show(request, contact, again_code=code_to_come_back(contact=contact, now=clock.now()))


@route(PUBLIC)
@require_POST
def key(request: HttpRequest) -> HttpResponse:
    """The key of this conversation, for another device."""
    return _show(request, caller.own_contact(request), key=caller.secret_of(request))


def _state(contact: Contact) -> dict[str, Any]:
    return {"state": contact.state, "text": words.state_words(contact), "going_on": contact.state in GOING_ON}


@route(PUBLIC)
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What the stream would tell, for a page whose stream does not work."""
    contact = caller.own_contact(request)
    heard_of_caller(contact, clock.now())
    said = [words.message(one) for one in said_to_caller(contact, _after(request))]
    return JsonResponse({"messages": said, "state": _state(contact), "queue": _waiting(contact)})


@route(PUBLIC)
@require_GET
def stream(request: HttpRequest) -> HttpResponseBase:
    """Everything new as it happens (server-sent events); 204 tells the browser not to come back."""
    contact = caller.own_contact_or_none(request)
    if contact is None or contact.state not in GOING_ON:
        return HttpResponse(status=204)
    return _stream(contact, _after(request), get_language() or "zh-hans")


def _stream(contact: Contact, after: int, language: str) -> HttpResponseBase:
    pk, heard, signalled = contact.pk, after, 0

    def tell(handed: Handed) -> Iterator[bytes]:
        nonlocal contact, heard, signalled
        kind = handed.topic.partition(":")[0]
        if kind == "said" and handed.item.seq > heard:
            heard = handed.item.seq
            if handed.item.audience == Audience.BOTH:
                yield event("message", words.message(handed.item), number=heard)
        elif kind == "state":
            contact = handed.item
            yield event("state", _state(contact))
        elif kind == "line" and contact.state == State.WAITING:
            told = waiting_words(handed.item, contact, clock.now())
            yield event("queue", {**told, "text": words.queue_words(told)})
        elif kind == "signal" and handed.item[0] > signalled:
            signalled, to, text = handed.item
            if to == Side.CALLER:
                yield event("signal", {"number": signalled, "payload": json.loads(text)})

    def say_in_language(handed: Handed) -> list[bytes]:
        with override(language):
            return list(tell(handed))

    topics = {
        f"said:{pk}": after, f"state:{pk}": UNSEEN, f"signal:{pk}": 0, f"line:{contact.line_id}": UNSEEN,
        f"caller:{pk}": 0,
    }  # fmt: skip
    return streamed(HUB, topics, say_in_language)


@route(PUBLIC)
@require_POST
def signal(request: HttpRequest) -> HttpResponse:
    """Pass something to the counsellor's browser."""
    contact = caller.own_contact(request)
    try:
        payload = json.loads(str(request.POST.get("payload", "")))
    except ValueError as error:
        raise Refusal("bad_request") from error
    if not isinstance(payload, dict) or contact.state not in GOING_ON:
        raise Refusal("bad_request")
    number = send_signal(contact_id=contact.pk, to=Side.COUNSELLOR, payload=payload, now=clock.now())
    return JsonResponse({"number": number})
