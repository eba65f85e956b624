"""Which response a page is about: the one it names, else one the actor works in, open and real ones first."""

from __future__ import annotations

from dataclasses import dataclass

from tongzhou.kernel.access import Actor
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import responses

__all__ = ["Scene", "scene_of"]


@dataclass(frozen=True, slots=True)
class Scene:
    """The actor, the responses they may choose from, and the chosen one (None: no response exists yet)."""

    actor: Actor
    responses: tuple[Response, ...]
    response: Response | None

    @property
    def area(self) -> str:
        """The division the response covers."""
        return self.response.area_id if self.response else "0"


def scene_of(actor: Actor, slug: str = "") -> Scene:
    """One query. An unknown name counts as none."""
    bound = {grant.response for grant in actor.grants}
    known = tuple(
        one for one in responses(actor).order_by("state", "-started_on", "slug") if None in bound or one.pk in bound
    )
    open_first = sorted(known, key=lambda one: (not one.is_open, one.is_exercise))
    named = next((one for one in known if one.slug == slug), None)
    return Scene(actor, known, named or next(iter(open_first), None))
