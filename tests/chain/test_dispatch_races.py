"""At the same moment, with threads on a real database: one holder, nothing promised twice, nothing left lying.

200 rounds in the suite, shared out; TONGZHOU_RACES=10000 runs as many as asked. The controls without the guard promise
too much, else the tests would prove nothing.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from builders import an_actor
from builders_dispatch import (
    NOON,
    a_key,
    a_plan,
    a_plan_line,
    a_standing,
    a_team,
    a_verified_need,
    a_verified_offer,
    a_volunteer,
    an_assignment,
    balances_of,
)  # fmt: skip
from tongzhou.chain.dispatch.models import Assignment, Movement, Reserve
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, of_needs, of_offers, open_of_need
from tongzhou.chain.dispatch.services import answering, assignments
from tongzhou.chain.dispatch.services.assignments import propose
from tongzhou.chain.dispatch.types import COUNTS_FOR_NEED, TAKES_STOCK, Balance
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.flows import claim_task
from tongzhou.flows.answer_assignment import accept
from tongzhou.flows.claim_task import claim
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.edit_need import move_record
from tongzhou.flows.lapse_assignments import lapse_due
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("TONGZHOU_RACES", "200"))
PEOPLE = 16
Act = Callable[[], Any]
Crowd = Callable[[list[Act]], list[Any]]


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """Run so many acts at the same moment; what each gave back, or the code of its refusal."""
    with ThreadPoolExecutor(PEOPLE) as pool:

        def run(acts: list[Act]) -> list[Any]:
            start = threading.Barrier(len(acts))

            def one(act: Act) -> Any:
                connection.ensure_connection()
                start.wait(60)
                try:
                    return act()
                except Refusal as refusal:
                    return refusal.code

            return list(pool.map(one, acts))

        yield run
        done = threading.Barrier(PEOPLE)

        def close(_n: int) -> None:
            done.wait(60)
            connections.close_all()

        list(pool.map(close, range(PEOPLE)))


def _taken_of(offer: Offer) -> int:
    sums = of_offers([offer.pk])[offer.pk]
    return sum(sums[one] for one in TAKES_STOCK)


def test_sixteen_volunteers_on_one_task(crowd: Crowd) -> None:
    team = a_team()
    actors = [a_volunteer(team)[1] for _ in range(PEOPLE)]
    offer = a_verified_offer(2 * ROUNDS, team=team)
    standing = a_standing(team)
    for number in range(ROUNDS // 5):
        one = an_assignment(2, need=a_verified_need(2), offer=offer, standing=standing)

        def claiming(actor: Actor, one: Assignment = one) -> Act:
            return lambda: claim(actor=actor, assignment=one, key=a_key(), now=NOON)

        told = crowd([claiming(actor) for actor in actors])
        places = sorted(said.reserve_place or 0 for said in told)
        assert places == list(range(PEOPLE)), (number, told)
        assert balances_of(one) == {"accepted": 2}
        Assignment.objects.filter(pk=one.pk).update(state="confirmed")  # their hands are free for the next round
    assert Reserve.objects.count() == (ROUNDS // 5) * (PEOPLE - 1)


def test_sixteen_officers_on_one_assignment(crowd: Crowd) -> None:
    coordinators = [an_actor("coordinator") for _ in range(PEOPLE)]
    offer = a_verified_offer(ROUNDS)
    plan = a_plan()
    for number in range(ROUNDS * 3 // 10):
        need = a_verified_need(1)
        one = an_assignment(1, need=need, offer=offer, plan_line=a_plan_line(need, offer, 1, plan=plan))

        def accepting(actor: Actor, one: Assignment = one) -> Act:
            return lambda: accept(actor=actor, assignment=one, key=a_key(), now=NOON).state

        told = Counter(crowd([accepting(actor) for actor in coordinators]))
        assert told == {"accepted": 1, "already_covered": PEOPLE - 1}, (number, told)
        assert balances_of(one) == {"accepted": 1}


def _proposals(offer: Offer, needs: list[Need], quantity: int) -> list[Act]:
    plan = a_plan()
    lines = [a_plan_line(need, offer, quantity, plan=plan) for need in needs]

    def proposing(need: Need, line: Any) -> Act:
        return lambda: (
            propose(actor=SYSTEM, need=need, offer=offer, quantity=quantity, plan_line=line, now=NOON).quantity
        )

    return [proposing(need, line) for need, line in zip(needs, lines, strict=True)]


def test_sixteen_lines_on_one_offer(crowd: Crowd) -> None:
    needs = [a_verified_need(10**9) for _ in range(PEOPLE)]
    for number in range(max(5, ROUNDS // 20)):
        offer = a_verified_offer(37)
        told = Counter(crowd(_proposals(offer, needs, 5)))
        # 7 fit into 37: neither one more nor one less.
        assert told == {5: 7, "over_stock": PEOPLE - 7}, (number, told)
        assert (_taken_of(offer), free_of_offer(offer)) == (35, 2)


def test_sixteen_offers_for_one_need(crowd: Crowd) -> None:
    offers = [a_verified_offer(10**9) for _ in range(PEOPLE)]
    for number in range(max(5, ROUNDS // 20)):
        need, plan = a_verified_need(37), a_plan()
        lines = [(offer, a_plan_line(need, offer, 5, plan=plan)) for offer in offers]

        def proposing(offer: Offer, line: Any, need: Need = need) -> Act:
            return lambda: propose(actor=SYSTEM, need=need, offer=offer, quantity=5, plan_line=line, now=NOON).quantity

        told = Counter(crowd([proposing(*each) for each in lines]))
        assert told == {5: 7, "over_need": PEOPLE - 7}, (number, told)
        assert open_of_need(need) == 2


def test_closing_while_others_accept_propose_confirm_and_lapse(crowd: Crowd) -> None:
    """Whatever wins: nothing of a closed need waits or is held, nothing arrives twice, no balance is below zero."""
    coordinator, verifier = an_actor("coordinator"), an_actor("verifier")
    for number in range(max(10, ROUNDS // 10)):
        need, offers, plan = a_verified_need(60), [a_verified_offer(20) for _ in range(4)], a_plan()
        first = [
            an_assignment(10, need=need, offer=offer, plan_line=a_plan_line(need, offer, 10, plan=plan))
            for offer in offers[:3]
        ]
        accept(actor=coordinator, assignment=first[0], key=a_key(), now=NOON)
        line = a_plan_line(need, offers[3], 10, plan=plan)

        def closing(pk: uuid.UUID = need.pk) -> Any:
            own = Need.objects.get(pk=pk)
            return move_record(
                actor=coordinator, record=own, expect=own.version, state="withdrawn", reason="测试"
            ).state

        def both(one: Assignment) -> list[Act]:
            return [
                lambda: accept(actor=coordinator, assignment=one, key=a_key(), now=NOON).state,
                lambda: (
                    confirm(actor=verifier, assignment=one, received=10, how="call", key=a_key(), now=NOON).received
                ),
            ]

        acts: list[Act] = [closing, *(act for one in first * 2 for act in both(one))]
        acts += [
            lambda line=line, need=need, offer=offers[3]: (
                propose(  # type: ignore[misc]
                    actor=SYSTEM, need=need, offer=offer, quantity=10, plan_line=line, now=NOON
                ).state
            ),
            lambda one=first[2]: withdraw(actor=coordinator, assignment=one, reason="", now=NOON).state,  # type: ignore[misc]
        ]
        told = crowd(acts[:PEOPLE])
        _judge(need, told, number)
    assert lapse_due(NOON) == 0


def _judge(need: Need, told: list[Any], number: int) -> None:
    need.refresh_from_db()
    assert need.state in ("withdrawn", "verified"), (number, told)  # somebody's settling may have been faster
    for one in Assignment.objects.filter(need=need):
        sums = balances_of(one)
        assert min(sums.values(), default=1) > 0, (number, sums)
        assert sum(sums.values()) in (0, 10)
        if need.state == "withdrawn":
            assert not sums.keys() & {"planned", "accepted"}, (number, one.state, sums, told)
            assert one.state in ("withdrawn", "confirmed"), (number, one.state, sums)
    received = of_needs([need.pk])[need.pk][Balance.RECEIVED]
    assert received == 10 * sum(said == 10 for said in told)


def test_without_the_guard_more_is_promised_than_there_is(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: judged before the lock instead of behind it, sixteen get what is there for seven."""
    monkeypatch.setattr(assignments, "require_room", lambda *_all: None)
    needs = [a_verified_need(10**9) for _ in range(PEOPLE)]
    offer = a_verified_offer(37)
    together = threading.Barrier(PEOPLE)

    def unguarded(act: Act) -> Act:
        def judge_then_act() -> Any:
            fits = free_of_offer(offer) >= 5
            together.wait(60)
            return act() if fits else "over_stock"

        return judge_then_act

    told = Counter(crowd([unguarded(act) for act in _proposals(offer, needs, 5)]))
    assert told != {5: 7, "over_stock": PEOPLE - 7}
    assert _taken_of(offer) > 37


