"""One plan: how far it is, what it says, its tables, its proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongzhou.chain.planning.models import Plan, PlanSnapshot
from tongzhou.chain.planning.policies import APPROVE_PLAN, LIST_PLANS, MAKE_PLAN, STEER_PLAN
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.services.running import cancel_plan
from tongzhou.chain.planning.types import RUNNING, Kind, PlanState
from tongzhou.flows.pin_and_replan import scope_again
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import csv_chunks, read, row_count, sheet, xlsx_file
from tongzhou.kernel.tables.files import MOST_XLSX_ROWS
from tongzhou.kernel.words import in_english
from tongzhou.screens.plans import words
from tongzhou.screens.plans.exact import exact
from tongzhou.screens.plans.requests import actor_of, plan_of
from tongzhou.screens.plans.since import approved_since
from tongzhou.screens.plans.tables import DECIDED, GAPS, HOLDS, LEFT, LINES, SECTIONS, Section, partly, table_of

__all__ = ["cancel", "directory", "export", "gaps", "head_of", "holds", "left", "plan", "progress", "proof"]

View = Callable[..., HttpResponseBase]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A plan that holds an answer.
ANSWERED = (PlanState.READY, PlanState.APPROVED, PlanState.EMPTY, PlanState.REJECTED, PlanState.SUPERSEDED)


def head_of(actor: Actor, plan: Plan, here: str) -> dict[str, Any]:
    """What stands above every page of a plan."""
    answered = plan.state in ANSWERED
    again = scope_again(actor, plan)
    return {
        "plan": plan,
        "name": words.plan_name(plan),
        "scope": words.scope_words(plan),
        "tone": words.TONES.get(plan.state, ""),
        "answered": answered,
        "sentence": words.sentence(plan) if answered else "",
        "details": words.details(plan, actor) if answered else [],
        "figures": words.figures(plan) if answered else [],
        "tabs": [(one.label, one.path(plan), one.key == here) for one in SECTIONS] if answered else [],
        "here": here,
        "mine": plan.made_by is not None and plan.made_by == actor.account_id,
        "may_plan": may(actor, MAKE_PLAN),
        "again": words.scope_words(plan, again) if again is not None else "",
        "may_approve": may(actor, APPROVE_PLAN) and plan.state == PlanState.READY,
        "decided": plan.state in DECIDED,
    }


def listing(section: Section) -> View:
    """The page of one table."""

    @route(LIST_PLANS)
    @require_safe
    def view(request: HttpRequest, number: int) -> HttpResponse:
        actor, found = actor_of(request), plan_of(request, number)
        if found.state not in ANSWERED and not (section is LEFT and found.state == PlanState.FAILED):
            if section is not LINES:
                return redirect("plans:plan", number)
            return render(request, "screens/plans/waiting.html", head_of(actor, found, "lines") | _waiting(found))
        asked = read(table_of(section, found, request.GET, steers=may(actor, STEER_PLAN)), request.GET)
        whole = seen.sees_whole(actor, found)
        shown = sheet(section.rows(actor, found), asked)
        said = head_of(actor, found, section.key) | {
            "section": section,
            "path": section.path(found),
            "sheet": exact(shown, found, section.key) if whole else shown,
            "part": "" if whole else words.part(found, section.key),
            "outside": words.outside(found) if section is LEFT else "",
        }
        if section is LINES:
            said["decided"] = said["decided"] or partly(found)
            said["since"] = approved_since(actor, found, seen.lines_of(actor, found))
            said["life"] = seen.lines_of(actor, found).filter(urgency=0, quantity__gt=0).count()
        return render(request, "screens/plans/plan.html", said)

    return view


def export(section: Section) -> View:
    """Exactly what the table shows, as CSV or XLSX. The trail keeps who, which view and how many rows."""

    @route(LIST_PLANS)
    @require_POST
    def view(request: HttpRequest, number: int) -> HttpResponseBase:
        actor, found = actor_of(request), plan_of(request, number)
        asked = read(table_of(section, found, request.GET, steers=False), request.GET)
        rows = section.rows(actor, found)
        wanted = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
        count = row_count(rows, asked)
        if wanted == "xlsx" and count > MOST_XLSX_ROWS:
            raise Refusal("export_too_long", rows=f"{count:,}", most=f"{MOST_XLSX_ROWS:,}")
        said = {"as": wanted, "rows": count, "view": asked.query, "columns": list(asked.columns)}
        with transaction.atomic():
            audit.record(actor=actor, act="plan.export", obj=found, changes={"export": said})
        name = f"tongzhou-{asked.table.name}-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{wanted}"
        if wanted == "xlsx":
            return FileResponse(xlsx_file(rows, asked), as_attachment=True, filename=name, content_type=_XLSX)
        return _streamed(request, csv_chunks(rows, asked), name)

    return view


def _streamed(request: HttpRequest, chunks: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """Pieces as they are made. Under ASGI each is made in the request's own thread, so nothing piles up in memory."""

    async def one_by_one() -> Any:
        following = sync_to_async(lambda: next(chunks, None))
        while (chunk := await following()) is not None:
            yield chunk

    content = one_by_one() if isinstance(request, ASGIRequest) else chunks
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


plan, gaps, holds, left = (listing(section) for section in (LINES, GAPS, HOLDS, LEFT))


def _waiting(found: Plan) -> dict[str, Any]:
    failure = found.failure or {}
    language = "en" if in_english() else "zh"
    return {
        "running": found.state in RUNNING,
        "failure": {"what": failure.get(language, ""), "todo": failure.get(f"todo_{language}", "")}
        if failure
        else None,
        "step": words.step(found),
    }


@route(LIST_PLANS)
@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is; when it is over the page loads itself anew."""
    found = plan_of(request, number)
    said = head_of(actor_of(request), found, "lines") | _waiting(found)
    answer = render(request, "screens/plans/_progress.html", said)
    if found.state not in RUNNING:
        answer["HX-Refresh"] = "true"
    return answer


@route(MAKE_PLAN)
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the work on it."""
    cancel_plan(actor=actor_of(request), plan=plan_of(request, number), now=clock.now())
    return redirect("plans:plan", number)


@route(LIST_PLANS)
@require_safe
def proof(request: HttpRequest, number: int) -> HttpResponse:
    """By which principles it was made, what was verified, and how anybody checks it."""
    actor, found = actor_of(request), plan_of(request, number)
    if found.state not in ANSWERED:
        return redirect("plans:plan", number)
    snapshot = PlanSnapshot.objects.defer("content").filter(plan=found).first()
    used = [(Kind(kind).label, *words.order_words(order)) for kind, order in found.principles.items() if kind in Kind]
    said = head_of(actor, found, "proof") | {
        "snapshot": snapshot,
        "principles": used,
        "sees_whole": seen.sees_whole(actor, found),
    }
    return render(request, "screens/plans/proof.html", said)


@route(LIST_PLANS)
@require_POST
def directory(request: HttpRequest, number: int) -> HttpResponse:
    """The plan directory as a zip, for `check`; the trail keeps who took it.

    It holds the whole plan, so it goes only to those whose right reaches all of it.
    """
    actor, found = actor_of(request), plan_of(request, number)
    snapshot = PlanSnapshot.objects.filter(plan=found).first()
    if snapshot is None or not seen.sees_whole(actor, found):
        raise Refusal("not_found")
    with transaction.atomic():
        audit.record(actor=actor, act="plan.export", obj=found, changes={"export": {"as": "zip"}})
    answer = HttpResponse(bytes(snapshot.content), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-plan-{found.number}.zip"'
    return answer
