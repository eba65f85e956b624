"""The glass: escalated contacts, requests, deciding, looking, reviewing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.desks.casework.policies import GLASS_ASK, GLASS_DECIDE
from tongzhou.desks.casework.services import forms
from tongzhou.desks.casework.services.glass import reason_of
from tongzhou.flows import break_glass
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.scene import actor_of, rows_of

__all__ = ["decide", "look", "queue", "review"]


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    actor, now = actor_of(request), clock.now()
    found = []
    for row in break_glass.glass_rows(actor):
        reason, findings = reason_of(row)
        open_now = row.until is not None and row.until > now
        others = actor.account_id not in (row.asked_by, row.granted_by)
        found.append(
            {
                "row": row,
                "reason": reason,
                "findings": findings,
                "open_now": open_now,
                "mine": row.asked_by == actor.account_id,
                "may_decide": others and row.granted_by is None and may(actor, GLASS_DECIDE),
                "may_review": others and row.granted_at is not None and not open_now and row.reviewed_at is None
                and may(actor, GLASS_DECIDE),
            }
        )  # fmt: skip
    return found


def _show(request: HttpRequest, trouble: Refusal | None = None, typed: str = "") -> HttpResponse:
    actor = actor_of(request)
    said = {"contacts": break_glass.escalated(actor), "rows": _rows(request), "trouble": trouble, "typed": typed}
    return render(request, "screens/casework/glass.html", said, status=trouble.status if trouble else 200)


@route(GLASS_ASK)
@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """Escalated contacts and requests; asking for one."""
    if request.method == "POST":
        reason = str(request.POST.get("reason", ""))
        try:
            chosen = ids.parse_id(str(request.POST.get("contact", "")))
            if chosen is None:
                raise Refusal("bad_request")
            break_glass.ask_glass(actor=actor_of(request), contact_id=chosen, reason=reason, now=clock.now())
        except Refusal as refusal:
            if refusal.code == "not_found":
                raise
            return _show(request, refusal, reason)
        messages.success(request, _("已提出。另一位督导批准后一小时内可以看，每次看都有记录。"))
        return redirect("casework:glass")
    return _show(request)


@route(GLASS_DECIDE)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Yes for an hour, or no."""
    grant = request.POST.get("do") == "grant"
    break_glass.decide_glass(actor=actor_of(request), pk=pk, grant=grant, now=clock.now())
    return redirect("casework:glass")


@route(GLASS_ASK)
@require_GET
def look(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is behind it; every look is in the trail, and the counsellor sees that it took place."""
    seen = break_glass.look_through(actor=actor_of(request), pk=pk, now=clock.now())
    papers = [
        (one.paper, rows_of(forms.edition(one.paper.kind, one.paper.form_version), one.answers)) for one in seen.papers
    ]
    return render(request, "screens/casework/glass_look.html", {"seen": seen, "papers": papers})


@route(GLASS_DECIDE)
@require_POST
def review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A third person says whether it was right."""
    findings = str(request.POST.get("findings", ""))
    try:
        break_glass.review_glass(
            actor=actor_of(request), pk=pk, justified=request.POST.get("justified") == "1", findings=findings,
            now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, refusal, findings)
    messages.success(request, _("复核已记下。"))
    return redirect("casework:glass")
