"""What arrived: by code, by link, by role; short, refused, corrected; what goes back; what went wrong; money."""

from __future__ import annotations

from typing import Any

import pytest
from test_dispatch_way import refused

from builders import a_submission, an_account, an_actor, an_organisation
from builders_dispatch import (
    NOON,
    a_key,
    a_verified_need,
    a_verified_offer,
    an_assignment,
    balances_of,
)  # fmt: skip
from builders_planning import in_standing
from tongzhou.chain.delivery.models import IncidentReport, Receipt
from tongzhou.chain.delivery.selectors.receipts import incidents, unsettled
from tongzhou.chain.delivery.services.codes import fits, receipt_code
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, open_of_need
from tongzhou.flows import record_cash, report_incident
from tongzhou.flows.answer_assignment import accept
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.confirm_delivery import MOST_TRIES, confirm, correct
from tongzhou.flows.enter_results import enter_result
from tongzhou.flows.return_goods import returned
from tongzhou.kernel import audit
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def on_its_way(quantity: int = 100, **over: Any) -> Assignment:
    one = an_assignment(quantity, **over)
    accept(actor=an_actor("coordinator"), assignment=one, key=a_key(), now=NOON)
    return mark_sent(actor=an_actor("coordinator"), assignment=one, key=a_key(), now=NOON)


def calling(one: Assignment, received: int, **over: Any) -> Receipt:
    said = {"actor": an_actor("verifier"), "how": "call", "key": a_key(), "now": NOON} | over
    return confirm(assignment=one, received=received, **said)


