"""The front page of the settings: only what this actor may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tongzhou.kernel.access import Act, may, route
from tongzhou.registers.people import policies as people
from tongzhou.screens.setup.policies import OPEN_SETUP

__all__ = ["SECTIONS", "Section", "front"]


@dataclass(frozen=True, slots=True)
class Section:
    """One door of the settings: the route, what opens it, its title and what it is for."""

    name: str
    act: Act
    title: Any
    about: Any


SECTIONS = [
    Section("setup:accounts", people.LIST_ACCOUNTS, _("账号与角色"), _("谁能登录，在哪个地区、哪一条线上做什么")),
    Section("setup:teams", people.MANAGE_TEAM, _("团队"), _("一起负责一个地方、一条线的人")),
    Section("setup:trail", people.READ_TRAIL, _("审计记录"), _("谁在什么时候做了什么、看过什么")),
]


@route(OPEN_SETUP)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The doors this actor may open."""
    actor = request.actor  # type: ignore[attr-defined]
    doors = [
        {"path": reverse(section.name), "title": section.title, "about": section.about}
        for section in SECTIONS
        if may(actor, section.act)
    ]
    return render(request, "screens/setup/front.html", {"doors": doors})
