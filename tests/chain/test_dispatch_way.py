"""The way of an assignment: proposed, accepted, sent, brought, confirmed; what is refused at each step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from builders import WUHAN, XIAOGAN, a_contact, a_submission, an_account, an_actor, an_organisation
from builders_dispatch import (
    NOON,
    a_key,
    a_plan_line,
    a_standing,
    a_team,
    a_verified_need,
    a_verified_offer,
    an_assignment,
    balances_of,
)  # fmt: skip
from builders_planning import in_standing
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import figures_of_needs, free_of_offer, open_of_need
from tongzhou.chain.dispatch.services.assignments import propose, withdraw_proposed
from tongzhou.chain.dispatch.types import LAPSES_AFTER
from tongzhou.flows import answer_assignment
from tongzhou.flows.answer_assignment import accept, accept_by_link, decline, decline_by_link
from tongzhou.flows.carry_assignment import mark_delivered, mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.lapse_assignments import lapse_due
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel import audit
from tongzhou.kernel.access import ANONYMOUS, SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.organisations.models import Organisation

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> str:
    """The code of what it is refused with."""
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.what
    assert told.value.todo
    return told.value.code


def an_officer(of: Organisation) -> Actor:
    return an_actor("officer", organisation=of, account=an_account())


def test_the_whole_way_closes_the_need_by_what_arrived() -> None:
    giver = in_standing(an_organisation(kind="foundation"))
    officer = an_officer(giver)
    need, offer = a_verified_need(200), a_verified_offer(200, organisation=giver)
    one = an_assignment(200, need=need, offer=offer)
    assert balances_of(one) == {"planned": 200}
    assert (one.organisation, one.line, one.place_id, one.lapses_at) == (giver, need.line, WUHAN, NOON + LAPSES_AFTER)

    one = accept(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert (one.state, one.holder_id, balances_of(one)) == ("accepted", officer.account_id, {"accepted": 200})
    one = mark_sent(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert (one.state, balances_of(one)) == ("in_transit", {"in_transit": 200})
    one = mark_delivered(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert one.state == "delivered"
    code = receipt_code(one)
    confirm(actor=ANONYMOUS, assignment=one, received=200, how="code", code=code, key=a_key(), now=NOON)
    for row in (one, need, offer):
        row.refresh_from_db()
    assert (one.state, balances_of(one)) == ("confirmed", {"received": 200})
    assert (need.state, need.solved_by, offer.state) == ("solved", "helped", "used_up")
    acts = [row.act for row in reversed(audit.history(one))]
    assert acts == [
        "assignment.propose", "assignment.answer", "assignment.carry", "assignment.carry", "delivery.confirmed_by_code",
    ]  # fmt: skip
    said = OutboxMessage.objects.filter(kind="event").order_by("created_at").values_list("payload__event", flat=True)
    assert list(said) == ["proposed", "accepted", "sent", "delivered", "confirmed"]


def test_stock_and_need_bound_what_is_proposed() -> None:
    need, offer = a_verified_need(200), a_verified_offer(250)
    an_assignment(150, need=need, offer=offer)
    other = a_verified_need(500)

    def proposing(quantity: int, to: Any = other, of: Any = offer) -> Callable[[], Any]:
        line = a_plan_line(to, of, 1)
        return lambda: propose(actor=SYSTEM, need=to, offer=of, quantity=quantity, plan_line=line, now=NOON)

    assert refused(proposing(101)) == "over_stock"
    assert refused(proposing(0)) == "bad_split"
    assert refused(proposing(-5)) == "bad_split"
    assert refused(proposing(51, need, a_verified_offer(900))) == "over_need"
    assert refused(proposing(1, need)) == "proposed_already"
    assert refused(proposing(1, other, a_verified_offer(None))) == "stock_unknown"
    assert refused(proposing(1, other, a_verified_offer(state="received"))) == "offer_not_open"
    assert refused(proposing(1, a_verified_need(state="waiting"))) == "need_not_open"
    assert refused(proposing(1, a_verified_need(expires_at=NOON))) == "need_not_open"
    held = a_verified_need(submission=a_submission(held_reason="phone"))
    assert refused(proposing(1, held)) == "need_not_open"
    made = proposing(100)()
    assert (free_of_offer(offer), open_of_need(other), open_of_need(need)) == (0, 400, 50)
    # Carried out again, an approved line has one effect.
    again = propose(actor=SYSTEM, need=other, offer=offer, quantity=100, plan_line=made.plan_line, now=NOON)
    assert again.pk == made.pk
    assert Movement.objects.filter(assignment=made).count() == 1


def test_confirmed_stock_counts_instead_of_what_was_said() -> None:
    offer = a_verified_offer(5000, quantity_confirmed=80)
    line = a_plan_line(need := a_verified_need(), offer, 100)
    assert refused(
        lambda: propose(actor=SYSTEM, need=need, offer=offer, quantity=100, plan_line=line, now=NOON)
    ) == "over_stock"  # fmt: skip


def test_the_first_acceptance_locks_and_a_key_has_one_effect() -> None:
    giver = in_standing(an_organisation())
    one = an_assignment(offer=a_verified_offer(organisation=giver))
    first, second = an_officer(giver), an_officer(giver)
    key = a_key()
    assert accept(actor=first, assignment=one, key=key, now=NOON).holder_id == first.account_id
    assert accept(actor=first, assignment=one, key=key, now=NOON).state == "accepted"
    assert Movement.objects.filter(assignment=one).count() == 2
    assert refused(lambda: accept(actor=second, assignment=one, key=a_key(), now=NOON)) == "already_covered"
    assert refused(lambda: decline(actor=second, assignment=one, reason="no_time", key=a_key(), now=NOON)) == (
        "already_covered"
    )
    other = an_assignment(offer=a_verified_offer(organisation=giver))
    assert refused(lambda: accept(actor=first, assignment=other, key=key, now=NOON)) == "key_reused"
    assert refused(lambda: accept(actor=first, assignment=other, key="", now=NOON)) == "bad_request"


def test_who_may_answer() -> None:
    giver = in_standing(an_organisation())
    one = an_assignment(offer=a_verified_offer(organisation=giver, giver="测试公司"))
    strangers = [
        an_officer(an_organisation()), an_actor("coordinator", area=XIAOGAN), an_actor("coordinator", line="services"),
        an_actor("verifier"), an_actor("volunteer"), an_actor("analyst"), ANONYMOUS,
        an_actor("coordinator", second_factor=False),
    ]  # fmt: skip
    for stranger in strangers:
        assert refused(lambda who=stranger: accept(actor=who, assignment=one, key=a_key(), now=NOON)) == "not_found"
    coordinator = an_actor("coordinator", "supplies", WUHAN)
    taken = accept(actor=coordinator, assignment=one, key=a_key(), via="phone", now=NOON)
    # The coordinator wrote down what the giver said: the giver has it.
    assert (taken.holder_id, taken.holder_name) == (None, giver.name)
    assert Movement.objects.get(assignment=one, target="accepted").via == "phone"


def test_the_person_who_offered_answers_and_carries_by_the_secret_link() -> None:
    offer = a_verified_offer(secret="a-long-secret", giver="")
    one, other = an_assignment(offer=offer), an_assignment(offer=offer)
    strange = an_assignment()
    wrong = {"offer": offer, "assignment": one, "key": a_key(), "now": NOON}
    assert refused(lambda: accept_by_link(secret="another", **wrong)) == "not_found"
    assert refused(lambda: accept_by_link(secret="", **wrong)) == "not_found"
    assert refused(lambda: accept_by_link(secret="a-long-secret", **(wrong | {"assignment": strange}))) == "not_found"
    taken = accept_by_link(offer=offer, secret="a-long-secret", assignment=one, key=a_key(), now=NOON)
    assert (taken.state, taken.holder_id) == ("accepted", None)
    refusing = decline_by_link(
        offer=offer, secret="a-long-secret", assignment=other, reason="too_far", key=a_key(), now=NOON
    )
    assert (refusing.state, refusing.decline_reason, balances_of(other)) == ("declined", "too_far", {})
    assert refused(lambda: mark_sent(actor=ANONYMOUS, assignment=one, key=a_key(), now=NOON)) == "not_found"
    sent = mark_sent(actor=ANONYMOUS, assignment=one, key=a_key(), now=NOON, secret="a-long-secret")
    assert sent.state == "in_transit"
    assert audit.history(one).first().act == "assignment.answered_by_link"  # type: ignore[union-attr]


def test_accepting_asks_again_whether_it_is_open_and_lawful(monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = an_actor("coordinator")
    one = an_assignment(need=a_verified_need(expires_at=NOON + dt.timedelta(hours=1)))
    later = NOON + dt.timedelta(minutes=90)
    assert refused(lambda: accept(actor=coordinator, assignment=one, key=a_key(), now=later)) == "need_not_open"

    def unlawful(**_all: Any) -> None:
        raise Refusal("offer_not_open", number="1")

    monkeypatch.setattr(answer_assignment, "require_lawful", unlawful)
    assert refused(lambda: accept(actor=coordinator, assignment=one, key=a_key(), now=NOON)) == "offer_not_open"
    assert balances_of(one) == {"planned": 100}


def test_declined_and_lapsed_quantities_are_free_again() -> None:
    coordinator = an_actor("coordinator")
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = an_assignment(100, need=need, offer=offer)
    said = decline(
        actor=coordinator, assignment=one, reason="no_transport", note="车坏了", key=a_key(), via="phone", now=NOON
    )
    assert (said.state, said.decline_reason, said.state_reason) == ("declined", "no_transport", "车坏了")
    two = an_assignment(100, need=need, offer=offer)
    due = NOON + LAPSES_AFTER
    assert lapse_due(due - dt.timedelta(seconds=1)) == 0
    assert refused(lambda: accept(actor=coordinator, assignment=two, key=a_key(), now=due)) == "lapsed"
    assert lapse_due(due) == 1
    assert lapse_due(due) == 0
    two.refresh_from_db()
    assert (two.state, balances_of(two)) == ("lapsed", {})
    assert refused(lambda: accept(actor=coordinator, assignment=two, key=a_key(), now=NOON)) == "lapsed"
    assert refused(lambda: accept(actor=coordinator, assignment=one, key=a_key(), now=NOON)) == "assignment_over"
    assert an_assignment(100, need=need, offer=offer).state == "proposed"


def test_sending_a_part_keeps_or_returns_the_rest() -> None:
    coordinator = an_actor("coordinator")
    one, two = an_assignment(), an_assignment()
    for each in (one, two):
        accept(actor=coordinator, assignment=each, key=a_key(), now=NOON)
    for wrong in (0, -1, 101):
        assert refused(
            lambda many=wrong: mark_sent(actor=coordinator, assignment=one, quantity=many, key=a_key(), now=NOON)
        ) == "bad_split"  # fmt: skip
    mark_sent(actor=coordinator, assignment=one, quantity=60, key=a_key(), now=NOON)
    assert balances_of(one) == {"accepted": 40, "in_transit": 60}
    key = a_key()
    for _twice in range(2):
        mark_sent(actor=coordinator, assignment=one, key=key, now=NOON)
    assert balances_of(one) == {"in_transit": 100}
    mark_sent(actor=coordinator, assignment=two, quantity=60, rest_back=True, key=a_key(), now=NOON)
    assert balances_of(two) == {"in_transit": 60}
    three = an_assignment()
    assert refused(lambda: mark_sent(actor=coordinator, assignment=three, key=a_key(), now=NOON)) == "assignment_over"


def test_a_coordinator_takes_it_back_at_any_moment() -> None:
    coordinator = an_actor("coordinator")
    need, offer = a_verified_need(100), a_verified_offer(100)
    one = an_assignment(100, need=need, offer=offer)
    assert refused(lambda: withdraw(actor=an_actor("verifier"), assignment=one, reason="", now=NOON)) == "not_found"
    assert withdraw(actor=coordinator, assignment=one, reason="地址不对 19000000001", now=NOON).state == "withdrawn"
    one.refresh_from_db()
    assert "19000000001" not in one.state_reason
    assert refused(lambda: withdraw(actor=coordinator, assignment=one, reason="", now=NOON)) == "assignment_over"
    two = an_assignment(100, need=need, offer=offer)
    accept(actor=coordinator, assignment=two, key=a_key(), now=NOON)
    assert refused(lambda: withdraw_proposed(actor=coordinator, assignment=two, reason="", now=NOON)) == (
        "already_covered"
    )
    mark_sent(actor=coordinator, assignment=two, key=a_key(), now=NOON)
    assert withdraw(actor=coordinator, assignment=two, reason="封路", now=NOON).state == "withdrawn"
    assert balances_of(two) == {"returned": 100}
    assert free_of_offer(offer) == 100


def test_standing_approvals_stand_in_for_a_line_and_the_team_is_copied() -> None:
    team = a_team()
    one = an_assignment(offer=a_verified_offer(team=team), standing=a_standing(team))
    assert (one.team, one.plan_line) == (team, None)


def test_figures_of_many_needs_are_one_query(django_assert_num_queries: Any) -> None:
    coordinator = an_actor("coordinator")
    needs = [a_verified_need(200) for _ in range(3)]
    moving = an_assignment(120, need=needs[0])
    an_assignment(50, need=needs[0])
    an_assignment(30, need=needs[1])
    accept(actor=coordinator, assignment=moving, key=a_key(), now=NOON)
    mark_sent(actor=coordinator, assignment=moving, quantity=100, key=a_key(), now=NOON)
    confirm(actor=an_actor("verifier"), assignment=moving, received=90, how="call", key=a_key(), now=NOON)
    with django_assert_num_queries(1):
        found = figures_of_needs(needs)
    first = found[needs[0].pk]
    assert (first.asked, first.planned, first.proposed, first.accepted, first.in_transit, first.received) == (
        200, 200, 50, 20, 10, 90,
    )  # fmt: skip
    assert [found[need.pk].open for need in needs] == [30, 170, 200]
    assert Assignment.objects.count() == 3


def test_the_contact_opens_only_between_taking_and_finishing() -> None:
    from tongzhou.flows.reveal_delivery_contact import MOST_LOOKS, reveal

    giver = in_standing(an_organisation())
    contact = a_contact("19000000071", name="测试收货处", address="测试路 1 号", private_note="不给别人看")
    need = a_verified_need(submission=a_submission(contact=contact))
    one = an_assignment(need=need, offer=a_verified_offer(organisation=giver))
    officer = an_officer(giver)
    assert refused(lambda: reveal(actor=officer, assignment=one, now=NOON)) == "contact_not_now"
    one = accept(actor=officer, assignment=one, key=a_key(), now=NOON)
    for stranger in (an_officer(an_organisation()), an_actor("coordinator"), an_actor("volunteer"), ANONYMOUS):
        assert refused(lambda who=stranger: reveal(actor=who, assignment=one, now=NOON)) == "not_found"
    shown = reveal(actor=officer, assignment=one, now=NOON)
    assert shown == {"name": "测试收货处", "phone": "19000000071", "address": "测试路 1 号"}
    looks = audit.history(contact).filter(act="assignment.contact")
    assert [look.changes for look in looks] == [{"looked": ["address", "name", "phone"]}]
    for _again in range(MOST_LOOKS - 1):
        reveal(actor=officer, assignment=one, now=NOON)
    assert refused(lambda: reveal(actor=officer, assignment=one, now=NOON)) == "too_many"
    confirm(actor=an_actor("verifier"), assignment=one, received=100, how="call", key=a_key(), now=NOON)
    one.refresh_from_db()
    assert refused(lambda: reveal(actor=an_officer(giver), assignment=one, now=NOON)) == "contact_not_now"
