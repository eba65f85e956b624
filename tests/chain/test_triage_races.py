"""At the same moment, with threads on a real database: one lock, one outcome, no chain of merges, no lost change.

200 rounds in the suite; TONGZHOU_RACES=10000 runs as many as asked. The control without the guard lets several in, else
the tests would prove nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from builders import a_need, an_actor
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import NeedState
from tongzhou.chain.triage.models import Check, Lock
from tongzhou.chain.triage.selectors.queue import Filters
from tongzhou.chain.triage.types import Verdict
from tongzhou.flows.merge_needs import merge_needs
from tongzhou.flows.verify_need import take_need, take_next_need, verify_need
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)
ROUNDS = int(os.environ.get("TONGZHOU_RACES", "200"))
PEOPLE = 16


@pytest.fixture
def crowd() -> Iterator[Callable[[list[Callable[[], Any]]], list[Any]]]:
    """Run so many acts at the same moment; what each gave back, or the code of its refusal."""
    with ThreadPoolExecutor(PEOPLE) as pool:

        def run(acts: list[Callable[[], Any]]) -> list[Any]:
            start = threading.Barrier(len(acts))

            def one(act: Callable[[], Any]) -> Any:
                connection.ensure_connection()
                start.wait(30)
                try:
                    return act()
                except Refusal as refusal:
                    return refusal.code

            return list(pool.map(one, acts))

        yield run
        done = threading.Barrier(PEOPLE)

        def close(_n: int) -> None:
            done.wait(30)
            connections.close_all()

        list(pool.map(close, range(PEOPLE)))


def test_sixteen_verifiers_on_one_need(crowd: Callable[[list[Callable[[], Any]]], list[Any]]) -> None:
    actors = [an_actor("verifier") for _ in range(PEOPLE)]
    need = a_need()
    for number in range(ROUNDS):
        now = NOON + number * dt.timedelta(minutes=11)

        def taking(actor: Actor, now: dt.datetime = now) -> Callable[[], Any]:
            return lambda: take_need(actor=actor, need=need, now=now).seconds_left

        told = Counter(crowd([taking(actor) for actor in actors]))
        assert told == {600: 1, "lock_held": PEOPLE - 1}, (number, told)
        assert Lock.objects.filter(until__gt=now).count() == 1


def test_sixteen_people_asking_for_the_next_one_get_sixteen(
    crowd: Callable[[list[Callable[[], Any]]], list[Any]],
) -> None:
    actors = [an_actor("verifier") for _ in range(PEOPLE)]
    for number in range(max(3, ROUNDS // 40)):
        now = NOON + number * dt.timedelta(minutes=11)
        needs = {a_need().pk for _ in range(PEOPLE - 2)}

        def asking(actor: Actor, now: dt.datetime = now) -> Callable[[], Any]:
            return lambda: take_next_need(actor=actor, filters=Filters(), now=now).pk

        told = crowd([asking(actor) for actor in actors])
        taken = [one for one in told if isinstance(one, uuid.UUID)]
        assert set(taken) == needs, number
        assert len(taken) == PEOPLE - 2
        assert Counter(told)["queue_empty"] == 2
        Need.objects.filter(pk__in=needs).update(state=NeedState.WITHDRAWN)


def test_one_holder_answering_from_two_windows_has_one_effect(
    crowd: Callable[[list[Callable[[], Any]]], list[Any]],
) -> None:
    actor = an_actor("verifier")
    for number in range(max(10, ROUNDS // 10)):
        need = a_need()
        take_need(actor=actor, need=need, now=NOON)

        def answering(outcome: str, pk: uuid.UUID = need.pk) -> Callable[[], Any]:
            def act() -> str:
                own = Need.objects.get(pk=pk)
                verdict = Verdict(outcome, urgency=2 if outcome == "confirmed" else None)
                return verify_need(actor=actor, need=own, verdict=verdict, expect=1, now=NOON).outcome

            return act

        told = Counter(crowd([answering(one) for one in ("confirmed", "unreachable", "solved", "unreachable")]))
        assert told["lock_lost"] + told["version_stale"] == 3, (number, told)
        assert Check.objects.filter(need=need).count() == 1


def test_sixteen_merging_crosswise_make_no_chain_and_no_circle(
    crowd: Callable[[list[Callable[[], Any]]], list[Any]],
) -> None:
    for number in range(max(10, ROUNDS // 10)):
        three = [a_need().pk for _ in range(3)]
        ways = [(a, b) for a in three for b in three if a != b]

        def merging(keep: uuid.UUID, gone: uuid.UUID) -> Callable[[], Any]:
            def act() -> str:
                one, two = Need.objects.get(pk=keep), Need.objects.get(pk=gone)
                merge_needs(
                    actor=an_actor("coordinator"), keep=one, gone=two, expect_keep=one.version,
                    expect_gone=two.version, now=NOON,
                )  # fmt: skip
                return "merged"

            return act

        told = Counter(crowd([merging(*ways[n % len(ways)]) for n in range(PEOPLE)]))
        rows = {need.pk: need for need in Need.objects.filter(pk__in=three)}
        merged = [need for need in rows.values() if need.merged_into_id]
        assert told["merged"] == len(merged), (number, told)
        assert 1 <= len(merged) <= 2
        for need in merged:
            kept = rows[need.merged_into_id]  # type: ignore[index]
            assert kept.merged_into_id is None, number
            assert kept.state == NeedState.RECEIVED


def test_without_the_guard_two_would_hold_it(crowd: Callable[[list[Callable[[], Any]]], list[Any]]) -> None:
    """The control: reading first and writing afterwards lets several people in."""
    holders: Counter[int] = Counter()
    for number in range(20):
        need = a_need()
        together = threading.Barrier(8)

        def naive(pk: uuid.UUID = need.pk, together: threading.Barrier = together) -> bool:
            free = not Lock.objects.filter(object_id=pk, until__gt=NOON).exists()
            together.wait(30)
            return free

        holders[number] = sum(crowd([naive] * 8))
    assert max(holders.values()) > 1
