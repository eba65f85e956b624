"""Rosters of a line: what holds now, a new one, records of contacts."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.services.sheets.files import lay_down
from tongzhou.desks.professionals.models import Professional, ServiceLine, ShiftSwap, Sickness, SupervisorGap
from tongzhou.desks.professionals.policies import LEAD_SHIFT, LIST_ROSTERS, MAKE_ROSTER, MANAGE_LINE, allows_on
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.selectors.shifts import reachable_supervisors, running_shifts
from tongzhou.desks.professionals.services.arrivals import read_arrivals
from tongzhou.desks.professionals.services.lines import record_arrivals
from tongzhou.desks.professionals.services.running import start_roster
from tongzhou.desks.professionals.types import SwapState
from tongzhou.flows.line_rosters import approve_swap, decline_swap, report_sick
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import ERRORS, Refusal
from tongzhou.kernel.words import in_english
from tongzhou.screens.rosters.forms import ArrivalsForm, NewRosterForm, SickOfForm
from tongzhou.screens.rosters.requests import actor_of, went
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import read_table

__all__ = ["arrivals", "home", "line", "new", "sick", "swap"]

TONES = {
    "queued": "busy", "running": "busy", "draft": "mark", "published": "good", "replaced": "off", "cancelled": "off",
    "failed": "stop",
}  # fmt: skip
_LARGEST = 8 * 2**20


@route(LIST_ROSTERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The lines whose rosters the reader looks after."""
    lines = list(selectors.lines(actor_of(request), LIST_ROSTERS))
    return render(request, "screens/rosters/home.html", {"lines": lines})


@route(LIST_ROSTERS)
@require_safe
def line(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Who is on shift now, what waits for a decision, the rosters."""
    actor, now = actor_of(request), clock.now()
    one = selectors.get_line(actor, line_id, LIST_ROSTERS)
    here = [(shift, _why(shift.hole_code)) for shift in running_shifts(one.pk, now).order_by("skill", "starts_at")]
    swaps = ShiftSwap.objects.filter(line=one, state__in=[SwapState.ASKED, SwapState.ACCEPTED])
    said: dict[str, Any] = {
        "line": one, "here": here, "is_open": one.is_open(now), "supervised": bool(reachable_supervisors(one, now)),
        "gap": SupervisorGap.objects.filter(line=one, until=None).first(),
        "swaps": swaps.select_related("asker", "other", "shift", "other_shift"),
        "sick": Sickness.objects.filter(line=one, ends_at__gt=now).select_related("professional"),
        "rosters": [(roster, TONES.get(roster.state, "")) for roster in selectors.rosters(actor, one)[:30]],
        "may_make": allows_on(actor, MAKE_ROSTER, one), "may_manage": allows_on(actor, MANAGE_LINE, one),
    }  # fmt: skip
    return render(request, "screens/rosters/line.html", said)


def _why(code: str) -> str:
    if not code:
        return ""
    return ERRORS[code].en if in_english() else ERRORS[code].zh


@route(MAKE_ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Ask for a roster; the job starts and its page opens."""
    actor, now = actor_of(request), clock.now()
    one = selectors.get_line(actor, line_id, MAKE_ROSTER)
    tomorrow = now.astimezone(one.zone).date() + dt.timedelta(days=1)
    form = NewRosterForm(request.POST or None, initial={"start": tomorrow})
    made = []
    if request.method == "POST" and form.is_valid():
        got, asked = form.cleaned_data, form.asked()
        if went(
            form,
            lambda: made.append(
                start_roster(
                    actor=actor,
                    line=one,
                    start=got["start"],
                    days=got["days"],
                    asked=asked,
                    is_what_if=asked["factor"] != 1,
                    now=now,
                )
            ),
        ):
            return redirect("line_rosters:roster", made[0].number)
    known = one.arrivals.count()
    said = {"line": one, "form": form, "known": known, "people": one.professionals.filter(state="active").count()}
    return render(request, "screens/rosters/new.html", said, status=422 if form.errors else 200)


@route(MANAGE_LINE)
@require_http_methods(["GET", "HEAD", "POST"])
def arrivals(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Bring in a record of contacts: a table of times and counts."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, MANAGE_LINE)
    form = ArrivalsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            counts = _read(one, str(file.name), file.read(_LARGEST + 1))
        except InputError as error:
            form.add_error(
                "file", f"{error.en}. {error.todo_en}." if in_english() else f"{error.zh}。{error.todo_zh}。"
            )
        else:
            done = record_arrivals(actor=actor, line=one, counts=counts)
            messages.success(request, _("记下了 %(n)d 个半小时的来访。") % {"n": done})
            return redirect("line_rosters:line", one.pk)
    rows = one.arrivals.order_by("start")
    said = {"line": one, "form": form, "count": rows.count(), "first": rows.first(), "last": rows.last()}
    return render(request, "screens/rosters/arrivals.html", said, status=422 if form.errors else 200)


def _read(one: ServiceLine, name: str, content: bytes) -> dict[dt.datetime, int]:
    with tempfile.TemporaryDirectory(prefix="tongzhou-") as folder:
        return read_arrivals(one, read_table(lay_down(name, content, Path(folder))))


@route(LEAD_SHIFT)
@require_http_methods(["GET", "HEAD", "POST"])
def sick(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """A supervisor says for somebody else that they cannot come."""
    actor, now = actor_of(request), clock.now()
    one = selectors.get_line(actor, line_id, LEAD_SHIFT)
    form = SickOfForm(request.POST or None, line=one, now=now)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        person = Professional.objects.select_related("line").get(pk=got["person"])
        if went(
            form,
            lambda: report_sick(
                actor=actor, person=person, starts_at=got["starts_at"], ends_at=got["ends_at"], now=now
            ),
        ):
            messages.success(request, _("记下了，已经找人顶班；结果在下面。"))
            return redirect("line_rosters:line", one.pk)
    return render(request, "screens/rosters/sick.html", {"line": one, "form": form}, status=422 if form.errors else 200)


@route(LEAD_SHIFT)
@require_POST
def swap(request: HttpRequest, swap_id: uuid.UUID) -> HttpResponse:
    """Approve a swap that both want, or say no."""
    actor = actor_of(request)
    found = ShiftSwap.objects.select_related("line", "asker", "other").filter(pk=swap_id).first()
    if found is None or not allows_on(actor, LEAD_SHIFT, found.line):
        raise Refusal("not_found")
    act = approve_swap if request.POST.get("do") == "approve" else decline_swap
    act(actor=actor, swap=found, now=clock.now())
    messages.success(request, _("已决定，两个人都会收到通知。"))
    return redirect("line_rosters:line", found.line_id)
