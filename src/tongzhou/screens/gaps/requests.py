"""What an address of these pages asks for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["View", "actor_of", "view_of"]

#: Digits of a district: pages go no deeper.
_DEEPEST = 6


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


@dataclass(frozen=True, slots=True)
class View:
    """A response, a division inside its area, a kind of help or a single category ("" for all)."""

    scene: Scene
    response: Response
    place: Place
    kind: str = ""
    category: str = ""

    def address(self, **more: str) -> str:
        """The query of this view with some of it changed, beginning with ``?``."""
        said = {"place": self.place.code, "kind": self.kind, "category": self.category} | more
        if said["place"] == self.response.area_id:
            del said["place"]
        pairs = {"response": self.response.slug} | {name: value for name, value in said.items() if value}
        return "?" + urlencode(pairs)


def view_of(request: HttpRequest) -> tuple[Scene, View | None]:
    """The view an address asks for; what it says and nobody knows counts as not said. None: no response exists yet."""
    scene = scene_of(actor_of(request), request.GET.get("response", ""))
    response = scene.response
    if response is None:
        return scene, None
    code = request.GET.get("place", "")
    known = code.isascii() and code.isdigit() and len(code) <= _DEEPEST and lies_in(code, response.area_id)
    place = Place.objects.filter(code=code).first() if known else None
    kind, category = request.GET.get("kind", ""), request.GET.get("category", "")
    return scene, View(
        scene,
        response,
        place or response.area,
        kind if kind in Kind.values else "",
        category if category.isascii() and len(category) <= 64 and "\x00" not in category else "",
    )
