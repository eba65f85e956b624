"""One contact on one screen: the conversation, the notes, support, and how it ends."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.desks.casework.types import LONGEST_MESSAGE, Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, TAKE_CONTACT, WATCH_LINE, is_counsellor_of
from tongzhou.desks.hotline.services.relay import MICROPHONE, voice_possible
from tongzhou.desks.hotline.types import NON_DATA, CallType, Channel, SeatState, State
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_end import finish, hand_over, team_ends
from tongzhou.flows.contact_note import keep_note, read_note
from tongzhou.flows.contact_read import (
    events_of,
    lines_of,
    open_contact,
    readable_contact,
    said_to_team,
)
from tongzhou.flows.contact_say import say_as_team
from tongzhou.flows.contact_support import ask_support, end_support, escalate_contact, join_contact
from tongzhou.flows.contact_take import take_contact
from tongzhou.flows.hand_shift import notes_about
from tongzhou.flows.line_script import scripts_for
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.calls import words
from tongzhou.screens.calls.scene import actor_of, wants_json

__all__ = ["done", "end", "escalate", "hand_over_contact", "join", "note", "one", "say", "support", "take"]


def show(request: HttpRequest, contact: Contact, *, trouble: Refusal | None = None, **typed: Any) -> HttpResponse:
    """The page of a contact the actor may read."""
    actor = actor_of(request)
    mine = is_counsellor_of(actor, contact)
    side = Side.COUNSELLOR if mine else Side.SUPERVISOR
    note_text, note_number = read_note(actor=actor, contact=contact)
    messages_said = [words.message(said, side) for said in said_to_team(contact)]
    line = ServiceLine.objects.get(pk=contact.line_id)
    said: dict[str, Any] = {
        "contact": contact,
        "line": line,
        "voice": voice_possible(),
        "voice_wanted": contact.channel == Channel.VOICE,
        "guides": scripts_for(contact=contact, line=line),
        "mine": mine,
        "messages_said": messages_said,
        "last": messages_said[-1]["seq"] if messages_said else 0,
        "told": words.state(contact),
        "active": contact.state == State.ACTIVE,
        "wrapping": contact.state == State.WRAPPING,
        "events": events_of(contact),
        "handed": notes_about(contact),
        "note_text": note_text,
        "note_number": note_number,
        "types": [(one.value, one.label) for one in CallType if one.value not in NON_DATA],
        "non_data": [(one.value, one.label) for one in CallType if one.value in NON_DATA],
        "client_id": ids.new_secret(),
        "longest": LONGEST_MESSAGE,
        "trouble": trouble,
        **typed,
    }
    answer = render(request, "screens/calls/contact.html", said, status=trouble.status if trouble else 200)
    answer.headers["Permissions-Policy"] = MICROPHONE
    return answer


def _readable(request: HttpRequest, pk: uuid.UUID) -> Contact:
    return readable_contact(actor=actor_of(request), contact_id=pk)


@route(READ_CONTACT)
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The conversation and the notes; the look is logged."""
    return show(request, open_contact(actor=actor_of(request), contact_id=pk))


@route(TAKE_CONTACT)
@require_POST
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer this one; of two at once one gets it, the other a kind word and the queue."""
    actor = actor_of(request)
    waiting = Contact.objects.filter(pk=pk, line_id__in=[one_of.pk for one_of in lines_of(actor)]).first()
    if waiting is None:
        raise Refusal("not_found")
    try:
        take_contact(actor=actor, contact_id=pk, now=clock.now())
    except Refusal as refusal:
        if refusal.code != "contact_taken" or wants_json(request):
            raise
        messages.info(request, f"{refusal.what}。{refusal.todo}")
        return redirect("calls:index")
    return redirect("calls:contact", pk=pk)


@route(READ_CONTACT)
@require_POST
def say(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say something; the supervisor too, to both or quietly to the counsellor."""
    contact = _readable(request, pk)
    text = str(request.POST.get("text", ""))
    try:
        seq = say_as_team(
            actor=actor_of(request), contact=contact, client_id=str(request.POST.get("client_id", "")), text=text,
            now=clock.now(), quietly=request.POST.get("quiet") == "1",
        )  # fmt: skip
    except Refusal as refusal:
        if wants_json(request):
            raise
        return show(request, contact, trouble=refusal, typed=text)
    return JsonResponse({"seq": seq}) if wants_json(request) else redirect("calls:contact", pk=pk)


@route(TAKE_CONTACT)
@require_POST
def note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep the notes as they stand."""
    contact = _readable(request, pk)
    if not is_counsellor_of(actor_of(request), contact):
        raise Refusal("not_found")
    text, base = str(request.POST.get("text", "")), str(request.POST.get("base", ""))
    try:
        if not (base.isascii() and base.isdigit() and len(base) < 9):
            raise Refusal("bad_request")
        number = keep_note(actor=actor_of(request), contact=contact, text=text, base=int(base), now=clock.now())
    except Refusal as refusal:
        if wants_json(request):
            raise
        return show(request, contact, trouble=refusal, note_text=text)
    if wants_json(request):
        return JsonResponse({"number": number})
    messages.success(request, _("记录已保存。"))
    return redirect("calls:contact", pk=pk)


@route(TAKE_CONTACT)
@require_POST
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The conversation is over; the writing up begins."""
    team_ends(actor=actor_of(request), contact=_readable(request, pk), now=clock.now())
    return redirect("calls:contact", pk=pk)


@route(TAKE_CONTACT)
@require_POST
def done(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What it was, and what comes next."""
    contact = _readable(request, pk)
    then = str(request.POST.get("then", SeatState.OPEN))
    try:
        finish(
            actor=actor_of(request), contact=contact, call_type=str(request.POST.get("call_type", "")),
            hard=request.POST.get("hard") == "1", then=then, now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show(request, contact, trouble=refusal)
    return redirect("calls:index")


@route(TAKE_CONTACT)
@require_POST
def hand_over_contact(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The shift ends: the caller goes to the front for the next counsellor."""
    hand_over(actor=actor_of(request), contact=_readable(request, pk), now=clock.now())
    messages.success(request, _("来访者排到了最前面，下一位援助员会接着谈。"))
    return redirect("calls:index")


@route(READ_CONTACT)
@require_POST
def support(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for quiet support, or say that it is enough (``over``)."""
    contact = _readable(request, pk)
    if request.POST.get("over") == "1":
        end_support(actor=actor_of(request), contact=contact, now=clock.now())
        still = actor_of(request).account_id in (contact.counsellor_id, contact.supervisor_id)
        return redirect("calls:contact", pk=pk) if still else redirect("calls:board")
    ask_support(actor=actor_of(request), contact=contact, now=clock.now())
    return redirect("calls:contact", pk=pk)


@route(TAKE_CONTACT)
@require_POST
def escalate(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One key: a supervisor is joined, the emergency numbers are shown, the event is written."""
    escalate_contact(actor=actor_of(request), contact=_readable(request, pk), now=clock.now())
    return redirect("calls:contact", pk=pk)


@route(WATCH_LINE)
@require_POST
def join(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A supervisor takes a wish for support."""
    actor = actor_of(request)
    contact = Contact.objects.filter(pk=pk, line_id__in=[one_of.pk for one_of in lines_of(actor)]).first()
    if contact is None:
        raise Refusal("not_found")
    join_contact(actor=actor, contact=contact, now=clock.now())
    return redirect("calls:contact", pk=pk)
