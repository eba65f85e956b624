"""Kinds of shift: how the day is cut, with breaks and the seats each fills in any case."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongzhou.desks.professionals.models import ServiceLine, ShiftKind
from tongzhou.desks.professionals.policies import SET_SHIFTS
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services.kinds import drop_kind, set_kind
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.screens.professionals.forms import KindForm
from tongzhou.screens.professionals.requests import actor_of, went

__all__ = ["kinds"]


def _rows(line: ServiceLine, listed: list[ShiftKind]) -> list[dict[str, Any]]:
    skills = {one.code: one.label for one in line.skills.all()}

    def clock_of(minute: int) -> str:
        return f"{minute % 1440 // 60:02}:{minute % 60:02}"

    return [
        {
            "kind": one,
            "hours": one.minutes / 60,
            "breaks": _("、").join(
                f"{clock_of(one.start_minute + after)}–{clock_of(one.start_minute + after + length)}"
                for after, length in one.breaks
            ),
            "least": _("、").join(f"{skills.get(code, code)} {seats}" for code, seats in sorted(one.least.items())),
        }
        for one in listed
    ]


@route(SET_SHIFTS)
@require_http_methods(["GET", "HEAD", "POST"])
def kinds(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """The kinds there are; one changed (``?code=``) or added; one taken away (``do=drop``)."""
    actor, now = actor_of(request), clock.now()
    one = selectors.get_line(actor, line_id, SET_SHIFTS)
    listed = list(one.shift_kinds.filter(withdrawn_at=None).order_by("start_minute", "code"))
    if request.method == "POST" and request.POST.get("do") == "drop":
        drop_kind(actor=actor, line=one, code=str(request.POST.get("code", "")), now=now)
        messages.success(request, _("去掉了；排好的班不变，新排的不再用它。"))
        return redirect("people_line:kinds", one.pk)
    asked = next((kind for kind in listed if kind.code == request.GET.get("code")), None)
    form = KindForm(request.POST if request.method == "POST" else None, line=one, kind=asked)
    if (
        request.method == "POST"
        and form.is_valid()
        and went(form, lambda: set_kind(actor=actor, line=one, now=now, **form.said()))
    ):
        messages.success(request, _("已保存，从下一期排班起用。"))
        return redirect("people_line:kinds", one.pk)
    said = {"line": one, "rows": _rows(one, listed), "form": form, "asked": asked}
    return render(request, "screens/professionals/kinds.html", said, status=422 if form.errors else 200)
