"""Needs are compared with each other after they were written down: nobody waits for it, and none is left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

import builders
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import NeedLine, SaidContact, SaidNeed
from tongzhou.chain.triage.models import DuplicatePair, NotCompared
from tongzhou.chain.triage.selectors.queue import Filters, tab_rows
from tongzhou.chain.triage.services import duplicates
from tongzhou.flows import compare_needs
from tongzhou.flows.change_submission import correct_own
from tongzhou.flows.submit_need import submit_need
from tongzhou.flows.verify_need import take_need
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=False)

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def world() -> None:
    builders.a_place(builders.JIANGAN)
    builders.a_response()


def ask(key: str, phone: str = "19000000091") -> Need:
    said = SaidNeed(
        for_whom="self", lines=(NeedLine("婴儿奶粉", 2, "罐"),), place_text="武汉市江岸区",
        contact=SaidContact(phone=phone, address="武汉市江岸区测试路 1 号"),
    )  # fmt: skip
    done = submit_need(
        actor=ANONYMOUS, response=builders.a_response(), key=key, said=said, channel="form", now=clock.now()
    )
    return Need.objects.get(pk=done.records[0])


def pairs() -> list[tuple[Any, Any]]:
    return list(DuplicatePair.objects.values_list("first_id", "second_id"))


def dead_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is handed over and never done."""
    monkeypatch.setattr(type(compare_needs.compare_need), "enqueue", lambda *_words: None)


def test_two_like_pleas_are_a_pair_as_soon_as_the_second_is_kept() -> None:
    first, second = ask("one"), ask("two")
    assert pairs() == [(first.pk, second.pk)]
    assert NotCompared.objects.count() == 0


def test_comparing_happens_outside_the_transaction_of_the_plea(monkeypatch: pytest.MonkeyPatch) -> None:
    ask("one")
    inside: list[bool] = []
    compare = duplicates.compare

    def watched(*both: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return compare(*both)

    monkeypatch.setattr(duplicates, "compare", watched)
    ask("two")
    assert inside == [False]


def test_a_plea_stands_in_the_queue_before_anything_was_compared_and_the_tick_finds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = ask("one")
    dead_worker(monkeypatch)
    second = ask("two")
    verifier = builders.an_actor("verifier", "all", "42")
    waiting = tab_rows(verifier, "need", "new", Filters(), clock.now())
    assert [need.pk for need in waiting] == [first.pk, second.pk]
    assert pairs() == []
    assert compare_needs.compare_waiting() == 0  # the worker still has its time
    assert compare_needs.compare_waiting(clock.now() + MINUTE) == 1
    assert pairs() == [(first.pk, second.pk)]
    assert compare_needs.compare_waiting(clock.now() + MINUTE) == 0


def test_a_job_that_cannot_be_handed_over_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask("one")

    def broken(*_words: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(compare_needs.compare_need), "enqueue", broken)
    second = ask("two")
    assert list(NotCompared.objects.values_list("need_id", flat=True)) == [second.pk]
    compare_needs.compare_waiting(clock.now() + MINUTE)
    assert pairs() == [(first.pk, second.pk)]


def test_whoever_takes_it_in_hand_sees_the_signs_without_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    dead_worker(monkeypatch)
    first, second = ask("one"), ask("two")
    take_need(actor=builders.an_actor("verifier", "all", "42"), need=second, now=clock.now())
    assert pairs() == [(first.pk, second.pk)]
    assert list(NotCompared.objects.values_list("need_id", flat=True)) == [first.pk]


def test_one_that_is_corrected_while_it_is_compared_goes_on_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    dead_worker(monkeypatch)
    need = ask("one")
    real = duplicates.neighbours

    def corrected_meanwhile(*words: Any, **more: Any) -> Any:
        monkeypatch.setattr(duplicates, "neighbours", real)
        correct_own(
            actor=ANONYMOUS, submission=need.submission, record_id=need.pk, expect=need.version, item="大米",
            now=clock.now(),
        )  # fmt: skip
        return real(*words, **more)

    monkeypatch.setattr(duplicates, "neighbours", corrected_meanwhile)
    duplicates.compare_waiting_need(need_id=need.pk, now=clock.now())
    assert NotCompared.objects.filter(need_id=need.pk).exists()
    duplicates.compare_waiting_need(need_id=need.pk, now=clock.now())
    assert not NotCompared.objects.exists()
