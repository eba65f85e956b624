"""Teams: the pages of an administrator."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongzhou.kernel.access import route
from tongzhou.registers.people import policies, selectors, services
from tongzhou.registers.people.models import Team
from tongzhou.screens.setup.people_common import actor_of_request, form_page, page_of, try_write
from tongzhou.screens.setup.people_forms import MemberForm, ReasonForm, TeamForm

__all__ = ["close", "join", "leave", "new_team", "team", "teams"]


def _names(found: list[Team]) -> dict[str, str]:
    return selectors.area_names(team.area for team in found)


@route(policies.MANAGE_TEAM)
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """Open teams, and the closed ones below."""
    actor = actor_of_request(request)
    opened, closed = list(selectors.teams(actor=actor)), list(selectors.teams(actor=actor, closed=True)[:50])
    context = {"teams": opened, "closed": closed, "areas": _names([*opened, *closed])}
    return render(request, "screens/setup/people/teams.html", context)


@route(policies.MANAGE_TEAM)
@form_page
def new_team(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None)
    made: list[Team] = []
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "area", "line", "lead")}
        if try_write(
            form, lambda: made.append(services.create_team(actor=actor_of_request(request), **said)), on="name"
        ):
            messages.success(request, _("团队已建好，请加队员。"))
            return redirect("setup:team", team_id=made[0].pk)
    return page_of(request, "new_team.html", form)


@route(policies.MANAGE_TEAM)
@form_page
def team(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """One team: what it does, who is in it."""
    actor = actor_of_request(request)
    found = selectors.get_team(actor=actor, team_id=team_id)
    form = TeamForm(request.POST or None, initial=TeamForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("name", "area", "line", "lead")}
        expect = form.cleaned_data["version"] or found.version
        if try_write(form, lambda: services.change_team(actor=actor, team=found, expect=expect, **said), on="name"):
            messages.success(request, _("已保存。"))
            return redirect("setup:team", team_id=team_id)
    return _team_page(request, found, form, MemberForm(prefix="new"))


def _team_page(request: HttpRequest, found: Team, form: TeamForm, joining: MemberForm) -> HttpResponse:
    members = found.members.filter(left_at=None).select_related("account").order_by("account__name")
    status = 422 if form.errors or joining.errors else 200
    context = {"team": found, "form": form, "joining": joining, "members": members, "areas": _names([found])}
    return render(request, "screens/setup/people/team.html", context, status=status)


@route(policies.MANAGE_TEAM)
@require_POST
def join(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Put somebody into the team."""
    actor = actor_of_request(request)
    found = selectors.get_team(actor=actor, team_id=team_id)
    joining = MemberForm(request.POST, prefix="new")
    if not joining.is_valid():
        return _team_page(request, found, TeamForm(initial=TeamForm.initial_of(found)), joining)
    services.join_team(actor=actor, team=found, account=joining.cleaned_data["account"])
    return redirect("setup:team", team_id=team_id)


@route(policies.MANAGE_TEAM)
@require_POST
def leave(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Take somebody out of a team."""
    actor = actor_of_request(request)
    member = selectors.get_member(actor=actor, member_id=member_id)
    services.leave_team(actor=actor, member=member)
    return redirect("setup:team", team_id=member.team_id)


@route(policies.MANAGE_TEAM)
@form_page
def close(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Close a team."""
    actor = actor_of_request(request)
    found = selectors.get_team(actor=actor, team_id=team_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if try_write(form, lambda: services.close_team(actor=actor, team=found, reason=reason)):
            messages.success(request, _("团队已结束。"))
            return redirect("setup:teams")
    words = {"title": _("结束团队“%(name)s”") % {"name": found.name}, "about": _("队员的角色不变；过去的记录都保留。")}
    return page_of(request, "reason.html", form, button=_("结束团队"), stop=True, **words)
