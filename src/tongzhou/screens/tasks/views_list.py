"""My next task first; what waits to be taken; my declaration of health. Lists, not maps: a phone reads them at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.chain.dispatch.models import Assignment, VolunteerProfile
from tongzhou.chain.dispatch.policies import DECLARE_HEALTH, LIST_TASKS
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.dispatch.services.answering import open_claims
from tongzhou.chain.dispatch.types import MOST_CLAIMS
from tongzhou.flows.join_team import declare_health
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, area_range, route
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.places.models import Place
from tongzhou.screens.tasks.forms import HealthForm
from tongzhou.screens.tasks.words import lines_of

__all__ = ["health", "my", "tasks"]

#: Tasks shown at once; more than a person reads through, and said when there are more.
SHOWN = 60
WEEK = dt.timedelta(days=7)


def actor_of(request: HttpRequest) -> Actor:
    """The actor the site worked out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _account_id(request: HttpRequest) -> uuid.UUID:
    found = actor_of(request).account_id
    assert found is not None  # the declaration of the view made sure of an account
    return found


@route(LIST_TASKS)
@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """What to do next, what else is mine, how I stand."""
    actor, me, now = actor_of(request), _account_id(request), clock.now()
    mine = lines_of(crew.open_tasks(actor)[:SHOWN], me)
    reserves = crew.places_in_reserve(me)
    waiting = lines_of([row.assignment for row, _place in reserves], me)
    said: dict[str, Any] = {
        "next": mine[0] if mine else None, "others": mine[1:], "now": now,
        "reserves": [(line, place) for line, (_row, place) in zip(waiting, reserves, strict=True)],
        "fitness": crew.fitness(me, now), "profile": VolunteerProfile.objects.filter(account_id=me).first(),
        "work": crew.work_of(account_id=me), "waiting": crew.waiting_tasks(actor, now).count(),
        "teams": crew.teams_of(me), "messages_page": _opens("/my/messages/"), "welcome": "welcome" in request.GET,
        "login": request.user.get_username(), **_empty(actor, now),
    }  # fmt: skip
    return render(request, "screens/tasks/my.html", said)


def _opens(path: str) -> str:
    """`path` when there is such a page."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path


def _empty(actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """Figures for a list with nothing in it: what the team did, when the last task came."""
    teams = crew.own_team_ids(actor.account_id)
    last = crew.team_tasks(actor).order_by("-proposed_at").values_list("proposed_at", flat=True).first()
    return {"week": crew.work_of(teams=teams, since=now - WEEK).tasks, "last": last, "in_team": bool(teams)}


@route(LIST_TASKS)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for somebody of my teams, the most urgent first."""
    actor, me, now = actor_of(request), _account_id(request), clock.now()
    every = crew.waiting_tasks(actor, now)
    place, category = _asked(request, "place", 9), _asked(request, "category", 64)
    rows = _narrowed(every, place, category)
    total = rows.count()
    in_hand = open_claims(me)
    said: dict[str, Any] = {
        "lines": lines_of(rows[:SHOWN], me), "total": total, "now": now, "most": MOST_CLAIMS, "in_hand": in_hand,
        "full": in_hand >= MOST_CLAIMS, "fitness": crew.fitness(me, now), "place": place, "category": category,
        "more": max(0, total - SHOWN), **_picks(every), **_empty(actor, now),
    }  # fmt: skip
    return render(request, "screens/tasks/list.html", said)


def _asked(request: HttpRequest, name: str, longest: int) -> str:
    text = str(request.GET.get(name, ""))[:longest]
    return text if text.replace("_", "").isalnum() and text.isascii() else ""


def _narrowed(rows: QuerySet[Assignment], place: str, category: str) -> QuerySet[Assignment]:
    if place.isdigit():
        low, high = area_range(place)
        rows = rows.filter(place_id__gte=low, place_id__lt=high)
    return rows.filter(category_id=category) if category else rows


def _picks(rows: QuerySet[Assignment]) -> dict[str, Any]:
    """The districts and categories there are tasks in, with how many."""
    pairs = list(rows.order_by().values_list("place_id", "category_id"))
    places, kinds = Counter(place[:6] for place, _kind in pairs), Counter(kind for _place, kind in pairs)
    named = Place.objects.in_bulk(places)
    listed = Category.objects.filter(key__in=kinds).order_by("position")
    return {
        "places": [(code, named[code].label if code in named else code, places[code]) for code in sorted(places)],
        "categories": [(one.key, one.label, kinds[one.key]) for one in listed],
    }


@route(DECLARE_HEALTH)
@require_http_methods(["GET", "HEAD", "POST"])
def health(request: HttpRequest) -> HttpResponse:
    """Health and kit, said anew; it counts for a fortnight."""
    me, now = _account_id(request), clock.now()
    if request.method == "POST":
        form = HealthForm(request.POST)
        form.is_valid()
        got = form.cleaned_data
        declare_health(actor=actor_of(request), healthy=got["healthy"], kit=got["kit"], now=now)
        if got["healthy"] and got["kit"]:
            messages.success(request, _("记下了，14 天内可以接任务。"))
        elif got["healthy"]:
            messages.info(request, _("记下了。领到口罩和手套以后再申报一次，就可以接任务。"))
        else:
            messages.info(request, _("记下了。请先休息，不要出门；手里还有任务的话，请点“不做了”或者告诉队长。"))
        return redirect("tasks:my")
    said = {"form": HealthForm(), "fitness": crew.fitness(me, now), "now": now}
    return render(request, "screens/tasks/health.html", said)
