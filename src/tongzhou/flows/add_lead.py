"""A possible source is noted down, to be called. It is never planned with until somebody has committed."""

from __future__ import annotations

import uuid

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer, Submission
from tongzhou.chain.intake.policies import CREATE_LEAD
from tongzhou.chain.intake.services.codes import free_code
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.services.submit import masked
from tongzhou.chain.intake.types import Line
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.services import resolve
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["add_lead"]


@transaction.atomic
def add_lead(
    *, actor: Actor, response: Response, source_name: str, place: Place, channel: str, item: str = "",
    quantity: int | None = None, unit: str = "", note: str = "", id: uuid.UUID | None = None,
) -> Lead:  # fmt: skip
    """Note a lead. Phone numbers in its texts are masked: they belong into the sealed contact, not here.

    Raises ``Refusal``: ``response_closed``, ``not_found`` (no right for that line and place).
    """
    if not response.is_open:
        raise Refusal("response_closed")
    key = resolve(item, response.pk).key if item else None
    category = Category.objects.filter(key=key).first() if key else None
    line = category.line if category else Line.SUPPLIES
    require(actor, CREATE_LEAD, line=line, area=place.pk, response=response.pk)
    lead = Lead(
        id=id or ids.new_id(), code=free_code(Submission, Need, Offer, Lead), response=response, line=line, place=place,
        source_name=masked(source_name)[:200], category=category, item=masked(item)[:200], quantity=quantity,
        unit=unit[:20], note=masked(note), channel=channel,
    )  # fmt: skip
    fill_search(lead)
    return changes.create(lead, actor=actor, act=CREATE_LEAD)
