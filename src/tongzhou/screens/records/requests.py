"""What every view of the records needs from its request."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.tables import Asked, read
from tongzhou.screens.records.kinds import Kind

__all__ = ["actor_of", "view_of"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def view_of(request: HttpRequest, kind: Kind) -> tuple[Scene, Asked, QuerySet[Any]]:
    """The response, the view the address asks for, and the rows the actor may see of it.

    The response stands in every address made from here, so that a kept address means the same when another one opens.
    """
    scene = scene_of(actor_of(request), request.GET.get("response", ""))
    said = request.GET.copy()
    if scene.response is not None:
        said["response"] = scene.response.slug
    asked = read(kind.table(scene, said), said)
    return scene, asked, kind.rows(scene.actor, scene.response.pk if scene.response else None)
