"""One roster: how far it is, people x days, coverage, what lacks and why; published, cancelled, as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongzhou.desks.professionals.models import Roster, Shift
from tongzhou.desks.professionals.policies import LIST_ROSTERS, MAKE_ROSTER, PUBLISH_ROSTER, allows_on
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services.running import cancel_roster
from tongzhou.desks.professionals.services.sheets import roster_file
from tongzhou.desks.professionals.services.task import assignments_of, unpack
from tongzhou.desks.professionals.types import RosterState
from tongzhou.flows.line_rosters import publish_roster
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.kernel.workers import waits_for
from tongzhou.screens.rosters.drawing import TALL, WIDTH, bars_of, grid_of
from tongzhou.screens.rosters.requests import actor_of
from tongzhou.screens.rosters.views import TONES
from tongzhou_engines.staffing import check_roster

__all__ = ["cancel", "coverage", "export", "progress", "publish", "roster"]

ANSWERED = (RosterState.DRAFT, RosterState.PUBLISHED, RosterState.REPLACED)
_AT_WORK = (RosterState.QUEUED, RosterState.RUNNING)


def _head(actor: Actor, one: Roster) -> dict[str, Any]:
    steps = {
        "reading": _("读来访和人员"), "counting": _("算每天每班几个人"), "placing": _("把人排进去"),
        "mending": _("补空缺"), "evening": _("把班分匀"), "checking": _("核对每条规则"), "writing": _("保存"),
    }  # fmt: skip
    statuses = {
        "complete": _("每个半小时都排满了，已逐条核对"), "short_proved": _("有空缺，并且证明了再怎么排也少不了"),
        "short": _("有空缺，还没有证明能不能更少"),
    }  # fmt: skip
    language = "en" if in_english() else "zh"
    return {
        "roster": one, "line": one.line, "tone": TONES.get(one.state, ""), "answered": one.state in ANSWERED,
        "running": one.state in _AT_WORK, "step": steps.get(one.step, ""), "status": statuses.get(one.status, ""),
        "last": one.start + dt.timedelta(days=one.days - 1), "mine": one.made_by == actor.account_id,
        "failure": {"what": one.failure.get(language, ""), "todo": one.failure.get(f"todo_{language}", "")},
        **_queued(one), "may_make": allows_on(actor, MAKE_ROSTER, one.line),
        "may_publish": allows_on(actor, PUBLISH_ROSTER, one.line),
    }  # fmt: skip


def _queued(one: Roster) -> dict[str, Any]:
    """Since when it waits for a worker, and whether one is there; nothing once one has taken it."""
    if one.state != RosterState.QUEUED:
        return {"waits": ""}
    since = one.beat_at if one.attempts else one.created_at
    return {"waits": waits_for(since, clock.now()), "since": since}


def _skills(one: Roster) -> dict[str, str]:
    return {skill.code: skill.label for skill in one.line.skills.all()} | {"supervisor": _("督导")}


@route(LIST_ROSTERS)
@require_safe
def roster(request: HttpRequest, number: int) -> HttpResponse:
    """The grid of people and days, figures, fairness, what lacks and why."""
    actor = actor_of(request)
    one = selectors.get_roster(actor, number)
    said = _head(actor, one)
    if not said["answered"]:
        return render(request, "screens/rosters/waiting.html", said)
    language, skills = "en" if in_english() else "zh", _skills(one)
    spread = [
        (_("一共几小时"), one.figures.get("hours"), one.figures.get("far_hours")),
        (_("夜班"), one.figures.get("nights"), one.figures.get("far_nights")),
        (_("周末的班"), one.figures.get("weekend_days"), one.figures.get("far_weekend_days")),
    ]  # fmt: skip
    said |= {
        "grid": grid_of(one, skills),
        "spread": spread,
        "notes": [note[language] for note in one.figures.get("notes", [])],
        "shortages": [
            {
                "at": dt.datetime.fromisoformat(row["start"]),
                "skill": skills.get(row["skill"], row["skill"]),
                "lacking": row["lacking"],
                "why": row[language],
            }
            for row in one.shortages[:200]
        ],
        "kinds": one.line.shift_kinds.filter(withdrawn_at=None),
        "missing": (one.shortage or 0) / 2,
        "inevitable": (one.least_shortage or 0) / 2,
        "service": _service(one.figures.get("service") or {}),
    }
    return render(request, "screens/rosters/roster.html", said)


def _service(told: dict[str, Any]) -> dict[str, Any]:
    """Shares in per cent, whole and by day; empty for a roster that expects nobody."""
    if not told.get("calls"):
        return {}

    def shares(calls: float, in_time: float, given_up: float) -> tuple[float, float]:
        return (100 * in_time / calls, 100 * given_up / calls) if calls else (100.0, 0.0)

    whole = shares(told["calls"], told["in_time"], told["given_up"])
    days = [(dt.date.fromisoformat(day), calls, *shares(calls, *rest)) for day, calls, *rest in told["days"]]
    return {
        "in_time": whole[0], "given_up": whole[1], "days": days, "within": told["within_seconds"],
        "promised": told["promised_percent"],
        "below": sum(in_time < told["promised_percent"] for _, _, in_time, _ in days),
    }  # fmt: skip


@route(LIST_ROSTERS)
@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is; when it is over the page loads itself anew."""
    actor = actor_of(request)
    one = selectors.get_roster(actor, number)
    answer = render(request, "screens/rosters/_progress.html", _head(actor, one))
    if one.state not in _AT_WORK:
        answer["HX-Refresh"] = "true"
    return answer


