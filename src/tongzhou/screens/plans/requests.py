"""What every view of the plans needs from its request."""

from __future__ import annotations

from django.http import HttpRequest

from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.policies import GIVE_STANDING, MAKE_PLAN
from tongzhou.chain.planning.selectors.plans import get_plan
from tongzhou.kernel.access import ANONYMOUS, Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response

__all__ = ["actor_of", "doors", "plan_of", "response_of", "scene"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def scene(request: HttpRequest) -> Scene:
    """The response the page is about."""
    return scene_of(actor_of(request), str(request.POST.get("response") or request.GET.get("response") or ""))


def response_of(request: HttpRequest) -> Response:
    """The response the page is about; ``Refusal("not_found")`` when there is none."""
    found = scene(request).response
    if found is None:
        raise Refusal("not_found")
    return found


def plan_of(request: HttpRequest, number: int) -> Plan:
    """The plan of an address; ``Refusal("not_found")`` when it is not the actor's to see."""
    return get_plan(actor_of(request), number)


def doors(actor: Actor) -> dict[str, bool]:
    """Which of the neighbouring pages the reader may open."""
    return {"may_plan": may(actor, MAKE_PLAN), "may_stand": may(actor, GIVE_STANDING)}
