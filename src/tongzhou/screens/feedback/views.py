"""Saying what is wrong or missing, without an account and without JavaScript; reading and answering it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.chain.evaluation.models import Feedback
from tongzhou.chain.evaluation.policies import LIST_FEEDBACK, READ_FEEDBACK
from tongzhou.chain.evaluation.selectors.feedback import feedback, one_feedback
from tongzhou.chain.evaluation.services.feedback import give_feedback, handle_feedback, open_feedback
from tongzhou.chain.evaluation.types import FeedbackState
from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.responses.selectors import open_responses
from tongzhou.screens.feedback.forms import FeedbackForm, OutcomeForm

__all__ = ["give", "handled", "one", "queue", "thanks"]

_PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


@csrf_exempt  # checked below, so that the form comes back filled in
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """The form."""

    def show(form: FeedbackForm, status: int = 200, trouble: Refusal | None = None) -> HttpResponse:
        said = {"form": form, "trouble": trouble}
        return render(request, "screens/feedback/give.html", said, status=status)

    if request.method != "POST":
        return show(FeedbackForm())
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST}
        return show(FeedbackForm(initial=words), 403, Refusal("form_expired"))
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return show(form, 422)
    got = form.cleaned_data
    if form.trapped:  # a program: told the same, kept nowhere
        return redirect("feedback:thanks")
    response = open_responses(ANONYMOUS).filter(is_exercise=False).first()
    try:
        give_feedback(
            actor=_actor(request), response=response, about=got["about"], words=got["words"],
            reply_to=got["reply_to"], key=got["key"], now=clock.now(), language=get_language() or "",
            address=str(request.client_address),  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.fields:
            show_refusal(form, refusal)
            return show(form, 422)
        return show(form, refusal.status, refusal)
    return redirect("feedback:thanks")


@route(PUBLIC)
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """It was kept; what happens next."""
    return render(request, "screens/feedback/thanks.html")


@route(LIST_FEEDBACK)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits to be read, the oldest first; what was handled, the newest first. Never the words."""
    done = request.GET.get("show") == "handled"
    rows = feedback(_actor(request)).select_related("response")
    if done:
        rows = rows.filter(state=FeedbackState.HANDLED).order_by("-handled_at", "-id")
    else:
        rows = rows.filter(state=FeedbackState.OPEN).order_by("created_at", "id")
    said = {"page": Paginator(rows, _PAGE).get_page(request.GET.get("page")), "done": done}
    return render(request, "screens/feedback/queue.html", said)


def _page(request: HttpRequest, row: Feedback, form: OutcomeForm, status: int = 200) -> HttpResponse:
    opened = open_feedback(actor=_actor(request), feedback=row)
    said: dict[str, Any] = {"opened": opened, "row": opened.feedback, "form": form}
    return render(request, "screens/feedback/one.html", said, status=status)


@route(READ_FEEDBACK)
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of them with its words; that it was opened stands in the trail."""
    return _page(request, one_feedback(_actor(request), pk), OutcomeForm())


@route(READ_FEEDBACK)
@require_POST
def handled(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was done about it."""
    row = one_feedback(_actor(request), pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        version = request.POST.get("version", "")
        try:
            handle_feedback(
                actor=_actor(request), feedback=row, outcome=form.cleaned_data["outcome"], now=clock.now(),
                expect=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
            )  # fmt: skip
            messages.success(request, _("记下了。"))
            return redirect("feedback:list")
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _page(request, row, form, 422)
