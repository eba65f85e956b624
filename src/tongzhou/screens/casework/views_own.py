"""What the caller decides about their own words, with the secret in their browser: the plan, consents, erasing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.desks.casework.models import Conversation
from tongzhou.desks.casework.services import forms, keeping, papers
from tongzhou.desks.casework.types import Purpose
from tongzhou.desks.hotline.models import Contact
from tongzhou.flows import forget_cases
from tongzhou.flows.break_glass import glass_of
from tongzhou.flows.contact_begin import contact_of_secret
from tongzhou.flows.refer_place import places_for_caller
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.scene import rows_of

__all__ = ["erase", "erase_later", "own", "plan"]

#: The cookie of the pages of callers.
_COOKIE = "talk"


def _own(request: HttpRequest) -> Contact:
    contact = contact_of_secret(str(request.COOKIES.get(_COOKIE, ""))[:64], clock.now())
    if contact is None:
        raise Refusal("not_found")
    return contact


@route(PUBLIC)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The safety plan that was given to the caller, to read and to print."""
    opened = papers.given_plan(Conversation.objects.get(pk=_own(request).pk))
    if opened is None:
        raise Refusal("not_found")
    rows = rows_of(forms.edition("plan", opened.paper.form_version), opened.answers)
    return render(request, "screens/casework/own_plan.html", {"rows": rows, "at": opened.paper.at})


def _page(request: HttpRequest, contact: Contact, **more: Any) -> HttpResponse:
    conversation = Conversation.objects.get(pk=contact.pk)
    agreed = keeping.agreed(conversation)
    said = {
        "purposes": [(one.value, one.label, agreed[one]) for one in (Purpose.STATISTICS, Purpose.TRAINING)],
        "days": keeping.contact_days(contact.line_id),
        "gone": conversation.record_key is None,
        "cases": len(keeping.cases_of(conversation)),
        "glass": glass_of(contact.pk),
        "plan": conversation.record_key is not None and papers.given_plan(conversation) is not None,
        "places": places_for_caller(contact),
        "trouble": None,
        **more,
    }
    trouble = said["trouble"]
    status = trouble.status if isinstance(trouble, Refusal) else 200
    return render(request, "screens/casework/own.html", said, status=status)


@route(PUBLIC)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """What is kept and for what; yes or no for each purpose; a code to have it erased later."""
    contact = _own(request)
    if request.method != "POST":
        return _page(request, contact)
    if request.POST.get("do") == "code":
        return _page(request, contact, code=forget_cases.erase_secret(contact=contact))
    for purpose in (Purpose.STATISTICS, Purpose.TRAINING):
        forget_cases.consent_by_caller(
            contact=contact, purpose=purpose, given=request.POST.get(purpose) == "1", now=clock.now()
        )
    return redirect("casework:own")


@route(PUBLIC)
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Erase it all now."""
    contact = _own(request)
    try:
        forget_cases.erase_own(contact=contact, cases_too=request.POST.get("cases") == "1")
    except Refusal as refusal:
        return _page(request, contact, trouble=refusal)
    return redirect("casework:own")


@route(PUBLIC)
@require_http_methods(["GET", "POST"])
def erase_later(request: HttpRequest) -> HttpResponse:
    """Erase it with the code, at any later time."""
    if request.method != "POST":
        return render(request, "screens/casework/erase.html")
    code = str(request.POST.get("code", ""))[:40]
    try:
        forget_cases.erase_by_code(
            code=code,
            cases_too=request.POST.get("cases") == "1",
            address=str(request.client_address),  # type: ignore[attr-defined]
        )
    except Refusal as refusal:
        said = {"trouble": refusal, "code": code}
        return render(request, "screens/casework/erase.html", said, status=refusal.status)
    return render(request, "screens/casework/erase.html", {"done": True})
