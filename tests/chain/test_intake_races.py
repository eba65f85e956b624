"""Many at once: one plea however often it is sent, one answer to everybody, no change lost, nobody called twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

import builders
from tongzhou.chain.intake.models import CallbackRequest, Contact, Need, Submission
from tongzhou.chain.intake.selectors.submissions import own_submission
from tongzhou.chain.intake.services import callbacks
from tongzhou.chain.intake.types import NeedLine, SaidContact, SaidNeed
from tongzhou.flows import change_submission
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import audit, clock, crypto
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=False)

#: TONGZHOU_REPEATS=10000 for the long run.
THREADS, REPEATS = 16, int(os.environ.get("TONGZHOU_REPEATS", "200"))


def at_once(act, count: int = REPEATS, threads: int = THREADS) -> list:
    """Run `act(number)` `count` times by so many threads that start together."""
    gate = Barrier(threads)

    def work(first: int) -> list:
        gate.wait(30)
        found = []
        try:
            for number in range(first, count, threads):
                try:
                    found.append(act(number))
                except Refusal as refusal:
                    found.append(refusal.code)
        finally:
            connection.close()
        return found

    with ThreadPoolExecutor(threads) as pool:
        return [one for part in pool.map(work, range(threads)) for one in part]


def plea(phone: str = "19000000061") -> SaidNeed:
    return SaidNeed(
        for_whom="self", lines=(NeedLine("医用外科口罩", 20, "只"),), contact=SaidContact(phone=phone, address="武汉"),
        place_text="武汉", raw={"item": "口罩"},
    )  # fmt: skip


def test_the_same_submission_200_times_by_16_threads_is_one_need_with_one_answer():
    response = builders.a_response()
    builders.a_place("4201")

    def send(_number: int):
        return submit_need(
            actor=ANONYMOUS, response=response, key="the-same", said=plea(), channel="form", now=clock.now(),
            address="192.0.2.1",
        )  # fmt: skip

    done = at_once(send)
    assert len(done) == REPEATS
    assert len({(one.code, one.secret, one.records) for one in done}) == 1
    assert sum(not one.repeated for one in done) == 1
    assert Need.objects.count() == Contact.objects.count() == Submission.objects.count() == 1


def test_different_submissions_at_once_are_all_kept_under_their_own_codes():
    response = builders.a_response()
    builders.a_place("4201")

    def send(number: int):
        return submit_need(
            actor=ANONYMOUS, response=response, key=f"k{number}", said=plea(f"190000000{number:02d}"), channel="form",
            now=clock.now(),
        )  # fmt: skip

    done = at_once(send, 48)
    assert len({one.code for one in done}) == len({one.secret for one in done}) == Need.objects.count() == 48


def test_notes_added_at_once_are_all_there():
    need = builders.a_need(secret="S" * 22)

    def add(number: int) -> str:
        submission = own_submission(need.submission.code, "S" * 22)
        change_submission.add_to(
            actor=ANONYMOUS, submission=submission, key=f"n{number}", text=f"第{number}句。", now=clock.now()
        )
        return "kept"

    assert at_once(add, 32) == ["kept"] * 32
    text = crypto.unseal(Contact.objects.get(pk=need.contact_id), "private_note")
    assert all(f"第{number}句。" in text for number in range(32))


def test_closed_by_many_at_once_is_closed_once():
    need = builders.a_need(secret="S" * 22)

    def close(_number: int) -> str:
        submission = own_submission(need.submission.code, "S" * 22)
        change_submission.close_own(
            actor=ANONYMOUS, submission=submission, record_id=need.pk, expect=1, how="self", now=clock.now()
        )
        return "closed"

    answers = at_once(close, 32)
    assert set(answers) <= {"closed", "version_stale"}
    assert audit.history(need).filter(act="own.closed").count() == 1


def test_two_people_never_hold_one_callback():
    builders.a_place("4201")
    request, _new = callbacks.ask(
        actor=ANONYMOUS, response_id=builders.a_response().pk, phone="19000000062", now=clock.now(), place="4201"
    )
    actors = [builders.an_actor("verifier", "all", "42") for _ in range(THREADS)]

    def take(number: int) -> str:
        opened = callbacks.take(actor=actors[number], request=request, now=clock.now())
        return str(opened.request.holder_id)

    answers = at_once(take, THREADS)
    holders = [answer for answer in answers if answer not in ("callback_held", "version_stale")]
    assert len(holders) == 1
    assert str(CallbackRequest.objects.get().holder_id) == holders[0]
