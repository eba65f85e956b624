"""One item, one person, ten minutes: taking, holding longer, putting back, running out; whose it may be at all."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import JIANGAN, WUHAN, XIAOGAN, a_need, a_response, a_submission, an_account, an_actor, an_offer
from tongzhou.chain.intake.models import Contact, Need
from tongzhou.chain.triage.models import Lock
from tongzhou.chain.triage.selectors.locks import held_by, in_hand
from tongzhou.chain.triage.selectors.queue import Filters, counts, get_record, tab_rows
from tongzhou.chain.triage.services import locks
from tongzhou.chain.triage.types import Tab
from tongzhou.flows.reveal_contact import reveal_contact
from tongzhou.flows.verify_need import take_need, take_next_need
from tongzhou.flows.verify_offer import take_next_offer
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
ALL = Filters()


def test_the_second_is_told_who_has_it_and_gets_it_when_time_runs_out() -> None:
    first, second, need = an_actor("verifier"), an_actor("coordinator"), a_need()
    assert take_need(actor=first, need=need, now=NOON).seconds_left == 600
    with pytest.raises(Refusal) as told:
        take_need(actor=second, need=need, now=NOON + 9 * MINUTE + dt.timedelta(seconds=30))
    assert told.value.code == "lock_held"
    assert told.value.params == {"name": first.name, "minutes": 1}
    assert take_need(actor=second, need=need, now=NOON + 10 * MINUTE).until == NOON + 20 * MINUTE
    assert held_by(first, need, NOON + 10 * MINUTE) is None


def test_holding_longer_counts_from_now_and_only_while_it_is_in_hand() -> None:
    actor, need = an_actor("verifier"), a_need()
    take_need(actor=actor, need=need, now=NOON)
    assert locks.extend(actor=actor, record=need, now=NOON + 8 * MINUTE).until == NOON + 18 * MINUTE
    with pytest.raises(Refusal, match="lock_lost"):
        locks.extend(actor=actor, record=need, now=NOON + 18 * MINUTE)
    with pytest.raises(Refusal, match="lock_lost"):
        locks.extend(actor=an_actor("verifier"), record=need, now=NOON + 9 * MINUTE)


def test_putting_back_frees_it_at_once_and_only_the_holder_can() -> None:
    first, second, need = an_actor("verifier"), an_actor("verifier"), a_need()
    take_need(actor=first, need=need, now=NOON)
    assert not locks.release(actor=second, record=need, now=NOON + MINUTE)
    assert locks.release(actor=first, record=need, now=NOON + MINUTE)
    assert not locks.release(actor=first, record=need, now=NOON + MINUTE)
    assert take_need(actor=second, need=need, now=NOON + MINUTE)


def test_whoever_takes_another_one_puts_the_first_back() -> None:
    actor, one, two, offer = an_actor("verifier"), a_need(), a_need(), an_offer()
    take_need(actor=actor, need=one, now=NOON)
    take_need(actor=actor, need=two, now=NOON + MINUTE)
    assert held_by(actor, one, NOON + MINUTE) is None
    assert take_next_offer(actor=actor, filters=ALL, now=NOON + 2 * MINUTE) == offer
    assert held_by(actor, two, NOON + 2 * MINUTE) is None
    hold = in_hand(actor, NOON + 2 * MINUTE)
    assert hold is not None
    assert hold.object_id == offer.pk
    assert Lock.objects.filter(holder_id=actor.account_id, until__gt=NOON + 2 * MINUTE).count() == 1


def test_the_next_one_is_the_most_urgent_then_the_oldest_and_never_somebody_elses() -> None:
    def need(urgency: int, minutes: int) -> Need:
        found = a_need(urgency_order=urgency)
        Need.objects.filter(pk=found.pk).update(created_at=NOON - minutes * MINUTE)
        return found

    routine, old, new, life = need(3, 500), need(1, 90), need(1, 30), need(0, 1)
    actors = [an_actor("verifier") for _ in range(5)]
    taken = [take_next_need(actor=actor, filters=ALL, now=NOON) for actor in actors[:4]]
    assert taken == [life, old, new, routine]
    with pytest.raises(Refusal, match="queue_empty"):
        take_next_need(actor=actors[4], filters=ALL, now=NOON)


def test_least_recently_verified_come_first_for_another_verification() -> None:
    def need(days: int, urgency: int) -> Need:
        at = NOON - dt.timedelta(days=days)
        return a_need(state="verified", urgency=urgency, verified_at=at, stale_at=NOON - MINUTE)

    recent, long_ago = need(4, 0), need(9, 3)
    fresh = a_need(state="verified", urgency=0, verified_at=NOON, stale_at=NOON + MINUTE)
    actor = an_actor("verifier")
    assert tab_rows(actor, "need", Tab.AGAIN, ALL, NOON) == [long_ago, recent]
    assert fresh in tab_rows(actor, "need", Tab.AGAIN, ALL, NOON + MINUTE)


def test_held_submissions_wait_apart() -> None:
    held = a_need(submission=a_submission(held_reason="address"))
    plain, actor = a_need(), an_actor("verifier")
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON) == [plain]
    assert tab_rows(actor, "need", Tab.HELD, ALL, NOON) == [held]
    assert counts(actor, "need", ALL, NOON) == {"new": 1, "again": 0, "later": 0, "closing": 0, "held": 1}


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (("verifier", "supplies", "4201"), True),
        (("verifier", "services", "4201"), False),
        (("verifier", "all", JIANGAN), False),
        (("verifier", "all", XIAOGAN), False),
        (("coordinator", "all", ""), True),
        (("liaison", "all", ""), False),
        (("analyst", "all", ""), False),
        (("officer", "all", ""), False),
        (("volunteer", "all", ""), False),
        (("admin", "all", ""), False),
    ],
)
def test_line_and_area_and_role_decide(actor: tuple[str, str, str], sees: bool) -> None:
    need, who = a_need(place=WUHAN), an_actor(*actor)
    assert (need in tab_rows(who, "need", Tab.NEW, ALL, NOON)) is sees
    if sees:
        assert take_next_need(actor=who, filters=ALL, now=NOON) == need
        return
    with pytest.raises(Refusal, match="not_found"):
        get_record(who, "need", need.pk)
    with pytest.raises(Refusal, match="not_found"):
        take_need(actor=who, need=need, now=NOON)


@pytest.mark.parametrize("who", ["another response", "no second factor", "nobody"])
def test_another_response_no_second_factor_and_nobody_take_nothing(who: str) -> None:
    need = a_need()
    actor = {
        "another response": lambda: an_actor("verifier", response=a_response("henan-2021")),
        "no second factor": lambda: an_actor("verifier", second_factor=False),
        "nobody": lambda: ANONYMOUS,
    }[who]()
    with pytest.raises(Refusal, match="not_found"):
        take_need(actor=actor, need=need, now=NOON)
    assert Lock.objects.count() == 0


def _entered(actor, channel: str) -> Need:  # type: ignore[no-untyped-def]
    need = a_need(channel=channel)
    first = changes._first_values(need)
    audit.record(actor=actor, act="need.enter", obj=need, changes=first)
    return need


def test_nobody_verifies_what_they_entered_themselves() -> None:
    account = an_account("coordinator")
    writer, other = an_actor("coordinator", account=account), an_actor("coordinator")
    need = _entered(writer, "phone")
    with pytest.raises(Refusal, match="own_entry"):
        take_need(actor=writer, need=need, now=NOON)
    with pytest.raises(Refusal, match="queue_empty"):
        take_next_need(actor=writer, filters=ALL, now=NOON)
    assert take_next_need(actor=other, filters=ALL, now=NOON) == need


def test_rows_of_a_sheet_were_said_by_others() -> None:
    writer = an_actor("coordinator")
    need = _entered(writer, "sheet")
    assert take_next_need(actor=writer, filters=ALL, now=NOON) == need


def test_the_contact_opens_only_in_hand_and_every_look_is_logged() -> None:
    from builders import a_contact

    need = a_need(contact=a_contact("19000000021", name="求助人甲", address="某小区 3 栋"))
    holder, other = an_actor("verifier"), an_actor("coordinator")
    with pytest.raises(Refusal, match="lock_lost"):
        reveal_contact(actor=holder, record=need, now=NOON)
    take_need(actor=holder, need=need, now=NOON)
    seen = reveal_contact(actor=holder, record=need, now=NOON)
    assert seen == {"phone": "19000000021", "name": "求助人甲", "address": "某小区 3 栋"}
    for actor in (other, an_actor("verifier", area=XIAOGAN), an_actor("admin"), ANONYMOUS):
        with pytest.raises(Refusal):
            reveal_contact(actor=actor, record=need, now=NOON)
    entry = AuditEntry.objects.get(object_type=Contact._meta.label_lower)
    assert (entry.actor_id, entry.act, entry.reason) == (holder.account_id, "need.contact", need.code)
    assert entry.changes == {"looked": ["address", "name", "phone"]}
    for later in (NOON + 10 * MINUTE, NOON + 11 * MINUTE):
        with pytest.raises(Refusal, match="lock_lost"):
            reveal_contact(actor=holder, record=need, now=later)
