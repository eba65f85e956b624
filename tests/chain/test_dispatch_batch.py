"""Many proposals at once: what becomes of each is what would become of one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from builders_dispatch import NOON, a_plan_line, a_verified_need, a_verified_offer, balances_of
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, open_of_need
from tongzhou.chain.dispatch.services import assignments
from tongzhou.chain.dispatch.services.assignments import Proposal, propose_many, withdraw_many
from tongzhou.kernel import audit
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def proposals(*wanted: tuple[Any, Any, int]) -> list[Proposal]:
    return [Proposal(need, offer, units, a_plan_line(need, offer, max(units, 1))) for need, offer, units in wanted]


def told(done: list[Assignment | Refusal]) -> list[object]:
    return [one.code if isinstance(one, Refusal) else one.quantity for one in done]


def test_nothing_is_promised_twice_inside_one_batch() -> None:
    offer, needs = a_verified_offer(37), [a_verified_need(100) for _ in range(9)]
    done = propose_many(actor=SYSTEM, wanted=proposals(*((need, offer, 5) for need in needs)), now=NOON)
    assert told(done) == [5] * 7 + ["over_stock"] * 2
    assert free_of_offer(offer) == 2
    need, offers = a_verified_need(12), [a_verified_offer(100) for _ in range(3)]
    done = propose_many(actor=SYSTEM, wanted=proposals(*((need, one, 5) for one in offers)), now=NOON)
    assert told(done) == [5, 5, "over_need"]
    assert open_of_need(need) == 2


def test_each_is_judged_by_itself() -> None:
    good, spent, closed = a_verified_need(100), a_verified_need(100), a_verified_need(100)
    type(closed).objects.filter(pk=closed.pk).update(state="withdrawn")
    offer, unknown = a_verified_offer(50), a_verified_offer(50)
    type(unknown).objects.filter(pk=unknown.pk).update(quantity=None, quantity_confirmed=None)
    [first, *rest] = proposals(
        (good, offer, 10), (closed, offer, 10), (spent, unknown, 10), (spent, offer, 60), (spent, offer, 0),
        (spent, offer, 40),
    )  # fmt: skip
    again = Proposal(good, offer, 5, a_plan_line(good, offer, 5))
    done = propose_many(actor=SYSTEM, wanted=[first, *rest, first, again], now=NOON)
    assert told(done) == [
        10, "need_not_open", "stock_unknown", "over_stock", "bad_split", 40, 10, "proposed_already",
    ]  # fmt: skip
    assert done[6] is done[0]  # one line makes one assignment, however often it is carried out
    assert propose_many(actor=SYSTEM, wanted=[first], now=NOON) == [done[0]]
    for one in Assignment.objects.all():
        assert balances_of(one) == {"planned": one.quantity}
        assert audit.history(one).count() == 1
        assert OutboxMessage.objects.filter(payload__assignment=one.code).count() == 1


def test_the_number_of_statements_does_not_grow_with_the_batch() -> None:
    def statements(count: int) -> int:
        offer, needs = a_verified_offer(10_000), [a_verified_need(100) for _ in range(count)]
        wanted = proposals(*((need, offer, 5) for need in needs))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert told(propose_many(actor=SYSTEM, wanted=wanted, now=NOON)) == [5] * count
        return len(seen)

    few, many = statements(2), statements(40)
    assert many <= few + 8  # SQLite takes so many values in one insert


def test_a_pair_that_appears_in_between_makes_all_be_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    offer, needs = a_verified_offer(100), [a_verified_need(100) for _ in range(3)]
    real, calls = assignments._write, []

    def once_too_late(*said: Any) -> None:
        calls.append(said)
        real(*said)
        if len(calls) == 1:
            raise IntegrityError("somebody was faster")

    monkeypatch.setattr(assignments, "_write", once_too_late)
    done = propose_many(actor=SYSTEM, wanted=proposals(*((need, offer, 5) for need in needs)), now=NOON)
    assert told(done) == [5, 5, 5]
    assert Movement.objects.filter(offer=offer).count() == 3  # nothing of the first attempt was left

    monkeypatch.setattr(assignments, "_write", lambda *said: (_ for _ in ()).throw(IntegrityError("always")))
    more = [a_verified_need(100) for _ in range(2)]
    done = propose_many(actor=SYSTEM, wanted=proposals(*((need, offer, 5) for need in more)), now=NOON)
    assert told(done) == ["proposed_already", "proposed_already"]


def test_many_are_taken_back_but_for_what_somebody_has_taken() -> None:
    offer, needs = a_verified_offer(100), [a_verified_need(100) for _ in range(3)]
    made = propose_many(actor=SYSTEM, wanted=proposals(*((need, offer, 5) for need in needs)), now=NOON)
    taken = made[1]
    assert isinstance(taken, Assignment)
    Assignment.objects.filter(pk=taken.pk).update(state="accepted")
    gone = withdraw_many(
        actor=SYSTEM, assignments=[one for one in made if isinstance(one, Assignment)], reason="改派", now=NOON
    )
    assert [one.pk for one in gone] == sorted(one.pk for one in (made[0], made[2]) if isinstance(one, Assignment))
    for one in gone:
        one.refresh_from_db()
        assert (one.state, one.state_reason, one.version, balances_of(one)) == ("withdrawn", "改派", 2, {})
        entry = audit.history(one)[0]
        assert entry.changes["state"] == ["proposed", "withdrawn"]
    assert free_of_offer(offer) == 95
    assert withdraw_many(actor=SYSTEM, assignments=gone, reason="改派", now=NOON) == []
