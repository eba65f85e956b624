"""A call for people of measured need: figures, opening and closing, the code to be passed on, a sheet for the wall."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.desks.professionals.models import RecruitmentCall, ServiceLine
from tongzhou.desks.professionals.policies import MANAGE_LINE
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services import calls, need
from tongzhou.desks.professionals.types import DONE_STATES, CallState
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.professionals.forms import CallForm
from tongzhou.screens.professionals.requests import actor_of, went
from tongzhou_engines.base.errors import InputError

__all__ = ["call", "close_call"]

#: Days ahead for which the need is measured.
AHEAD = 28


def _measured(line: ServiceLine, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """{needed, there, wanted, basis} or {refusal}: how many people the next weeks ask for."""
    start = now.astimezone(line.zone).date() + dt.timedelta(days=1)
    try:
        found = need.seats_needed(line, start, AHEAD, asked)
    except Refusal as refusal:
        return {"refusal": refusal}
    except InputError as error:
        return {"trouble": error}
    needed, there, basis = need.people_needed(line, found, AHEAD)
    return {"needed": needed, "there": there, "wanted": max(0, needed - there), "basis": basis, "notes": found.notes}


@route(MANAGE_LINE)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """The measured need; with it a call is opened, and the open one is shown with its code."""
    actor, now = actor_of(request), clock.now()
    line = selectors.get_line(actor, line_id, MANAGE_LINE)
    daily = request.POST.get("daily") or request.GET.get("daily") or ""
    daily = daily if daily.isascii() and daily.isdigit() and len(daily) < 7 else ""
    measured = _measured(line, {"daily": daily}, now)
    form = CallForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid() and "needed" in measured:
        got = form.cleaned_data
        if went(
            form,
            lambda: calls.open_call(
                actor=actor,
                line=line,
                needed=measured["needed"],
                there=measured["there"],
                basis=measured["basis"],
                closes_at=now + dt.timedelta(days=got["days"]),
                skills=got["skills"],
                languages=got["languages"],
                nights_only=got["nights_only"],
                now=now,
            ),
        ):
            messages.success(request, _("招募开始了。招够了会自己停下。"))
            return redirect("people_line:call", line.pk)
    said = {"line": line, "form": form, "measured": measured, "daily": daily, **_shown(request, line)}
    return render(request, "screens/professionals/call.html", said, status=422 if form.errors else 200)


def _shown(request: HttpRequest, line: ServiceLine) -> dict[str, Any]:
    found = selectors.call_of(line)
    if found is None:
        return {"call": None}
    address = request.build_absolute_uri(reverse("people_line:join", args=[found.code]))
    came = came_to(found)
    lines = [
        f"{line.label}：{_('招募专业人员')}", f"{line.organisation.label} · {line.place.full_label}",
        _("还缺 %(left)d 人，招够了自动停止。") % {"left": max(0, found.wanted - came)}, address,
        _("打开链接看的是此刻的情况；不收费，不要验证码。"),
    ]  # fmt: skip
    return {
        "call": found, "came": came, "left": max(0, found.wanted - came), "address": address, "text": "\n".join(lines),
        "qr": segno.make(address, error="m").svg_data_uri(scale=8, border=2, light="#fff"),
        "is_open": found.state == CallState.OPEN and found.closes_at > clock.now(),
    }  # fmt: skip


def came_to(one: RecruitmentCall) -> int:
    """How many applied and were not refused."""
    return one.applications.exclude(state__in=DONE_STATES).count()


@route(MANAGE_LINE)
@require_POST
def close_call(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Stop it by hand."""
    actor = actor_of(request)
    line = selectors.get_line(actor, line_id, MANAGE_LINE)
    found = selectors.call_of(line)
    if found is None:
        raise Refusal("version_stale")
    calls.close_call(actor=actor, call=found, now=clock.now())
    messages.success(request, _("招募停了。打开旧链接的人会看到“已经结束”。"))
    return redirect("people_line:call", line.pk)
