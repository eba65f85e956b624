"""Responses: the list, the record, opening, closing, reopening."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.desks.guidance.policies import LOAD_EXAMPLES
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.responses import selectors, services
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.policies import CHANGE_RESPONSE, CLOSE_RESPONSE, LIST_RESPONSES, OPEN_RESPONSE
from tongzhou.screens.setup.forms import ChangeResponseForm, CloseForm, NewResponseForm, ReasonForm
from tongzhou.screens.setup.scene import actor_of, expected_version

__all__ = ["close_response", "new_response", "reopen_response", "response", "responses"]

_GET_POST = ["GET", "HEAD", "POST"]
_FIELDS = ("name", "area", "started_on", "description", "name_en", "description_en")


@route(LIST_RESPONSES)
@require_safe
def responses(request: HttpRequest) -> HttpResponse:
    """Every response, open ones first."""
    actor = actor_of(request)
    rows = selectors.responses(actor).order_by("-state", "-started_on")
    return render(request, "screens/setup/responses.html", {"rows": rows, "may_open": may(actor, OPEN_RESPONSE)})


@route(OPEN_RESPONSE)
@require_http_methods(_GET_POST)
def new_response(request: HttpRequest) -> HttpResponse:
    """Open a response."""
    form = NewResponseForm(request.POST or None, initial={"started_on": clock.beijing(clock.now()).date()})
    if request.method == "POST" and form.is_valid():
        try:
            done = services.open_response(actor=actor_of(request), **form.cleaned_data)
            return redirect("setup:response", done.slug)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(request, "screens/setup/response_new.html", {"form": form}, status=422 if form.errors else 200)


@route(LIST_RESPONSES)
@require_http_methods(_GET_POST)
def response(request: HttpRequest, slug: str) -> HttpResponse:
    """One response; whoever may change it gets the form."""
    actor = actor_of(request)
    row = selectors.get_response(actor, slug)
    known = {name: getattr(row, name) for name in (*_FIELDS, "under_command")}
    form = ChangeResponseForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_response(actor=actor, response=row, expect=expected_version(request), **form.cleaned_data)
            return redirect("setup:response", row.slug)
        except Refusal as refusal:
            show_refusal(form, refusal)
    said = {
        "row": row,
        "form": form if may(actor, CHANGE_RESPONSE) else None,
        "may_close": may(actor, CLOSE_RESPONSE),
        "may_load": may(actor, LOAD_EXAMPLES),
        "entries": audit.history(row)[:30],
    }  # fmt: skip
    return render(request, "screens/setup/response.html", said, status=422 if form.errors else 200)


@route(CLOSE_RESPONSE)
@require_http_methods(_GET_POST)
def close_response(request: HttpRequest, slug: str) -> HttpResponse:
    """End a response."""
    row = selectors.get_response(actor_of(request), slug)
    form = CloseForm(request.POST or None, initial={"ended_on": clock.beijing(clock.now()).date()})
    about = _("结束之后不再接收求助和捐赠；已有的内容都还能看。")
    return _act(request, row, form, _("结束这次响应"), about, "button--stop")


@route(CLOSE_RESPONSE)
@require_http_methods(_GET_POST)
def reopen_response(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a response up again."""
    row = selectors.get_response(actor_of(request), slug)
    form = ReasonForm(request.POST or None)
    return _act(request, row, form, _("重新开启"), _("重新接收求助和捐赠。"), "")


def _act(request: HttpRequest, row: Response, form: forms.Form, title: str, about: str, tone: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        done = services.close_response if isinstance(form, CloseForm) else services.reopen_response
        try:
            done(actor=actor_of(request), response=row, expect=expected_version(request), **form.cleaned_data)
            return redirect("setup:response", row.slug)
        except Refusal as refusal:
            show_refusal(form, refusal)
    said = {"row": row, "form": form, "title": title, "about": about, "tone": tone}
    return render(request, "screens/setup/response_act.html", said, status=422 if form.errors else 200)
