"""Volunteers take tasks of their team: who may, how many, until when, who stands in reserve."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from test_dispatch_way import refused

from builders import an_account, an_actor
from builders_dispatch import (
    NOON,
    a_key,
    a_team,
    a_verified_need,
    a_verified_offer,
    a_volunteer,
    an_assignment,
    balances_of,
)  # fmt: skip
from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment, Reserve, VolunteerProfile
from tongzhou.chain.dispatch.selectors.assignments import assignments, get_assignment, my_tasks, tasks
from tongzhou.chain.dispatch.types import LAPSES_AFTER
from tongzhou.flows.carry_assignment import mark_delivered, mark_sent
from tongzhou.flows.claim_task import claim, unclaim
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.enter_results import enter_result
from tongzhou.flows.lapse_assignments import lapse_due
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.people.models import Account, Team, TeamMember

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)


def a_task(team: Team, urgency: int = 2, **over: Any) -> Assignment:
    need = a_verified_need(2, urgency=urgency, urgency_order=urgency)
    return an_assignment(2, need=need, offer=a_verified_offer(team=team), **over)


def events() -> list[tuple[str, list[str]]]:
    rows = OutboxMessage.objects.filter(kind="event").order_by("created_at", "pk")
    return [(row.payload["event"], row.payload["accounts"]) for row in rows]


def claiming(actor: Actor, one: Assignment, now: dt.datetime = NOON, **over: Any) -> Any:
    return claim(actor=actor, assignment=one, key=over.pop("key", None) or a_key(), now=now, **over)


@pytest.mark.parametrize(("urgency", "hours"), [(0, 4), (1, 4), (2, 24), (3, 24)])
def test_a_claim_has_a_time_limit(urgency: int, hours: int) -> None:
    team = a_team()
    account, actor = a_volunteer(team)
    told = claiming(actor, a_task(team, urgency))
    assert (told.held, told.reserve_place) == (True, None)
    one = told.assignment
    assert (one.holder_id, one.due_at, balances_of(one)) == (account.pk, NOON + hours * dt.timedelta(hours=1), {
        "accepted": 2,
    })  # fmt: skip


def test_who_may_claim() -> None:
    team = a_team()
    one = a_task(team)
    closed_team = a_team(closed_at=NOON)
    left, left_actor = a_volunteer(team)
    TeamMember.objects.filter(account=left).update(left_at=NOON)
    _, stranger = a_volunteer(team, member=False)
    _, of_other = a_volunteer(a_team())
    _, of_closed = a_volunteer(closed_team)
    member_account, _ = a_volunteer(team)
    only_officer = an_actor("officer", account=member_account)
    for who in (left_actor, stranger, of_other, only_officer, an_actor("coordinator"), ANONYMOUS):
        assert refused(lambda who=who: claiming(who, one)) == "not_found"
    assert refused(lambda: claiming(of_closed, a_task(closed_team))) == "not_found"
    account, actor = a_volunteer(team, now=NOON - 14 * DAYS)
    assert refused(lambda: claiming(actor, one)) == "declare_first"
    VolunteerProfile.objects.filter(account=account).update(healthy_at=NOON)
    assert refused(lambda: claiming(actor, one)) == "declare_first"
    VolunteerProfile.objects.filter(account=account).update(kit_at=NOON - 13 * DAYS, adult=False)
    assert refused(lambda: claiming(actor, one)) == "consent_missing"
    Account.objects.filter(pk=account.pk).update(
        consent_at=NOON, consent_by=an_account(), consent_relation="parent", consent_evidence="档案柜"
    )
    assert claiming(actor, one).held


def test_three_open_claims_are_the_most() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    held = [claiming(actor, a_task(team)).assignment for _ in range(3)]
    fourth = a_task(team)
    assert refused(lambda: claiming(actor, fourth)) == "claims_full"
    mark_delivered(actor=actor, assignment=held[0], key=a_key(), now=NOON)
    assert claiming(actor, fourth).held


def test_those_who_come_later_stand_in_reserve_and_are_asked_in_turn() -> None:
    team = a_team()
    first, first_actor = a_volunteer(team)
    second, second_actor = a_volunteer(team)
    third, third_actor = a_volunteer(team)
    one = a_task(team)
    key = a_key()
    assert claiming(first_actor, one, key=key).held
    assert claiming(first_actor, one, key=key).held
    assert (claiming(second_actor, one).held, claiming(second_actor, one).reserve_place) == (False, 1)
    assert claiming(third_actor, one).reserve_place == 2
    assert Reserve.objects.count() == 2
    assert refused(lambda: unclaim(actor=second_actor, assignment=one, reason="", key=a_key(), now=NOON)) == "not_yours"

    later = NOON + dt.timedelta(hours=1)
    back = unclaim(actor=first_actor, assignment=one, reason="发烧了", key=a_key(), now=later)
    assert (back.state, back.holder_id, back.due_at, back.lapses_at) == (
        "proposed", None, None, later + LAPSES_AFTER,
    )  # fmt: skip
    assert balances_of(back) == {"planned": 2}
    assert events()[-2:] == [("unclaimed", [str(first.pk)]), ("reserve_asked", [str(second.pk)])]
    assert claiming(second_actor, one, later).held
    # Not sent in time: the tick takes it back and asks the next one.
    assert lapse_due(later + dt.timedelta(hours=23)) == 0
    assert lapse_due(later + dt.timedelta(hours=24)) == 1
    assert events()[-2:] == [("unclaimed", [str(second.pk)]), ("reserve_asked", [str(third.pk)])]
    assert Reserve.objects.filter(left_at=None).count() == 1
    # Nobody takes it: it ends, and nobody waits any more.
    assert lapse_due(later + dt.timedelta(hours=26)) == 1
    one.refresh_from_db()
    assert (one.state, balances_of(one)) == ("lapsed", {})
    assert not Reserve.objects.filter(left_at=None).exists()
    assert refused(lambda: claiming(third_actor, one, later)) == "lapsed"


def test_a_claim_that_was_sent_does_not_run_out() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    one = claiming(actor, a_task(team)).assignment
    mark_sent(actor=actor, assignment=one, key=a_key(), now=NOON)
    assert lapse_due(NOON + 3 * DAYS) == 0
    assert refused(lambda: unclaim(actor=actor, assignment=one, reason="", key=a_key(), now=NOON)) == "assignment_over"


def test_the_rest_of_an_errand_that_came_in_part_does_not_go_to_somebody_else() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    one, two = (claiming(actor, a_task(team)).assignment for _ in range(2))
    for each in (one, two):  # nobody marked it as sent
        confirm(actor=an_actor("verifier"), assignment=each, received=1, how="call", key=a_key(), now=NOON)
        each.refresh_from_db()
        assert (each.state, balances_of(each)) == ("accepted", {"accepted": 1, "received": 1})
    back = unclaim(actor=actor, assignment=one, reason="", key=a_key(), now=NOON)
    assert (back.state, balances_of(one)) == ("confirmed", {"received": 1})
    assert lapse_due(NOON + DAYS) == 1
    two.refresh_from_db()
    assert (two.state, balances_of(two)) == ("confirmed", {"received": 1})


def test_a_claim_given_back_ends_when_the_pair_has_a_newer_one() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    need, offer = a_verified_need(10), a_verified_offer(team=team)
    one = claiming(actor, an_assignment(2, need=need, offer=offer)).assignment
    an_assignment(3, need=need, offer=offer)
    back = unclaim(actor=actor, assignment=one, reason="", key=a_key(), now=NOON)
    assert (back.state, balances_of(one)) == ("withdrawn", {})


def test_only_the_holder_carries_and_cannot_confirm_for_the_receiver() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    _, other = a_volunteer(team)
    _, stranger = a_volunteer(a_team())
    one = claiming(actor, a_task(team)).assignment
    assert refused(lambda: mark_sent(actor=other, assignment=one, key=a_key(), now=NOON)) == "not_yours"
    assert refused(lambda: mark_sent(actor=stranger, assignment=one, key=a_key(), now=NOON)) == "not_found"
    own = {"assignment": one, "received": 2, "how": "call", "now": NOON}
    assert refused(lambda: confirm(actor=actor, key=a_key(), **own)) == "not_found"
    both = Actor(account_id=actor.account_id, grants=(*actor.grants, *an_actor("verifier").grants), second_factor=True)
    assert refused(lambda: confirm(actor=both, key=a_key(), **own)) == "own_delivery"


def test_what_members_and_others_see() -> None:
    team = a_team()
    _, actor = a_volunteer(team)
    _, other = a_volunteer(team)
    _, stranger = a_volunteer(a_team())
    late, urgent = a_task(team, 2), a_task(team, 0)
    assert list(tasks(actor, now=NOON)) == [urgent, late]
    assert not tasks(stranger, now=NOON).exists()
    assert not tasks(actor, now=NOON + LAPSES_AFTER).exists()
    held = claiming(actor, late).assignment
    assert list(my_tasks(actor)) == [held]
    assert not my_tasks(other).exists()
    assert get_assignment(other, urgent.code) == urgent
    assert refused(lambda: get_assignment(stranger, urgent.code)) == "not_found"
    assert refused(lambda: get_assignment(ANONYMOUS, urgent.code)) == "not_found"
    assert refused(lambda: get_assignment(actor, "12")) == "not_found"
    assert assignments(an_actor("coordinator", "supplies", "4201")).count() == 2
    assert assignments(an_actor("coordinator", "services")).count() == 0
    assert assignments(an_actor("liaison", area="4209")).count() == 0
    assert not assignments(actor).exists()


def test_results_from_slips_take_send_and_receive_in_one_go() -> None:
    team = a_team()
    account, _ = a_volunteer(team)
    one, two = a_task(team), a_task(team)
    committee = an_actor("verifier", area="4201")
    key = a_key()
    for _twice in range(2):
        receipt = enter_result(actor=committee, assignment=one, account=account, received=2, key=key, now=NOON)
    assert (Receipt.objects.count(), receipt.how) == (1, "slip")
    one.refresh_from_db()
    assert (one.state, one.holder_id, balances_of(one)) == ("confirmed", account.pk, {"received": 2})
    enter_result(actor=committee, assignment=two, name="3 号志愿者", received=1, key=a_key(), now=NOON)
    two.refresh_from_db()
    assert (two.state, two.holder_name, balances_of(two)) == ("accepted", "3 号志愿者", {"accepted": 1, "received": 1})
    outsider, _ = a_volunteer(a_team())
    more = {"assignment": a_task(team), "received": 2, "now": NOON}
    assert refused(lambda: enter_result(actor=committee, account=outsider, key=a_key(), **more)) == "not_found"
    assert refused(lambda: enter_result(actor=an_actor("volunteer"), name="x", key=a_key(), **more)) == "not_found"
