"""A coordinator's pages: the teams looked after, the entrance of one with its QR code, the poster."""

from __future__ import annotations

import datetime as dt
import uuid

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.dispatch.models import TeamEntrance
from tongzhou.chain.dispatch.policies import MANAGE_ENTRANCE
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.flows import join_team
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Team
from tongzhou.registers.people.selectors import area_names
from tongzhou.screens.teams.forms import EntranceForm

__all__ = ["close", "entrance", "poster", "teams"]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _team(request: HttpRequest, team_id: uuid.UUID) -> Team:
    found = crew.managed_teams(_actor(request)).filter(pk=team_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def _shown(one: TeamEntrance | None, now: dt.datetime) -> dict[str, object]:
    """An entrance as the pages say it: how it stands, how many came."""
    if one is None:
        return {"entrance": None, "tone": "", "word": _("没有开"), "usable": False}
    joined = crew.joined_by(one)
    over, full = one.valid_until <= now, joined >= one.most
    word = _("已过期") if over else _("已满") if full else _("开着")
    tone = "off" if over else "mark" if full else "good"
    return {"entrance": one, "joined": joined, "tone": tone, "word": word, "usable": not over and not full}


@route(MANAGE_ENTRANCE)
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The teams of the actor's line and area, each with its entrance."""
    now, found = clock.now(), list(crew.managed_teams(_actor(request)))
    names = area_names(team.area for team in found)
    rows = [{"team": team, "area": names[team.area], **_shown(crew.entrance_of(team), now)} for team in found]
    return render(request, "screens/teams/teams.html", {"rows": rows})


@route(MANAGE_ENTRANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def entrance(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Its QR code and figures; the form opens it, or changes it for one with a new code."""
    team, now = _team(request, team_id), clock.now()
    present = crew.entrance_of(team)
    said = {"insurance_contact": present.insurance_contact, "most": present.most} if present else None
    form = EntranceForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        join_team.open_entrance(
            actor=_actor(request), team=team, most=got["most"], now=now,
            valid_until=now + dt.timedelta(days=got["days"]), insurance_contact=got["insurance_contact"],
        )  # fmt: skip
        messages.success(request, _("加入口开好了。旧的二维码已经失效。") if present else _("加入口开好了。"))
        return redirect("teams:entrance", team_id=team.pk)
    context = {"team": team, "form": form, "area": area_names([team.area])[team.area], **_shown(present, now)}
    if present is not None:
        context |= _code(request, present)
    return render(request, "screens/teams/entrance.html", context, status=422 if form.errors else 200)


def _code(request: HttpRequest, one: TeamEntrance) -> dict[str, str]:
    address = request.build_absolute_uri(reverse("teams:join", args=[one.secret]))
    return {"address": address, "qr": segno.make(address, error="m").svg_data_uri(scale=8, border=2, light="#fff")}


@route(MANAGE_ENTRANCE)
@require_POST
def close(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Close the entrance: its code leads to a page that says so."""
    present = crew.entrance_of(_team(request, team_id))
    if present is None:
        raise Refusal("version_stale")
    join_team.close_entrance(actor=_actor(request), entrance=present, now=clock.now())
    messages.success(request, _("加入口关了。扫旧二维码的人会看到“已经关了”。"))
    return redirect("teams:entrance", team_id=team_id)


@route(MANAGE_ENTRANCE)
@require_safe
def poster(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """One sheet of paper for a wall."""
    team = _team(request, team_id)
    present = crew.entrance_of(team)
    if present is None:
        return redirect("teams:entrance", team_id=team_id)
    context = {"team": team, "area": area_names([team.area])[team.area], **_shown(present, clock.now())}
    return render(request, "screens/teams/poster.html", context | _code(request, present))