def test_the_code_is_six_digits_of_the_assignment_alone() -> None:
    one, two = an_assignment(), an_assignment()
    code = receipt_code(one)
    assert (len(code), code.isdigit()) == (6, True)
    assert receipt_code(Assignment.objects.get(pk=one.pk)) == code
    assert fits(one, f" {code[:3]} {code[3:]} ")
    assert fits(one, code.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert not fits(one, "")
    assert not fits(two, code) or receipt_code(two) == code


def test_wrong_codes_are_counted_although_they_are_refused() -> None:
    one = on_its_way()
    right = receipt_code(one)
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    def trying(code: str, **more: Any) -> Any:
        return lambda: calling(one, 100, actor=ANONYMOUS, how="code", code=code, **more)

    for _try in range(MOST_TRIES):
        assert refused(trying(wrong)) == "wrong_code"
    assert refused(trying(right)) == "too_many"
    assert balances_of(one) == {"in_transit": 100}
    other = on_its_way()
    assert calling(other, 100, actor=ANONYMOUS, how="qr", code=receipt_code(other), address="203.0.113.9").how == "qr"


def test_who_may_say_what_arrived() -> None:
    hospital = an_organisation()
    need = a_verified_need(submission=a_submission(secret="asker"), organisation=hospital)
    one = on_its_way(need=need)
    for who in (an_actor("officer", organisation=an_organisation()), an_actor("verifier", area="4209"), ANONYMOUS):
        for how in ("officer", "call", "slip"):
            assert refused(lambda who=who, how=how: calling(one, 1, actor=who, how=how)) == "not_found"
    assert refused(lambda: calling(one, 1, actor=ANONYMOUS, how="link", secret="wrong")) == "not_found"
    assert refused(lambda: calling(one, 1, actor=ANONYMOUS, how="link")) == "not_found"
    calling(one, 10, actor=ANONYMOUS, how="link", secret="asker")
    calling(one, 20, actor=an_actor("officer", organisation=hospital), how="officer")
    calling(one, 30, actor=an_actor("coordinator", area="4201"), how="slip")
    assert balances_of(one) == {"in_transit": 40, "received": 60}
    one.refresh_from_db()
    assert one.state == "in_transit"


def test_part_received_part_refused_part_missing() -> None:
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = on_its_way(need=need, offer=offer)
    key = a_key()
    for _twice in range(2):
        receipt = calling(one, 50, refused=20, missing=10, difference="damaged", note="电话 19000000009", key=key)
    assert "19000000009" not in receipt.note
    assert balances_of(one) == {"in_transit": 20, "received": 50, "refused": 20, "missing": 10}
    assert refused(lambda: calling(one, 51, key=key)) == "key_reused"
    assert refused(lambda: calling(one, 21)) == "more_than_sent"
    assert refused(lambda: calling(one, 0)) == "bad_split"
    assert refused(lambda: calling(one, -1, refused=5)) == "bad_split"
    assert refused(lambda: calling(one, 10, missing=5)) == "difference_missing"
    calling(one, 20)
    for row in (one, need, offer):
        row.refresh_from_db()
    # 70 of 100 arrived: the need stays open for the 30 it lacks; of the offer nothing is free but what comes back.
    assert (one.state, need.state, open_of_need(need)) == ("confirmed", "verified", 30)
    assert (offer.state, free_of_offer(offer)) == ("verified", 0)
    assert refused(lambda: calling(one, 1)) == "assignment_over"
    coordinator = an_actor("coordinator")
    assert refused(lambda: returned(actor=coordinator, assignment=one, quantity=21, key=a_key(), now=NOON)) == (
        "bad_split"
    )
    back = returned(actor=coordinator, assignment=one, quantity=20, key=a_key(), now=NOON)
    assert (back.state, free_of_offer(offer)) == ("confirmed", 20)
    assert audit.history(one).filter(changes__has_key="returned").count() == 1
    said = [row.payload["event"] for row in OutboxMessage.objects.filter(kind="event").order_by("created_at")]
    assert said == ["proposed", "accepted", "sent", "short", "confirmed", "returned"]


def test_an_errand_nobody_marked_as_sent_arrives_in_one_go_but_not_before_it_is_taken() -> None:
    one = an_assignment()
    assert refused(lambda: calling(one, 100)) == "not_sent_yet"
    accept(actor=an_actor("coordinator"), assignment=one, key=a_key(), now=NOON)
    assert refused(lambda: calling(one, 101)) == "more_than_sent"
    calling(one, 100)
    one.refresh_from_db()
    assert (one.state, one.sent_at, balances_of(one)) == ("confirmed", NOON, {"received": 100})


def test_goods_that_turn_round_on_the_way_are_free_again() -> None:
    one = on_its_way()
    returned(actor=an_actor("coordinator"), assignment=one, quantity=100, key=a_key(), now=NOON)
    one.refresh_from_db()
    assert (one.state, balances_of(one)) == ("withdrawn", {"returned": 100})


def test_a_correction_is_another_receipt_and_opens_the_need_again() -> None:
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = on_its_way(need=need, offer=offer)
    first = calling(one, 100)
    need.refresh_from_db()
    assert need.state == "solved"
    verifier = an_actor("verifier")
    wrong = {"actor": verifier, "note": "点错了", "now": NOON}
    assert refused(lambda: correct(receipt=first, received=101, key=a_key(), **wrong)) == "more_than_sent"
    assert refused(lambda: correct(receipt=first, received=60, missing=40, key=a_key(), **wrong)) == (
        "difference_missing"
    )
    key = a_key()
    for _twice in range(2):
        second = correct(receipt=first, received=60, missing=40, difference="short", key=key, **wrong)
    assert (second.corrects, Receipt.objects.count()) == (first, 2)
    for row in (one, need, offer):
        row.refresh_from_db()
    assert balances_of(one) == {"received": 60, "missing": 40}
    assert (need.state, need.solved_by, open_of_need(need)) == ("verified", "", 40)
    assert offer.state == "used_up"
    assert refused(lambda: correct(receipt=first, received=1, key=a_key(), **wrong)) == "correction_late"
    # The missing 40 turn up; but 30 of them were given by somebody else meanwhile.
    an_assignment(30, need=need)
    assert refused(lambda: correct(receipt=second, received=100, key=a_key(), **wrong)) == "over_need"
    third = correct(receipt=second, received=70, missing=30, difference="short", key=a_key(), **wrong)
    assert refused(lambda: correct(receipt=third, received=0, key=a_key(), **wrong)) == "over_need"
    correct(receipt=third, received=0, missing=30, difference="short", key=a_key(), **wrong)
    one.refresh_from_db()
    offer.refresh_from_db()
    assert (one.state, offer.state, balances_of(one)) == ("in_transit", "verified", {"in_transit": 70, "missing": 30})
    assert refused(lambda: correct(receipt=third, received=1, key=a_key(), **(wrong | {"actor": ANONYMOUS}))) == (
        "not_found"
    )


def test_refused_goods_that_went_back_cannot_be_received_by_correction() -> None:
    one = on_its_way()
    first = calling(one, 60, refused=40, difference="wrong")
    returned(actor=an_actor("coordinator"), assignment=one, quantity=30, key=a_key(), now=NOON)
    said: dict[str, Any] = {"actor": an_actor("verifier"), "note": "点错了", "difference": "wrong", "now": NOON}
    assert refused(lambda: correct(receipt=first, received=100, key=a_key(), **said)) == "below_returned"
    assert refused(lambda: correct(receipt=first, received=60, refused=29, key=a_key(), **said)) == "below_returned"
    second = correct(receipt=first, received=50, refused=40, missing=10, key=a_key(), **said)
    assert balances_of(one) == {"received": 50, "refused": 10, "missing": 10, "returned": 30}
    third = correct(receipt=second, received=70, refused=30, key=a_key(), **said)
    assert balances_of(one) == {"received": 70, "returned": 30}
    correct(receipt=third, received=60, refused=40, key=a_key(), **said)
    one.refresh_from_db()
    assert (one.state, balances_of(one)) == ("confirmed", {"received": 60, "refused": 10, "returned": 30})


def test_what_came_back_unusable_is_missing_and_never_free_again() -> None:
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = on_its_way(need=need, offer=offer)
    calling(one, 60, refused=40, difference="damaged")
    back: dict[str, Any] = {"actor": an_actor("coordinator"), "assignment": one, "now": NOON}
    assert refused(lambda: returned(quantity=10, unusable=11, key=a_key(), **back)) == "bad_split"
    key = a_key()
    for _twice in range(2):
        returned(quantity=30, unusable=25, key=key, **back)
    assert balances_of(one) == {"received": 60, "refused": 10, "missing": 25, "returned": 5}
    assert (free_of_offer(offer), open_of_need(need)) == (5, 40)
    assert {row.reason for row in Movement.objects.filter(key=key)} == {"", "退回时已不能用"}
    returned(quantity=10, unusable=10, key=a_key(), **back)
    one.refresh_from_db()
    assert (one.state, free_of_offer(offer)) == ("confirmed", 5)
    spoilt = on_its_way(10)  # turned round and came back broken: nobody confirmed anything, and the offer is used up
    returned(actor=an_actor("coordinator"), assignment=spoilt, quantity=10, unusable=10, key=a_key(), now=NOON)
    spoilt.refresh_from_db()
    assert (spoilt.state, spoilt.confirmed_at, balances_of(spoilt)) == ("withdrawn", None, {"missing": 10})


def test_nobody_at_home_is_no_confirmation() -> None:
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = on_its_way(need=need, offer=offer)
    first = enter_result(
        actor=an_actor("coordinator"), assignment=one, name="3 号", received=0, missing=100, difference="not_home",
        key=a_key(), now=NOON,
    )  # fmt: skip
    one.refresh_from_db()
    need.refresh_from_db()
    assert (one.state, one.state_reason, one.confirmed_at) == ("withdrawn", "没有人在", None)
    assert balances_of(one) == {"refused": 100}  # with whoever carried it, to be brought back: nothing is lost
    assert (need.state, open_of_need(need), free_of_offer(offer)) == ("verified", 100, 0)
    told = [message.payload["event"] for message in OutboxMessage.objects.filter(payload__assignment=one.code)]
    assert "short" not in told
    assert told.count("withdrawn") == 1
    returned(actor=an_actor("coordinator"), assignment=one, quantity=40, key=a_key(), now=NOON)
    one.refresh_from_db()
    assert (one.state, free_of_offer(offer)) == ("withdrawn", 40)
    wrong: dict[str, Any] = {"actor": an_actor("verifier"), "note": "记错了", "now": NOON}
    second = correct(receipt=first, received=0, refused=100, difference="damaged", key=a_key(), **wrong)
    one.refresh_from_db()
    assert (one.state, one.confirmed_at, one.state_reason) == ("confirmed", NOON, "")  # they refused it after all
    correct(receipt=second, received=0, refused=100, difference="not_home", key=a_key(), **wrong)
    one.refresh_from_db()
    assert (one.state, one.confirmed_at) == ("withdrawn", None)


def test_incidents_are_sealed_and_handled_once() -> None:
    need = a_verified_need(submission=a_submission(secret="asker"))
    one = on_its_way(need=need)
    text = "送货的人要加钱，电话 19000000077"
    key = a_key()
    said = {"assignment": one, "kind": "money", "text": text, "now": NOON}
    for _twice in range(2):
        made = report_incident.report(actor=ANONYMOUS, secret="asker", key=key, **said)
    assert IncidentReport.objects.count() == 1
    assert b"19000000077" not in bytes(made.text or b"")
    assert refused(lambda: report_incident.report(actor=ANONYMOUS, key=a_key(), **said)) == "not_found"
    assert refused(lambda: report_incident.report(actor=an_actor("volunteer"), key=a_key(), **said)) == "not_found"
    for _more in range(9):
        report_incident.report(actor=an_actor("verifier"), key=a_key(), **said)
    assert refused(lambda: report_incident.report(actor=an_actor("verifier"), key=a_key(), **said)) == "too_many"
    verifier = an_actor("verifier", area="4201")
    assert incidents(verifier, one.response).count() == 10
    assert not incidents(an_actor("verifier", area="4209"), one.response).exists()
    assert not incidents(an_actor("officer"), one.response).exists()
    assert refused(lambda: report_incident.read(actor=an_actor("liaison"), incident=made)) == "not_found"
    assert report_incident.read(actor=verifier, incident=made) == text
    assert audit.history(made).filter(changes={"looked": ["text"]}).count() == 1
    report_incident.handle(actor=verifier, incident=made, outcome="已退钱", now=NOON)
    assert refused(lambda: report_incident.handle(actor=verifier, incident=made, outcome="", now=NOON)) == (
        "incident_handled"
    )


def test_money_laid_out_is_settled_once_by_somebody_else() -> None:
    giver = in_standing(an_organisation())
    one = an_assignment(offer=a_verified_offer(organisation=giver))
    officer = an_actor("officer", organisation=giver, account=an_account())
    accept(actor=officer, assignment=one, key=a_key(), now=NOON)
    one.refresh_from_db()
    said = {"actor": officer, "assignment": one, "paid_by": "药品组", "now": NOON}
    assert refused(lambda: record_cash.record(amount_fen=0, key=a_key(), **said)) == "quantity_bad"
    assert refused(lambda: record_cash.record(amount_fen=1, key=a_key(), **(said | {"actor": ANONYMOUS}))) == (
        "not_found"
    )
    key = a_key()
    advance = record_cash.record(amount_fen=8650, key=key, **said)
    assert record_cash.record(amount_fen=8650, key=key, **said).pk == advance.pk
    assert refused(lambda: record_cash.record(amount_fen=8651, key=key, **said)) == "key_reused"
    coordinator = an_actor("coordinator", area="4201")
    assert list(unsettled(coordinator, one.response)) == [advance]
    assert refused(lambda: record_cash.settle(actor=officer, advance=advance, spent_fen=1, now=NOON)) == "not_found"
    assert refused(lambda: record_cash.settle(actor=coordinator, advance=advance, spent_fen=8651, now=NOON)) == (
        "advance_over"
    )
    done = record_cash.settle(actor=coordinator, advance=advance, spent_fen=8600, now=NOON)
    assert (done.spent_fen, done.settled_at) == (8600, NOON)
    assert refused(lambda: record_cash.settle(actor=coordinator, advance=done, spent_fen=1, now=NOON)) == (
        "advance_settled"
    )
    assert not unsettled(coordinator, one.response).exists()
