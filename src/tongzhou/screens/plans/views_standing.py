"""Approvals given in advance: for small errands of a team that cannot wait for a signature each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.chain.planning.models import StandingApproval
from tongzhou.chain.planning.policies import GIVE_STANDING
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.services.steering import give_standing, withdraw_standing
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.people.models import Team
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.responses.models import Response
from tongzhou.screens.plans import words
from tongzhou.screens.plans.forms import StandingForm
from tongzhou.screens.plans.requests import actor_of, scene

__all__ = ["standing", "withdraw_standing_view"]

PAGE = 50
#: So many teams one list can still be chosen from.
MOST_TEAMS = 500


def _teams(response: Response) -> list[Team]:
    """Open teams of this response or of every one; the service judges the category and the place."""
    rows = Team.objects.filter(Q(response_id=response.pk) | Q(response_id=None), closed_at=None)
    return list(rows.order_by("name")[:MOST_TEAMS])


@route(GIVE_STANDING)
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: HttpRequest) -> HttpResponse:
    """What was approved in advance, and one more."""
    here, actor = scene(request), actor_of(request)
    if here.response is None:
        return render(request, "screens/plans/standing.html", {"scene": here, "response": None})
    form = StandingForm(request.POST or None, teams=_teams(here.response), categories=categories(here.response.pk))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            give_standing(
                actor=actor,
                response=here.response,
                team=said["team"],
                category=Category.objects.get(pk=said["category"]),
                area=said["area"],
                most=said["most"],
                valid_until=said["valid_until"],
                reason=said["reason"],
                now=clock.now(),
            )
        except Refusal as refusal:
            if refusal.status == 404:
                form.add_error("area", _("这个地方或这条线不在您的授权范围"))
            else:
                show_refusal(form, refusal)
        else:
            messages.success(request, _("记下了。以后符合的派单直接交给这个团队，不用再批。"))
            return redirect("plans:standing")
    return render(request, "screens/plans/standing.html", _page(request, here.response, form) | {"scene": here},
                  status=422 if form.errors else 200)  # fmt: skip


def _page(request: HttpRequest, response: Response, form: StandingForm) -> dict[str, Any]:
    now = clock.now()
    page = Paginator(seen.standings_of(actor_of(request), response), PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "response": response,
        "page": page,
        "listed": [_shown(one, now) for one in page.object_list],
        "has_teams": bool(form.fields["team"].queryset.exists()),  # type: ignore[attr-defined]
    }


def _shown(one: StandingApproval, now: Any) -> dict[str, Any]:
    state, tone = (_("已收回"), "off") if one.withdrawn_at else (_("已到期"), "off")
    if not one.withdrawn_at and one.valid_until > now:
        state, tone = _("有效"), "good"
    return {
        "one": one,
        "most": words.amount(one.most, one.category) if one.most else _("不限"),
        "state": state,
        "tone": tone,
        "open": one.withdrawn_at is None and one.valid_until > now,
    }


@route(GIVE_STANDING)
@require_POST
def withdraw_standing_view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it back; what it has already sent out is for people to look at."""
    found = StandingApproval.objects.select_related("category", "area", "team").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    withdraw_standing(actor=actor_of(request), standing=found, now=clock.now())
    messages.success(request, _("收回了。以后的派单又要一条条批准。"))
    return redirect("plans:standing")
