"""What the public sees: who is called for and how many are still lacking, the form, and one's own application."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.desks.professionals.models import Professional, RecruitmentCall
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services import people as services
from tongzhou.desks.professionals.types import CallState, PersonState, Spoken
from tongzhou.flows.admit_professional import apply_to_call, invite_professional, own_application
from tongzhou.kernel import clock, ids, throttle
from tongzhou.kernel.access import PUBLIC, SYSTEM, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.professionals.forms import ApplyForm
from tongzhou.screens.professionals.views_calls import came_to

__all__ = ["application", "join"]

MISSES, SECONDS = 30, 600


def _missed(request: HttpRequest) -> None:
    throttle.hit("line-join-miss", str(request.client_address), limit=MISSES, seconds=SECONDS)  # type: ignore[attr-defined]


def _call(request: HttpRequest, code: str) -> RecruitmentCall:
    try:
        return selectors.get_call(ids.parse_code(code) or "")
    except Refusal:
        _missed(request)
        raise


@csrf_exempt  # checked below, so that the form comes back filled in instead of a page without it
@route(PUBLIC)
@sensitive_post_parameters("name", "contact", "licence_number")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """What is true of the call at this moment, and the application."""
    call, now = _call(request, code), clock.now()
    if call.state != CallState.OPEN or call.closes_at <= now:
        return render(request, "screens/professionals/not_now.html", {"call": call, "line": call.line})
    form = ApplyForm(request.POST or None, call=call)
    status, trouble = 200, None
    if request.method == "POST" and not from_our_page(request):
        status, trouble = 403, Refusal("form_expired")
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            answer = _take(request, call, form)
            if answer is not None:
                return answer
    said = {
        "call": call, "line": call.line, "form": form, "trouble": trouble, "left": max(0, call.wanted - came_to(call)),
        "skills": [one.label for one in call.line.skills.filter(code__in=call.skills)],
        "languages": [Spoken(one).label for one in call.languages if one in Spoken.values],
    }  # fmt: skip
    return render(request, "screens/professionals/join.html", said, status=status)


def _take(request: HttpRequest, call: RecruitmentCall, form: ApplyForm) -> HttpResponse | None:
    if form.trapped:
        raise Refusal("call_closed")
    said = form.said()
    try:
        done = apply_to_call(
            call=call, said=said, key=form.cleaned_data["key"], now=clock.now(),
            address=str(request.client_address),  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ("call_met", "call_closed"):
            return redirect("people_line:join", call.code)
        show_refusal(form, refusal)
        return None
    return redirect("people_line:application", done.secret)


def _own(request: HttpRequest, secret: str) -> Professional:
    try:
        return own_application(secret)
    except Refusal:
        _missed(request)
        raise


@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, secret: str) -> HttpResponse:
    """One's own application by its secret link: how far it is, what to read, the way to sign in."""
    one, now = _own(request, secret), clock.now()
    if request.method == "POST":
        if request.POST.get("do") == "account":
            return redirect("people:invitation", invite_professional(actor=SYSTEM, person=one, now=now))
        item = (
            selectors.current_items(one.line_id)
            .filter(pk=ids.parse_id(request.POST.get("item", "")) or uuid.UUID(int=0))
            .first()
        )
        if item is None:
            raise Refusal("item_old")
        services.acknowledge(person=one, item=item, now=now)
        return redirect("people_line:application", secret)
    reads = one.state in (PersonState.CHECKED, PersonState.TRAINED, PersonState.ACTIVE)
    unread = selectors.unread_items(one, now) if reads else []
    order = (PersonState.APPLIED, PersonState.CHECKED, PersonState.TRAINED, PersonState.ACTIVE)
    at = order.index(PersonState(one.state)) if one.state in order else -1
    steps = [
        {"title": state.label, "state": "done" if n < at else "here" if n == at else "ahead"}
        for n, state in enumerate(order)
    ]
    said = {
        "person": one, "line": one.line, "steps": steps if at >= 0 else [], "unread": unread,
        "may_sign_up": one.state in (PersonState.CHECKED, PersonState.TRAINED)
        and all(item.guide for item in unread), "secret": secret,
        "has_account": one.account is not None and one.account.has_usable_password(),
    }  # fmt: skip
    answer = render(request, "screens/professionals/application.html", said)
    answer["Cache-Control"] = "private, no-store"
    return answer
