"""Own shifts, on a phone: the next one, swaps, illness, times, training, a word for the next shift."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.professionals.models import Professional, Shift, ShiftSwap
from tongzhou.desks.professionals.policies import WORK_SHIFT
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.selectors.periods import colleagues, own_shifts
from tongzhou.desks.professionals.selectors.shifts import can_take_contacts, reachable_supervisors
from tongzhou.desks.professionals.services import handovers, people, swaps, times
from tongzhou.desks.professionals.services.columns import write_times
from tongzhou.desks.professionals.types import SwapState
from tongzhou.flows.line_rosters import answer_swap, ask_swap, report_sick
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import ERRORS, Refusal
from tongzhou.kernel.words import in_english
from tongzhou.screens.rosters.forms import DayOffForm, HandoverForm, SickForm, SwapForm, TimesForm, swap_choices
from tongzhou.screens.rosters.requests import actor_of, id_in, went

__all__ = ["act", "handover", "home", "own_sick", "own_swap", "own_times", "training"]

#: Shifts shown.
SHOWN = 14


@route(WORK_SHIFT)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My shifts: what holds now, the coming ones, what colleagues ask."""
    return _home(request, HandoverForm())


def _home(request: HttpRequest, form: HandoverForm, status: int = 200) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    me = selectors.own_record(actor)
    coming = list(own_shifts(me, now)[:SHOWN])
    skills = {one.code: one.label for one in me.line.skills.all()}
    said: dict[str, Any] = {
        "me": me, "line": me.line, "coming": [(one, skills.get(one.skill, one.skill)) for one in coming], "now": now,
        "running": bool(coming) and coming[0].starts_at <= now, "handover_form": form,
        "unread": selectors.unread_items(me, now),
        "notes": handovers.recent(actor=actor, person=me, now=now),
        "supervised": bool(reachable_supervisors(me.line, now)),
    }  # fmt: skip
    if said["running"] and me.account_id is not None:
        verdict = can_take_contacts(me.account_id, now, me.line_id)
        text = ERRORS.get(verdict.code)
        said["verdict"] = verdict
        if text is not None:
            said["why"], said["todo"] = (text.en, text.todo_en) if in_english() else (text.zh, text.todo_zh)
    open_states = [SwapState.ASKED, SwapState.ACCEPTED]
    mine = ShiftSwap.objects.filter(Q(asker=me) | Q(other=me), state__in=open_states)
    said["swaps"] = mine.select_related("asker", "other", "shift", "other_shift")
    return render(request, "screens/rosters/my.html", said, status=status)


@route(WORK_SHIFT)
@require_POST
def handover(request: HttpRequest) -> HttpResponse:
    """A few words for the next shift; what is refused stays in the field."""
    actor = actor_of(request)
    me, form = selectors.own_record(actor), HandoverForm(request.POST)
    if form.is_valid() and went(
        form,
        lambda: handovers.hand_over(actor=actor, person=me, words=form.cleaned_data["words"], now=clock.now()),
    ):
        messages.success(request, _("已交给下一班。"))
        return redirect("line_rosters:my")
    return _home(request, form, 422)


@route(WORK_SHIFT)
@require_http_methods(["GET", "HEAD", "POST"])
def own_times(request: HttpRequest) -> HttpResponse:
    """When I can work, and dates off."""
    actor = actor_of(request)
    me = selectors.own_record(actor)
    windows = me.windows.values_list("weekday", "from_minute", "until_minute")
    form = TimesForm(None, initial={"times": write_times(windows, english=in_english())})
    off = DayOffForm()
    if request.method == "POST" and request.POST.get("do") == "drop":
        found = me.days_off.filter(pk=id_in(request, "off")).first()
        if found is None:
            raise Refusal("not_found")
        times.drop_day_off(actor=actor, off=found)
        return redirect("line_rosters:times")
    if request.method == "POST" and request.POST.get("do") == "off":
        off = DayOffForm(request.POST)
        if off.is_valid() and went(off, lambda: times.add_day_off(actor=actor, person=me, **off.cleaned_data)):
            return redirect("line_rosters:times")
    elif request.method == "POST":
        form = TimesForm(request.POST)
        if form.is_valid() and went(
            form, lambda: times.set_windows(actor=actor, person=me, windows=form.cleaned_data["times"])
        ):
            messages.success(request, _("已保存，下一期排班照这个排。"))
            return redirect("line_rosters:times")
    said = {"me": me, "line": me.line, "form": form, "off_form": off, "days_off": me.days_off.all()}
    return render(request, "screens/rosters/times.html", said, status=422 if form.errors or off.errors else 200)


