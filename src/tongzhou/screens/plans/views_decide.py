"""Approval by a second person: look, strike, approve or reject; and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.planning.models import Approval, Plan, PlanLine
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS, plan_target
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.selectors.plans import approvable, approval_of, asks_command, commanded
from tongzhou.chain.planning.services.approving import reject_plan
from tongzhou.chain.planning.types import Change, JobState, LineState, PlanState
from tongzhou.flows.approve_later import approve as approve_at_once_or_later
from tongzhou.flows.approve_later import may_stop, stop_approval
from tongzhou.flows.approve_plan import MOST_ANSWER
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, allows, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import Asked, Sheet, Sort, Table, sheet
from tongzhou.kernel.tables.asked import read
from tongzhou.kernel.workers import waits_for
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.plans import columns, words
from tongzhou.screens.plans.forms import ReasonForm
from tongzhou.screens.plans.requests import actor_of, plan_of
from tongzhou.screens.plans.since import approved_since
from tongzhou.screens.plans.tables import DECIDED, partly
from tongzhou.screens.plans.views_plan import head_of

__all__ = ["approve", "reject", "result"]

#: Lines on one page of the approval, and most that are struck one by one.
PAGE, MOST_STRUCK = 100, 5_000
_TABLE = Table(
    name="approve",
    columns=columns.LINE_COLUMNS[:8],
    sorts=(Sort("urgency", "", ("urgency", "place_id", "id")),),
    with_rows=("need__organisation", "offer__place", "place", "category"),
    page_size=PAGE,
    prepare=columns.beside,
)


def _struck(request: HttpRequest) -> set[int]:
    """The lines ticked so far, from the form itself: nothing is kept between requests."""
    said = request.POST.getlist("strike")[:MOST_STRUCK]
    return {int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 19}


def _page(request: HttpRequest, plan: Plan, form: ReasonForm) -> dict[str, Any]:
    actor = actor_of(request)
    said = request.GET.copy()
    if request.POST.get("go"):
        said["at"] = request.POST["go"]
    asked: Asked = read(_TABLE, said)
    rows: Sheet = sheet(approvable(actor, plan), asked)
    struck = _struck(request)
    shown = {int(row.key) for row in rows.rows}
    counts = seen.to_decide(actor, plan)
    return head_of(actor, plan, "approve") | {
        "form": form,
        "ended": _ended(plan),
        "counts": counts,
        "said": {key: f"{count:,}" for key, count in counts.items()},
        "rows": rows.rows,
        "named": {row.key: _line_words(row.record) for row in rows.rows},
        "since": approved_since(actor, plan, approvable(actor, plan)),
        "ticked": {str(one) for one in struck},
        "headings": rows.headings,
        "newer": _cursor(rows.newer),
        "older": _cursor(rows.older),
        "elsewhere": sorted(struck - shown),
        "struck": len(struck),
        "others": seen.left_for_others(actor, plan),
        "command": _command(actor, plan, request.POST.get("command_answer", "")),
        "may_reject": allows(actor, APPROVE_PLAN, **plan_target(plan)),
    }


def _command(actor: Actor, plan: Plan, answer: str = "") -> dict[str, Any] | None:
    """What a command has to answer first: how many lines, how many of the others; None where none allocates."""
    if not asks_command(plan):
        return None
    rows = approvable(actor, plan)
    theirs = rows.filter(commanded()).count()
    said = {"theirs": theirs, "apart": rows.count() - theirs}
    return said | {"words": {name: f"{n:,}" for name, n in said.items()}, "answer": answer, "most": MOST_ANSWER}


def _line_words(line: PlanLine) -> str:
    """Which line a box strikes: what, from whom, to whom."""
    said = {"what": line.category.label, "from": words.giver(line.offer), "to": words.receiver(line.need)}
    return _("%(what)s：%(from)s → %(to)s") % said


def _cursor(address: str) -> str:
    """The cursor in an address of the table."""
    return address.rpartition("at=")[2] if "at=" in address else ""


def _open(plan: Plan) -> bool:
    """Waiting for approval, as a whole or for the rest of its lines."""
    return plan.state == PlanState.READY


@route(APPROVE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """What will happen in one sentence, lines to strike, and the approval; how far it is when it takes long."""
    actor, plan = actor_of(request), plan_of(request, number)
    job = approval_of(plan)
    if job is not None and job.alive:
        if request.POST.get("do") == "stop":
            stop_approval(actor=actor, approval=job)
            return redirect("plans:approve", number)
        if request.method != "POST":
            return render(request, "screens/plans/approving.html", _at_work(actor, plan, job))
    elif request.headers.get("HX-Request"):
        # The page of the work looked again, and it is over.
        return HttpResponse(headers={"HX-Redirect": reverse("plans:result", args=[number])})
    if not _open(plan):
        return redirect("plans:plan", number)
    if request.POST.get("do") == "approve":
        return _approve(request, plan)
    return render(request, "screens/plans/approve.html", _page(request, plan, ReasonForm()))


def _approve(request: HttpRequest, plan: Plan) -> HttpResponse:
    said: dict[str, Any] = {
        "plan": plan, "expect": _version(request), "strike": _struck(request),
        "command_answer": " ".join(request.POST.get("command_answer", "").replace("\x00", " ").split()),
    }  # fmt: skip
    try:
        done = approve_at_once_or_later(actor=actor_of(request), **said, now=clock.now())
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        page = _page(request, plan, ReasonForm()) | {"refusal": refusal}
        return render(request, "screens/plans/approve.html", page, status=refusal.status)
    if isinstance(done, Approval):
        return redirect("plans:approve", plan.number)
    if done.kept:
        messages.info(request, _("%(kept)s 条派单和原来一样，没有动。") % {"kept": f"{done.kept:,}"})
    return redirect("plans:result", plan.number)


def _at_work(actor: Actor, plan: Plan, job: Approval) -> dict[str, Any]:
    """An approval that a worker carries out."""
    since = job.beat_at if job.attempts and job.beat_at is not None else job.created_at
    return head_of(actor, plan, "approve") | {
        "waits": waits_for(since, clock.now()) if job.state == JobState.QUEUED else "",
        "since": since,
        "job": job,
        "done": f"{job.done:,}",
        "total": f"{job.total:,}",
        "may_stop": may_stop(actor, job),
    }


def _ended(plan: Plan) -> dict[str, Any] | None:
    """What is said of an approval that did not come to its end; None when there is nothing to say."""
    job = approval_of(plan)
    if job is None or job.state not in (JobState.CANCELLED, JobState.FAILED):
        return None
    said = {"done": f"{job.done:,}", "total": f"{job.total:,}"}
    return {"failure": words.failure(job.failure), "stopped": _("停下了：%(total)s 行里处理了 %(done)s 行") % said}


def _version(request: HttpRequest) -> int:
    said = str(request.POST.get("version", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


@route(APPROVE_PLAN)
@require_POST
def reject(request: HttpRequest, number: int) -> HttpResponse:
    """Not this plan, and why."""
    plan = plan_of(request, number)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            reject_plan(
                actor=actor_of(request),
                plan=plan,
                expect=_version(request),
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("没有批准。做计划的人会看到原因；现在的派单都没有变。"))
            return redirect("plans:plan", number)
    return render(request, "screens/plans/approve.html", _page(request, plan, form), status=422)


@route(LIST_PLANS)
@require_safe
def result(request: HttpRequest, number: int) -> HttpResponse:
    """What the approval did, line by line where it could not be done."""
    actor, plan = actor_of(request), plan_of(request, number)
    if plan.state not in DECIDED and not partly(plan):
        return redirect("plans:plan", number)
    rows = seen.lines_of(actor, plan)
    approved = Q(state=LineState.APPROVED)
    counted = rows.aggregate(
        sent=Count("pk", filter=approved & Q(change__in=(Change.NEW, Change.CHANGED))),
        kept=Count("pk", filter=approved & Q(change=Change.KEPT)),
        gone=Count("pk", filter=approved & Q(change=Change.GONE)),
        stale=Count("pk", filter=Q(state=LineState.STALE)),
        struck=Count("pk", filter=Q(state=LineState.STRUCK)),
    )
    stale = rows.filter(state=LineState.STALE).select_related(*_TABLE.with_rows).order_by("urgency", "place_id", "id")
    said = head_of(actor, plan, "result") | {
        "part": "" if seen.sees_whole(actor, plan) else words.part(plan, "result"),
        "counts": counted,
        "told": {name: f"{count:,}" for name, count in counted.items()},
        "stale": [_told(one) for one in stale[:PAGE]],
        "others": seen.left_for_others(actor, plan),
        "command": _command(actor, plan),
    }
    return render(request, "screens/plans/result.html", said)


def _told(line: PlanLine) -> dict[str, Any]:
    cells = {column.key: column.cell(line) for column in _TABLE.columns if column.cell}
    return {"line": line, "cells": cells, "what": line.category.label, "reason": columns.decided(line)}
