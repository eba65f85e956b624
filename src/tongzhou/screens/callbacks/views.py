"""The queue of people who asked to be called: take one, call, write down what was said."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.chain.intake.forms.entry import PhoneEntryForm
from tongzhou.chain.intake.models import CallbackRequest
from tongzhou.chain.intake.policies import LIST_CALLBACKS, TAKE_CALLBACK
from tongzhou.chain.intake.selectors.submissions import callbacks
from tongzhou.chain.intake.services import callbacks as service
from tongzhou.chain.intake.types import CallState
from tongzhou.desks.guidance.selectors import guides_for
from tongzhou.flows.enter_need import enter_on_callback
from tongzhou.flows.reading import organisation_named
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue

__all__ = ["one", "outcome", "queue", "take", "take_next"]

SHOWN = 100


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _get(actor: Actor, request_id: uuid.UUID) -> CallbackRequest:
    found = callbacks(actor).filter(pk=request_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


@route(LIST_CALLBACKS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits: those due first, the longest waiting first."""
    now, actor = clock.now(), _actor(request)
    waiting = callbacks(actor)
    due = list(waiting.filter(next_at__lte=now).order_by("next_at", "id")[:SHOWN])
    later = list(waiting.filter(next_at__gt=now).order_by("next_at", "id")[:SHOWN])
    for one_of in (*due, *later):
        one_of.in_hand = bool(one_of.held_until and one_of.held_until > now)  # type: ignore[attr-defined]
        one_of.mine = one_of.in_hand and one_of.holder_id == actor.account_id  # type: ignore[attr-defined]
    shown = {"due": due, "later": later, "count": waiting.filter(next_at__lte=now).count()}
    return render(request, "screens/callbacks/queue.html", shown)


@route(TAKE_CALLBACK)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the one that has waited longest and that nobody has in hand."""
    now, actor = clock.now(), _actor(request)
    free = (
        callbacks(actor)
        .filter(next_at__lte=now)
        .filter(Q(held_until=None) | Q(held_until__lte=now) | Q(holder_id=actor.account_id))
    )
    for waiting in free.order_by("next_at", "id")[:20]:
        try:
            service.take(actor=actor, request=waiting, now=now)
        except Refusal as refusal:
            if refusal.code not in ("callback_held", "version_stale", "not_found"):
                raise
            continue  # somebody else was a moment faster: the next one
        return redirect("callbacks:one", request_id=waiting.pk)
    messages.info(request, _("现在没有要回的电话。"))
    return redirect("callbacks:queue")


@route(TAKE_CALLBACK)
@require_POST
def take(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take this one."""
    actor = _actor(request)
    service.take(actor=actor, request=_get(actor, request_id), now=clock.now())
    return redirect("callbacks:one", request_id=request_id)


@route(TAKE_CALLBACK)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The number, and the form to write down what is said; only for whoever has it in hand."""
    actor, now = _actor(request), clock.now()
    opened = service.open_held(actor=actor, request=_get(actor, request_id), now=now)

    def show(form: PhoneEntryForm, status: int = 200, trouble: Refusal | None = None) -> HttpResponse:
        until = opened.request.held_until or now
        said = {
            "opened": opened,
            "form": form,
            "trouble": trouble,
            "categories": catalogue.categories(opened.request.response_id),
            "minutes": max(0, int((until - now).total_seconds() // 60)),
            "guides": guides_for(
                role=actor.roles, place=opened.request.place_id or "", response=opened.request.response_id
            ),
        }
        return render(request, "screens/callbacks/one.html", said, status=status)

    if request.method != "POST":
        return show(PhoneEntryForm(initial={"phone": opened.phone, "place": opened.place_text, "note": opened.reason}))
    form = PhoneEntryForm(request.POST)
    if not form.is_valid():
        return show(form, 422)
    said = form.said(organisation_named(form.cleaned_data["requester"]))
    try:
        done, _finished = enter_on_callback(
            actor=actor, request=opened.request, key=form.cleaned_data["key"], said=said, now=now
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            form.add_error("place", _("这个地点或这类需求不在您的条线和地区里，请交给负责的人"))
            return show(form, 422)
        return show(form, refusal.status, refusal)
    messages.success(
        request, _("记好了。请报编号：%(code)s") % {"code": f"{done.code[:3]} {done.code[3:6]} {done.code[6:]}"}
    )
    return redirect("callbacks:queue")


@route(TAKE_CALLBACK)
@require_POST
def outcome(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """What came of the call when nothing was written down."""
    actor, now, how = _actor(request), clock.now(), str(request.POST.get("how", ""))
    waiting = _get(actor, request_id)
    words = str(request.POST.get("words", ""))[:300]
    if how == "missed":
        service.missed(actor=actor, request=waiting, now=now)
    elif how == "back":
        service.give_back(actor=actor, request=waiting, now=now)
    elif how in (CallState.REACHED, CallState.WRONG):
        service.finish(actor=actor, request=waiting, now=now, state=how, outcome=words)
    else:
        raise Refusal("bad_request")
    messages.success(request, _("记下了。"))
    return redirect("callbacks:queue")