@route(WORK_SHIFT)
@require_http_methods(["GET", "HEAD", "POST"])
def training(request: HttpRequest) -> HttpResponse:
    """What has to be read and agreed to; each once a version."""
    actor, now = actor_of(request), clock.now()
    me = selectors.own_record(actor)
    if request.method == "POST":
        item = selectors.current_items(me.line_id).filter(pk=id_in(request, "item")).first()
        if item is None:
            raise Refusal("item_old")
        people.acknowledge(person=me, item=item, now=now)
        return redirect("line_rosters:training")
    unread = {one.pk for one in selectors.unread_items(me, now)}
    items = [(one, one.pk in unread) for one in selectors.current_items(me.line_id)]
    items.sort(key=lambda pair: not pair[1])
    return render(request, "screens/rosters/training.html", {"me": me, "line": me.line, "items": items})


@route(WORK_SHIFT)
@require_http_methods(["GET", "HEAD", "POST"])
def own_sick(request: HttpRequest) -> HttpResponse:
    """I cannot come: from when until when. Nobody asks why."""
    actor, now = actor_of(request), clock.now()
    me = selectors.own_record(actor)
    form = SickForm(request.POST or None, line=me.line, now=now)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        if went(
            form,
            lambda: report_sick(actor=actor, person=me, starts_at=got["starts_at"], ends_at=got["ends_at"], now=now),
        ):
            messages.success(request, _("记下了，会有人顶班。好好休息。"))
            return redirect("line_rosters:my")
    said = {"line": me.line, "form": form, "own": True}
    return render(request, "screens/rosters/sick.html", said, status=422 if form.errors else 200)


def _words(shift: Shift) -> str:
    zone = shift.line.zone
    return f"{shift.starts_at.astimezone(zone):%m-%d %H:%M}–{shift.ends_at.astimezone(zone):%H:%M}"


def _choices(me: Professional, shift: Shift, now: dt.datetime) -> list[tuple[str, str]]:
    """Colleagues with their coming shifts, the ones near this one first."""
    offered = colleagues(me, shift, now)
    return swap_choices(me, [(one, [(str(other.pk), _words(other)) for other in theirs]) for one, theirs in offered])


@route(WORK_SHIFT)
@require_http_methods(["GET", "HEAD", "POST"])
def own_swap(request: HttpRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Ask a colleague to exchange a shift or to take it over."""
    actor, now = actor_of(request), clock.now()
    me = selectors.own_record(actor)
    shift = (
        Shift.objects.filter(pk=shift_id, professional=me)
        .select_related("line", "roster__line", "professional")
        .first()
    )
    if shift is None:
        raise Refusal("not_found")
    form = SwapForm(request.POST or None, choices=_choices(me, shift, now))
    if request.method == "POST" and form.is_valid():
        whom, _colon, which = form.cleaned_data["target"].partition(":")
        other = Professional.objects.select_related("line").get(pk=whom)
        other_shift = Shift.objects.filter(pk=which).select_related("line").first() if which else None
        if went(form, lambda: ask_swap(actor=actor, shift=shift, other=other, other_shift=other_shift, now=now)):
            messages.success(request, _("问过对方了；同意以后由督导批准。"))
            return redirect("line_rosters:my")
    said = {"me": me, "line": me.line, "shift": shift, "form": form}
    return render(request, "screens/rosters/swap.html", said, status=422 if form.errors else 200)


@route(WORK_SHIFT)
@require_POST
def act(request: HttpRequest, what: str) -> HttpResponse:
    """Answer or withdraw a swap; a supervisor: until when I can be reached."""
    actor, now = actor_of(request), clock.now()
    me = selectors.own_record(actor)
    if what == "reach":
        hours = request.POST.get("hours", "")
        until = now + dt.timedelta(hours=int(hours)) if hours.isascii() and hours.isdigit() and len(hours) < 3 else None
        times.be_reachable(actor=actor, person=me, until=until, now=now)
        return redirect("line_rosters:my")
    rows = ShiftSwap.objects.select_related("line", "asker", "other")
    found = rows.filter(Q(asker=me) | Q(other=me), pk=id_in(request, "swap")).first()
    if found is None or what not in ("accept", "decline", "withdraw"):
        raise Refusal("not_found")
    if what == "withdraw":
        swaps.withdraw_swap(actor=actor, swap=found)
    else:
        answer_swap(actor=actor, swap=found, accept=what == "accept", now=now)
    return redirect("line_rosters:my")
