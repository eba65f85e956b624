"""Setting stage weights: always a person, always with a reason, always a new row."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.policies import anywhere, area_of
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.models import StageWeight
from tongzhou.registers.stages.policies import SET_WEIGHTS
from tongzhou.registers.stages.types import Stage

__all__ = ["set_weights"]


@transaction.atomic
def set_weights(
    *,
    actor: Actor,
    response: Response,
    place: Place,
    outbreak: int,
    containment: int,
    recovery: int,
    aftercare: int,
    reason: str,
) -> StageWeight:
    """Say where a place stands in the epidemic: four whole numbers from 0 that sum to 100, and why.

    Raises ``Refusal("bad_form")`` when they do not, or without a reason; ``not_found`` outside the actor's area or the
    response's; ``response_closed``.
    """
    _require(actor, response, place)
    given = {"outbreak": outbreak, "containment": containment, "recovery": recovery, "aftercare": aftercare}
    wrong = {stage: _("请写 0 到 100 的整数") for stage in Stage.values if not 0 <= given[stage] <= 100}
    reason = reason.strip()
    if not wrong and sum(given.values()) != 100:
        wrong["outbreak"] = _("四项加起来要等于 100，现在是 %(sum)s") % {"sum": sum(given.values())}
    if not 4 <= len(reason) <= 300:
        wrong["reason"] = _("请写明依据（4 到 300 个字），例如：连续 14 天无新增病例")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    row = StageWeight(
        response=response,
        place=place,
        reason=reason,
        set_by=actor.account_id,
        set_by_name=actor.name,
        set_at=clock.now(),
        **given,
    )
    return changes.create(row, actor=actor, act=SET_WEIGHTS, reason=reason)


def _require(actor: Actor, response: Response, place: Place) -> None:
    # A line is not asked for: the stage of a place is the same for every line.
    if not response.is_open:
        raise Refusal("response_closed")
    grants = tuple(grant for grant in actor.grants if grant.response in (None, response.pk))
    require(anywhere(replace(actor, grants=grants)), SET_WEIGHTS, area=area_of(place.code))
    if not place.code.startswith(area_of(response.area_id)):
        raise Refusal("not_found")
