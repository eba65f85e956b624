"""What the forms of offering show: the open response and its categories in the order of its stage."""

from __future__ import annotations

from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import open_responses
from tongzhou.registers.stages.selectors import order_categories, weights_at

__all__ = ["categories_for", "chosen_response"]

_KINDS = {"goods": ("goods",), "service": ("in_person", "remote"), "money": ()}


def chosen_response(actor: Actor, slug: str = "") -> tuple[Response, list[Response]]:
    """The response an offer is for (the named one, else the newest open one), and the others that are open."""
    listed = list(open_responses(actor).filter(is_exercise=False))
    if not listed:
        raise Refusal("no_response")
    chosen = next((one for one in listed if one.slug == slug), listed[0])
    return chosen, [one for one in listed if one != chosen]


def categories_for(response: Response, kind: str) -> list[Effective]:
    """The categories of one kind of offering, those most needed at this stage first."""
    listed = [one for one in catalogue.categories(response.pk) if one.kind in _KINDS[kind]]
    return order_categories(listed, weights_at(response.area_id, response.pk))
