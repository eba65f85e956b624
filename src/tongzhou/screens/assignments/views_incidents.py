"""What went wrong: saying it, the queue of those who handle it, the page of one report."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.chain.delivery.forms import IncidentForm, OutcomeForm
from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.policies import HANDLE_INCIDENT, LIST_INCIDENTS, READ_INCIDENT, REPORT_INCIDENT
from tongzhou.chain.delivery.selectors.receipts import incidents
from tongzhou.chain.delivery.types import IncidentState
from tongzhou.chain.dispatch.policies import LIST_ASSIGNMENTS, TAKE_BACK, target_of
from tongzhou.chain.dispatch.selectors.assignments import get_assignment
from tongzhou.chain.dispatch.selectors.words import giver_of, how_much, receiver_of, what_of
from tongzhou.chain.dispatch.types import LIVE
from tongzhou.chain.intake.selectors.scene import scene_of
from tongzhou.flows import report_incident
from tongzhou.kernel import clock, idempotency, kept
from tongzhou.kernel.access import Actor, allows, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import capped_counts, count_text
from tongzhou.screens.assignments.tables import TONES, actor_of

__all__ = ["handle", "incident", "queue", "read", "report"]

PAGE_SIZE = 50


@route(LIST_INCIDENTS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Reports in the reader's line and area: the open ones first, the oldest on top. What was said stays sealed."""
    actor = actor_of(request)
    scene = scene_of(actor, request.GET.get("response", ""))
    tab = IncidentState.HANDLED if request.GET.get("tab") == IncidentState.HANDLED else IncidentState.OPEN
    rows = incidents(actor, scene.response) if scene.response is not None else IncidentReport.objects.none()
    counts = capped_counts({state: rows.filter(state=state) for state in IncidentState.values})
    order = ("created_at", "pk") if tab == IncidentState.OPEN else ("-handled_at", "-pk")
    shown = rows.filter(state=tab).defer("text").select_related("assignment__category", "assignment__team", "place")
    page = Paginator(shown.order_by(*order), PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {"response": scene.response.slug} if scene.response is not None else {}
    tabs = [
        {
            "label": state.label, "count": count_text(counts[state]), "here": state == tab,
            "href": "?" + urlencode({**kept, "tab": state.value}),
        }
        for state in (IncidentState.OPEN, IncidentState.HANDLED)
    ]  # fmt: skip
    said = {"scene": scene, "page": page, "tabs": tabs, "tab": tab, "now": clock.now(), "lines": _lines(page)}
    return render(request, "screens/assignments/incidents.html", said)


def _lines(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "report": row, "what": what_of(row.assignment),
            "amount": how_much(row.assignment.category, row.assignment.quantity),
        }
        for row in rows
    ]  # fmt: skip


def _find(actor: Actor, pk: uuid.UUID) -> IncidentReport:
    """The report, if it lies in the actor's line and area."""
    with_rows = ("assignment__category", "assignment__need", "assignment__offer", "assignment__organisation",
                 "assignment__receiver", "assignment__team", "place", "response")  # fmt: skip
    row = IncidentReport.objects.select_related(*with_rows).filter(pk=pk).first()
    if row is None or not allows(actor, LIST_INCIDENTS, line=row.line, area=row.place_id, response=row.response_id):
        raise Refusal("not_found")
    return row


def _page(request: HttpRequest, row: IncidentReport, *, status: int = 200, **more: Any) -> HttpResponse:
    actor, one = actor_of(request), row.assignment
    where: dict[str, Any] = {"line": row.line, "area": row.place_id, "response": row.response_id}
    may_handle = allows(actor, HANDLE_INCIDENT, **where) and row.state == IncidentState.OPEN
    said = {
        "report": row, "one": one, "what": what_of(one), "amount": how_much(one.category, one.quantity),
        "giver": giver_of(one), "receiver": receiver_of(one), "tone": TONES.get(one.state, ""),
        "may_read": allows(actor, READ_INCIDENT, **where), "may_handle": may_handle,
        "may_take_back": allows(actor, TAKE_BACK, **target_of(one)) and one.state in LIVE,
        "form": more.pop("form", None) or (OutcomeForm(initial={"version": row.version}) if may_handle else None),
    }  # fmt: skip
    return render(request, "screens/assignments/incident.html", said | more, status=status)


@route(LIST_INCIDENTS)
@require_GET
def incident(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One report: what kind, about what, what was done. The words only by a button that is logged."""
    return _page(request, _find(actor_of(request), pk))


@route(READ_INCIDENT)
@require_POST
def read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Open what was said; each look stands in the trail."""
    actor = actor_of(request)
    row = _find(actor, pk)
    return _page(request, row, text=kept.shown(report_incident.read(actor=actor, incident=row)) or _("（没有写）"))


@route(HANDLE_INCIDENT)
@require_http_methods(["POST"])
def handle(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down what was done about it."""
    actor = actor_of(request)
    row = _find(actor, pk)
    if not allows(actor, HANDLE_INCIDENT, line=row.line, area=row.place_id, response=row.response_id):
        raise Refusal("not_found")
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    outcome = form.cleaned_data["outcome"]

    def effect() -> str:
        return str(report_incident.handle(actor=actor, incident=row, outcome=outcome, now=clock.now()).pk)

    try:
        idempotency.once(
            scope=f"incident:{actor.account_id}", key=form.cleaned_data["key"],
            content=idempotency.fingerprint([str(row.pk), outcome]), effect=effect,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, _find(actor, pk), form=form, trouble=refusal, status=refusal.status)
    messages.success(request, _("已记下怎样处理的。"))
    return redirect("assignments:incident", row.pk)


@route(REPORT_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Say that something went wrong with an assignment; whoever has to do with it may."""
    actor = actor_of(request)
    one = get_assignment(actor, code)
    report_incident.require_right(actor, one)
    form = IncidentForm(request.POST if request.method == "POST" else None)
    said: dict[str, Any] = {
        "one": one, "what": what_of(one), "amount": how_much(one.category, one.quantity), "form": form,
        "back": f"/assignments/{one.code}/" if may(actor, LIST_ASSIGNMENTS) else f"/tasks/{one.code}/",
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return render(request, "screens/assignments/report.html", said, status=422 if form.is_bound else 200)
    got = form.cleaned_data
    try:
        report_incident.report(
            actor=actor, assignment=one, kind=got["kind"], text=got["text"], key=got["key"], now=clock.now()
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return render(request, "screens/assignments/report.html", said | {"trouble": refusal}, status=refusal.status)
    messages.success(request, _("已报告，协调员会尽快处理。有危险请先打 120 或 110。"))
    return redirect(said["back"])