@route(LIST_ROSTERS)
@require_safe
def coverage(request: HttpRequest, number: int) -> HttpResponse:
    """One day: how many sit and how many are needed in each half hour, drawn and as a table."""
    actor = actor_of(request)
    one = selectors.get_roster(actor, number)
    if one.state not in ANSWERED:
        return redirect("line_rosters:roster", number)
    days = [one.start + dt.timedelta(days=n) for n in range(one.days)]
    asked = request.GET.get("day", "")
    day = next((each for each in days if each.isoformat() == asked), days[0])
    task, _frame = unpack(one)
    table = check_roster(task, assignments_of(one, task)).coverage
    skills = _skills(one)
    charts = []
    for skill, kind in table.select("skill", "kind").unique().sort("kind", "skill").iter_rows():
        bars = bars_of(table, skill, kind, day)
        if bars:
            charts.append({"label": skills.get(skill, skill), "kind": kind, "bars": bars})
    at = days.index(day)
    said = _head(actor, one) | {
        "day": day, "days": days, "charts": charts, "tall": TALL, "wide": 48 * WIDTH, "slot": WIDTH,
        "before": days[at - 1] if at else None, "after": days[at + 1] if at + 1 < len(days) else None,
    }  # fmt: skip
    return render(request, "screens/rosters/coverage.html", said)


@route(PUBLISH_ROSTER)
@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Put it into force; everybody on it is told."""
    actor = actor_of(request)
    one = selectors.get_roster(actor, number, PUBLISH_ROSTER)
    version = request.POST.get("version", "")
    expect = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else one.version
    publish_roster(actor=actor, roster=one, expect=expect, now=clock.now())
    messages.success(request, _("发布了，每个人都会收到通知。"))
    return redirect("line_rosters:roster", number)


@route(MAKE_ROSTER)
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the work on it, or throw a draft away."""
    actor = actor_of(request)
    cancel_roster(actor=actor, roster=selectors.get_roster(actor, number, MAKE_ROSTER))
    return redirect("line_rosters:roster", number)


@route(LIST_ROSTERS)
@require_POST
def export(request: HttpRequest, number: int) -> HttpResponse:
    """The shifts as a file: aliases, no contacts. Who took it stands in the trail."""
    actor = actor_of(request)
    one = selectors.get_roster(actor, number)
    if one.state not in ANSWERED:
        raise Refusal("not_found")
    rows = Shift.objects.filter(roster=one, withdrawn_at=None).select_related("professional").order_by("starts_at")
    wanted = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
    with transaction.atomic():
        audit.record(actor=actor, act=LIST_ROSTERS, obj=one, changes={"export": {"as": wanted, "rows": rows.count()}})
    content, kind = roster_file(one, rows, wanted)
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-roster-{one.number}.{wanted}"'
    return answer
