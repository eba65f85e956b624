"""What the forms show: the open response, and categories in the order of the place's stage."""

from __future__ import annotations

import re

from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import open_responses
from tongzhou.registers.stages.selectors import order_categories, weights_at

__all__ = ["categories_in_order", "chosen_response", "short_label"]

#: What households ask for; among these the place's stage decides which stand first.
_HOUSEHOLD = (
    "mask_unspecified", "hospital_bed", "patient_transport", "vegetables", "rice", "infant_formula", "infant_diaper",
    "dialysis_transport", "birth_transport", "chemotherapy_transport", "errand_shopping", "home_care", "child_care",
    "psychological_counselling", "companion_call", "grief_counselling", "rehabilitation_guidance", "employment_advice",
    "legal_advice", "online_tutoring", "oxygen_concentrator", "adult_diaper", "sanitary_pad", "pet_food",
)  # fmt: skip
_PICKS = 8


def chosen_response(actor: Actor, slug: str = "") -> tuple[Response, list[Response]]:
    """The response a form is for (the named one, else the newest open one), and the others that are open.

    Raises ``Refusal("no_response")`` when nothing is open.
    """
    listed = list(open_responses(actor).filter(is_exercise=False))
    if not listed:
        raise Refusal("no_response")
    chosen = next((one for one in listed if one.slug == slug), listed[0])
    return chosen, [one for one in listed if one != chosen]


def categories_in_order(response: Response, place: str = "") -> tuple[list[Effective], list[Effective]]:
    """(every category, the few that stand as buttons), those of the place's stages first; nothing is hidden."""
    weights = weights_at(place or response.area_id, response.pk)
    listed = {one.key: one for one in catalogue.categories(response.pk) if one.kind != "funds"}
    household = [listed[key] for key in _HOUSEHOLD if key in listed]
    if weights.place_id:
        household = order_categories(household, weights)
    return order_categories(list(listed.values()), weights), household[:_PICKS]


def short_label(category: Effective) -> str:
    """Its name as people say it: without what stands in brackets (口罩, not 口罩（未注明类型）)."""
    return re.split(r"[（(]", category.label)[0].strip() or category.label
