"""What time does: needs go stale, expire and leave every public list at the instant, with and without the tick."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import a_need, a_response, a_submission, an_actor, an_offer
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.selectors.submissions import public_needs
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.triage.models import Retry
from tongzhou.chain.triage.selectors.queue import Filters, publicly_open, tab_rows
from tongzhou.chain.triage.types import Tab, Verdict
from tongzhou.flows.expire_needs import expire_due, mark_stale
from tongzhou.flows.verify_need import take_need, verify_need
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
ALL = Filters()


def verified(**over: object) -> Need:
    """A need verified at noon: stale after five days, gone after fifteen."""
    dates = {"verified_at": NOON, "stale_at": NOON + 5 * DAY, "expires_at": NOON + 15 * DAY}
    return a_need(**({"state": "verified", "urgency": 2} | dates | over))


def public(now: dt.datetime) -> list[Need]:
    shown = list(Need.objects.filter(publicly_open(now)).order_by("id"))
    assert shown == list(public_needs(a_response().pk, now).order_by("id"))  # the two say the same
    return shown


def test_day_by_day() -> None:
    need, actor = verified(), an_actor("verifier")
    assert public(NOON + 5 * DAY - SECOND) == [need]
    assert tab_rows(actor, "need", Tab.AGAIN, ALL, NOON + 5 * DAY - SECOND) == []
    assert tab_rows(actor, "need", Tab.AGAIN, ALL, NOON + 5 * DAY) == [need]
    assert public(NOON + 15 * DAY - SECOND) == [need]
    assert public(NOON + 15 * DAY) == []  # the tick has not run
    assert expire_due(NOON + 15 * DAY - SECOND) == 0
    assert expire_due(NOON + 15 * DAY) == 1
    assert expire_due(NOON + 15 * DAY) == 0
    need.refresh_from_db()
    assert need.state == NeedState.EXPIRED
    entry = AuditEntry.objects.get(act="triage.expire")
    assert (entry.actor_name, entry.changes["state"]) == ("system", ["verified", "expired"])


def test_verifying_again_starts_the_days_anew() -> None:
    need, actor = verified(), an_actor("verifier")
    later = NOON + 6 * DAY
    take_need(actor=actor, need=need, now=later)
    verify_need(actor=actor, need=need, verdict=Verdict("confirmed", urgency=2), expect=need.version, now=later)
    assert expire_due(NOON + 15 * DAY) == 0
    assert public(NOON + 20 * DAY) == [need]
    assert public(NOON + 21 * DAY) == []


def test_an_expired_one_can_be_verified_back_to_life() -> None:
    need, actor = verified(), an_actor("verifier")
    expire_due(NOON + 15 * DAY)
    need.refresh_from_db()
    now = NOON + 16 * DAY
    take_need(actor=actor, need=need, now=now)
    verify_need(actor=actor, need=need, verdict=Verdict("confirmed", urgency=1), expect=need.version, now=now)
    assert public(now) == [need]


def test_a_plea_nobody_has_verified_never_expires_by_itself() -> None:
    need = a_need(expires_at=NOON, stale_at=NOON)
    assert expire_due(NOON + 100 * DAY) == 0
    assert public(NOON) == []
    assert tab_rows(an_actor("verifier"), "need", Tab.NEW, ALL, NOON + 100 * DAY) == [need]


@pytest.mark.parametrize("state", ["received", "waiting", "solved", "withdrawn", "refused", "expired"])
def test_only_verified_ones_are_public(state: str) -> None:
    a_need(state=state, expires_at=NOON + DAY)
    assert public(NOON) == []


def test_held_ones_and_exercises_are_not_public() -> None:
    verified(submission=a_submission(held_reason="address"))
    exercise = a_response("exercise", is_exercise=True)
    assert public(NOON) == []
    verified(response=exercise)
    assert not Need.objects.filter(publicly_open(NOON)).exists()


def test_what_somebody_has_in_hand_waits_for_the_next_tick() -> None:
    need, actor = verified(), an_actor("verifier")
    at = NOON + 15 * DAY
    take_need(actor=actor, need=need, now=at)
    assert expire_due(at) == 0
    assert expire_due(at + dt.timedelta(minutes=10)) == 1


def test_offers_end_with_their_last_day_in_beijing_and_with_their_goods() -> None:
    today = dt.date(2020, 2, 6)
    last, over, spoiled = (
        an_offer(available_until=today),
        an_offer(available_until=today - DAY),
        an_offer(state="verified", verified_at=NOON, goods_expire_on=today - DAY),
    )
    assert expire_due(NOON) == 2
    for offer, state in ((last, OfferState.RECEIVED), (over, OfferState.EXPIRED), (spoiled, OfferState.EXPIRED)):
        offer.refresh_from_db()
        assert offer.state == state
    assert expire_due(dt.datetime(2020, 2, 6, 15, 59, tzinfo=dt.UTC)) == 0
    assert expire_due(dt.datetime(2020, 2, 6, 16, 0, tzinfo=dt.UTC)) == 1  # midnight in Beijing


def test_called_in_vain_and_past_its_days_is_proposed_for_closing_not_closed() -> None:
    called = a_need(state="waiting", expires_at=NOON)
    Retry.objects.create(need=called, attempts=1, next_at=NOON)
    never = a_need(expires_at=NOON)
    assert mark_stale(NOON) == 1
    assert mark_stale(NOON) == 0
    assert tab_rows(an_actor("verifier"), "need", Tab.CLOSING, ALL, NOON) == [called]
    called.refresh_from_db()
    never.refresh_from_db()
    assert (called.state, never.state) == (NeedState.WAITING, NeedState.RECEIVED)