def test_without_the_guard_two_would_hold_one_task(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the state is looked at before the lock, and the balances let it pass."""
    team = a_team()
    actors = [a_volunteer(team)[1] for _ in range(PEOPLE)]
    one = an_assignment(2, need=a_verified_need(2), offer=a_verified_offer(team=team))
    together = threading.Barrier(PEOPLE)
    seen_free = threading.local()

    def stale(_pk: uuid.UUID) -> Assignment:
        found: Assignment = seen_free.one
        return found

    def unguarded_append(*, actor: Actor, assignment: Assignment, steps: Any, key: str, **_all: Any) -> None:
        Movement.objects.bulk_create(
            Movement(
                assignment=assignment, need_id=assignment.need_id, offer_id=assignment.offer_id, source=source,
                target=target, quantity=quantity, at=NOON, key=key, by_id=actor.account_id,
            )
            for source, target, quantity in steps
        )  # fmt: skip

    monkeypatch.setattr(claim_task, "lock_assignment", stale)
    monkeypatch.setattr(answering, "append", unguarded_append)
    monkeypatch.setattr(answering.changes, "apply", lambda record, **_all: record)

    def claiming(actor: Actor) -> Act:
        def act() -> Any:
            seen_free.one = Assignment.objects.get(pk=one.pk)
            together.wait(60)
            return claim(actor=actor, assignment=one, key=a_key(), now=NOON).held

        return act

    held = Counter(crowd([claiming(actor) for actor in actors]))[True]
    assert held > 1
    assert balances_of(one)["accepted"] > sum(
        one.quantity for one in Assignment.objects.filter(pk=one.pk)
    )  # more was taken on than was assigned


def test_sums_count_for_both_sides() -> None:
    """What is judged above is what the plan and the pages read."""
    assert Balance.REFUSED in TAKES_STOCK
    assert Balance.REFUSED not in COUNTS_FOR_NEED
