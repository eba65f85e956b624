"""What every view of the records needs from its request."""

from __future__ import annotations

from django.http import HttpRequest

from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.kernel.access import ANONYMOUS, Actor

__all__ = ["actor_of", "scene"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def scene(request: HttpRequest) -> Scene:
    """The response the page is about."""
    return scene_of(actor_of(request), request.GET.get("response", ""))
