"""At the same moment: two workers at one plan, two people approving it. One of them has the effect, once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

import builders as b
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.planning.models import Plan, PlanLine, PlanSnapshot
from tongzhou.chain.planning.services.running import run_plan, start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.flows.approve_plan import approve_plan
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts at the same moment; what each gave back, or the code of its refusal."""
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        start.wait(30)
        try:
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_two_workers_at_one_plan() -> None:
    need, offer = an_open_need(), an_open_offer()
    for _ in range(4):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tongzhou.chain.planning.services.running._enqueue", lambda plan_id: None)
            plan = start_plan(actor=b.an_actor("coordinator"), response=b.a_response(), scope=Scope(), now=clock.now())
        states = together([lambda pk=plan.pk: run_plan(pk) for _ in range(3)])  # type: ignore[misc]
        assert "ready" in states
        assert set(states) <= {"ready", "running"}
        assert Plan.objects.get(pk=plan.pk).attempts == 1
        assert PlanSnapshot.objects.filter(plan=plan).count() == 1
        lines = PlanLine.objects.filter(plan=plan).values_list("need_id", "offer_id")
        assert list(lines) == [(need.pk, offer.pk)]


def test_two_people_approving_one_plan() -> None:
    for _ in range(4):
        needs = [an_open_need(10, place=place) for place in ("420102", "420106")]
        an_open_offer(20)
        plan = a_plan()
        lines = PlanLine.objects.filter(plan=plan, change="new").count()
        before = Assignment.objects.count()

        def approving(plan: Plan = plan) -> Any:
            return approve_plan(actor=b.an_actor("liaison"), plan=plan, expect=plan.version, now=clock.now()).approved

        told = Counter(together([approving, approving]))
        assert told == {lines: 1, "version_stale": 1}
        assert Assignment.objects.count() - before == lines == len(needs)
