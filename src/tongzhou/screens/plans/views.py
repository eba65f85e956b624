"""The list of plans, and the start of a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.selectors.lists import needs, offers
from tongzhou.chain.intake.selectors.scene import Scene
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.policies import LIST_PLANS, MAKE_PLAN
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.chain.planning.services.running import start_plan
from tongzhou.chain.planning.types import PlanState, Scope
from tongzhou.flows.pin_and_replan import scope_again
from tongzhou.kernel import clock
from tongzhou.kernel.access import ALL_LINES, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import capped_counts, count_text
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.places.models import Place
from tongzhou.screens.plans import words
from tongzhou.screens.plans.forms import StartForm
from tongzhou.screens.plans.requests import actor_of, doors, plan_of, response_of, scene

__all__ = ["again", "listing", "new"]

PAGE = 30


@route(LIST_PLANS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Plans of the response, the newest first."""
    here, actor = scene(request), actor_of(request)
    rows = plans(actor, here.response) if here.response else plans(actor).none()
    state = request.GET.get("state", "")
    if state in PlanState.values:
        rows = rows.filter(state=state)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        rows = rows.filter(number__lt=int(before))
    found = list(rows.select_related("area", "category").order_by("-number")[: PAGE + 1])
    shown = found[:PAGE]
    said: dict[str, Any] = {
        "scene": here,
        "plans": [_row(one) for one in shown],
        "state": PlanState(state).label if state in PlanState.values else "",
        "older": shown[-1].number if len(found) > PAGE else None,
        "later": bool(before),
        **doors(actor),
    }
    if not found:
        said["ready"] = _ready(actor, here)
    return render(request, "screens/plans/list.html", said)


def _row(plan: Any) -> dict[str, Any]:
    counted = plan.figures if isinstance(plan.figures, dict) else {}
    return {
        "plan": plan,
        "name": words.plan_name(plan),
        "scope": words.scope_words(plan),
        "tone": words.TONES.get(plan.state, ""),
        "figures": words.figures(plan)[:3:2] if counted.get("needs") is not None else [],
    }


def _ready(actor: Actor, here: Scene) -> dict[str, Any]:
    """What could be planned now: verified needs and offers, counted to a thousand. One query."""
    if here.response is None:
        return {"needs": 0, "offers": 0, "need_text": "0", "offer_text": "0"}
    mine = here.response.pk
    counted = capped_counts(
        {
            "needs": needs(actor, mine).filter(state=NeedState.VERIFIED),
            "offers": offers(actor, mine).filter(state=OfferState.VERIFIED),
        }
    )
    return counted | {"need_text": count_text(counted["needs"]), "offer_text": count_text(counted["offers"])}


def _own(actor: Actor, response: Any) -> tuple[str, list[str]]:
    """The area a form begins with, and the lines that may be chosen ("" is all of them)."""
    grants = [one for one in actor.grants if one.role in MAKE_PLAN.roles and one.response in (None, response.pk)]
    lines = sorted({"" if one.line == ALL_LINES else one.line for one in grants})
    if "" in lines:
        lines = ["", "funds", "services", "supplies"]
    wide = any(not one.area or response.area_id.startswith(one.area) for one in grants)
    return (response.area_id if wide else next((one.area for one in grants), response.area_id)), lines


@route(MAKE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose what to plan for; the job starts and its page opens."""
    here, actor = scene(request), actor_of(request)
    if here.response is None:
        return render(request, "screens/plans/new.html", {"scene": here, "response": None})
    area, lines = _own(actor, here.response)
    form = StartForm(
        request.POST or None,
        categories=categories(here.response.pk),
        lines=lines,
        initial={"area": Place.objects.filter(code=area).first(), "line": lines[0] if lines else ""},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        area = said["area"].code
        wanted = Scope(said["line"], "" if area == here.response.area_id else area, said["category"])
        try:
            made = start_plan(actor=actor, response=response_of(request), scope=wanted, now=clock.now())
        except Refusal as refusal:
            if refusal.status == 404:
                form.add_error("area", _("这个地方或这条线不在您的授权范围"))
            else:
                show_refusal(form, refusal)
        else:
            return redirect("plans:plan", made.number)
    page = {"scene": here, "response": here.response, "form": form, "ready": _ready(actor, here)}
    return render(request, "screens/plans/new.html", page, status=422 if form.errors else 200)


@route(MAKE_PLAN)
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """The same question once more, or the reader's own part of it, with what is true now."""
    actor, old = actor_of(request), plan_of(request, number)
    wanted = scope_again(actor, old)
    if wanted is None:
        raise Refusal("not_found")
    made = start_plan(actor=actor, response=old.response, scope=wanted, now=clock.now())
    return redirect("plans:plan", made.number)
