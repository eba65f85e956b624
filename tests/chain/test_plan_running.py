"""From the snapshot through the engine to rows; what `check` says of the kept zip; a worker that dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.planning.models import PlanLine, PlanNeed, PlanOffer
from tongzhou.chain.planning.services.packing import unpack
from tongzhou.chain.planning.types import PlanState
from tongzhou_engines.allocation import check

pytestmark = pytest.mark.django_db


def test_two_needs_one_offer(tmp_path: Path) -> None:
    """300 masks for 200 that are urgent and 200 that are important: the first is filled, the second gets 100."""
    urgent = an_open_need(200, urgency=1)
    important = an_open_need(200, urgency=2, place="420106")
    offer = an_open_offer(300)
    plan = a_plan()
    assert plan.state == PlanState.READY, plan.failure
    assert (plan.progress, plan.step, plan.attempts) == (100, "", 1)
    lines = {line.need_id: line.quantity for line in PlanLine.objects.filter(plan=plan)}
    assert lines == {urgent.pk: 200, important.pk: 100}
    gap = PlanNeed.objects.get(plan=plan, need=important)
    assert (gap.asked, gap.planned, gap.served, gap.basis, gap.reason) == (
        200,
        200,
        100,
        "confirmed",
        "more_urgent_first",
    )
    assert gap.text_zh
    assert gap.text_en
    given = PlanOffer.objects.get(plan=plan)
    assert (given.offer_id, given.free, given.given, given.reason) == (offer.pk, 300, 300, "")
    unpack(plan.snapshot.content, tmp_path)
    found = check(tmp_path)
    assert found.ok, found.faults
    assert plan.figures["needs"] == 2
    assert (plan.figures["helped"], plan.figures["full"], plan.figures["gap"]) == (2, 1, 1)
