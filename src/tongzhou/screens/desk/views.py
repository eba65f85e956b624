"""The desk, for whoever is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongzhou.chain.dispatch.policies import ENTER_RESULTS, LIST_TASKS, MANAGE_ENTRANCE
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.intake.policies import ENTER_NEED, IMPORT_SHEETS, LIST_NEEDS
from tongzhou.chain.intake.selectors.scene import scene_of
from tongzhou.chain.planning.policies import MAKE_PLAN
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, SIGNED_IN, Actor, may, route
from tongzhou.registers.people.types import ADMIN, Role
from tongzhou.screens.desk.feed import feed
from tongzhou.screens.desk.queues import queues
from tongzhou.screens.desk.tiles import legend, tile_map

__all__ = ["desk"]


@route(SIGNED_IN)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, where it waits, what just happened; each role sees what is theirs to do."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    scene = scene_of(actor, request.GET.get("response", ""))
    now = clock.now()
    said: dict[str, Any] = {"scene": scene, "now": now, "doors": _doors(actor), "roles": _roles(actor)}
    if scene.response is not None:
        response, slug = scene.response.pk, scene.response.slug
        seen = queues(actor, response, slug, now)
        said["queues"] = [one for one in seen if one.href]
        said["others"] = [one for one in seen if not one.href]
        if may(actor, LIST_NEEDS):
            said |= {
                "map": tile_map(actor, response, slug, scene.area),
                "legend": legend(),
                "feed": feed(actor, response),
            }
        if may(actor, LIST_TASKS):
            said |= {"tasks": True, "to_take": crew.waiting_tasks(actor, now).count()}
    said["is_admin"] = ADMIN in actor.roles
    return render(request, "screens/desk/desk.html", said)


def _roles(actor: Actor) -> list[str]:
    return [str(Role(role).label) for role in sorted(actor.roles) if role in Role.values]


def _there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _doors(actor: Actor) -> list[dict[str, str]]:
    """What the actor can begin now."""
    listed = [
        ("/entry/", _("录入来电或口头的求助"), ENTER_NEED, "plus"),
        ("/imports/", _("导入一份表格"), IMPORT_SHEETS, "up"),
        ("/plans/new/", _("规划现在的需求"), MAKE_PLAN, "boat"),
        ("/tasks/slips/", _("录入纸条"), ENTER_RESULTS, "check"),
        ("/teams/", _("志愿者团队"), MANAGE_ENTRANCE, "person"),
    ]
    return [
        {"path": path, "label": label, "icon": icon}
        for path, label, act, icon in listed
        if may(actor, act) and _there(path)
    ]
