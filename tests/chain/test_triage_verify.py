"""Every outcome of a call and the way back, when to call again, the three quantities."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import JIANGAN, WUCHANG, XIAOGAN, a_category, a_need, a_place, a_submission, an_actor, an_offer
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import Flag, ForWhom, NeedState, OfferState
from tongzhou.chain.triage.models import Check, Retry
from tongzhou.chain.triage.selectors.queue import Filters, counts, tab_rows
from tongzhou.chain.triage.selectors.written import call_script, standard, suggested_urgency
from tongzhou.chain.triage.services import plan_quantities
from tongzhou.chain.triage.services.quantities import most_for, planned
from tongzhou.chain.triage.services.retries import next_call
from tongzhou.chain.triage.types import Basis, Outcome, Tab, Verdict
from tongzhou.flows import verify_need, verify_offer
from tongzhou.flows.verify_need import take_need
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Effective

NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)  # 12:00 in Beijing
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ALL = Filters()


def call(actor: Actor, need: Need, verdict: Verdict, now: dt.datetime = NOON) -> Check:
    take_need(actor=actor, need=need, now=now)
    return verify_need.verify_need(actor=actor, need=need, verdict=verdict, expect=need.version, now=now)


def said(need: Need) -> dict[str, object]:
    """Everything a need says, but for version and moments of change."""
    fresh = Need.objects.get(pk=need.pk)
    return {
        field.attname: getattr(fresh, field.attname) for field in Need._meta.concrete_fields
        if field.attname not in ("version", "updated_at", "state_since")
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verdict", "state", "more"),
    [
        (Verdict("confirmed", quantity=9, urgency=1), "verified", {"quantity_confirmed": 9, "quantity_planned": 9}),
        (Verdict("confirmed", urgency=2), "verified", {"quantity_confirmed": None, "quantity_planned": 200}),
        (Verdict("changed", quantity=0, urgency=3), "verified", {"quantity_planned": 0, "urgency_order": 3}),
        (Verdict("unreachable"), "waiting", {"verified_at": None}),
        (Verdict("solved", solved_by="committee", note="居委会送来了"), "solved", {"solved_by": "committee"}),
        (Verdict("false", note="号码是空号，地址不存在"), "refused", {"state_reason": "号码是空号，地址不存在"}),
        (Verdict("withdrawn"), "withdrawn", {}),
    ],
)
def test_every_outcome_and_back(verdict: Verdict, state: str, more: dict[str, object]) -> None:
    actor, need = an_actor("verifier"), a_need()
    before = said(need)
    check = call(actor, need, verdict)
    after = said(need)
    assert after["state"] == state
    assert {name: after[name] for name in more} == more
    assert (check.outcome, check.by_id, check.created_at) == (verdict.outcome, actor.account_id, NOON)
    verify_need.undo_check(actor=actor, check=check, now=NOON + HOUR)
    assert said(need) == before
    check.refresh_from_db()
    assert check.undone_at == NOON + HOUR
    assert check.outcome == verdict.outcome
    with pytest.raises(Refusal, match="check_undone"):
        verify_need.undo_check(actor=actor, check=check, now=NOON + HOUR)


@pytest.mark.django_db
def test_a_confirmed_need_gets_its_dates_from_category_and_urgency() -> None:
    actor = an_actor("verifier")
    masks, urgent = a_need(category="surgical_mask"), a_need(category="surgical_mask")
    call(actor, masks, Verdict("confirmed", urgency=2))
    call(actor, urgent, Verdict("confirmed", urgency=0))
    masks.refresh_from_db()
    urgent.refresh_from_db()
    assert (masks.verified_at, masks.stale_at, masks.expires_at) == (NOON, NOON + 5 * DAY, NOON + 15 * DAY)
    assert (urgent.stale_at, urgent.expires_at) == (NOON + DAY, NOON + 3 * DAY)


@pytest.mark.django_db
def test_a_changed_place_and_category_move_the_need_with_its_line_unit_and_words() -> None:
    actor = an_actor("verifier", area="4201")
    a_place(WUCHANG)
    need = a_need(category="surgical_mask", quantity_asked=200, place=JIANGAN, site=None)
    check = call(actor, need, Verdict("changed", urgency=1, place=WUCHANG, category="dialysis_transport", quantity=1))
    need.refresh_from_db()
    trip = a_category("dialysis_transport")
    assert (need.place_id, need.category_id, need.line, need.unit) == (WUCHANG, trip.pk, "services", trip.unit)
    assert need.quantity_asked is None  # 200 只 are no trips; the raw form and the history keep them
    assert "透析" in need.search
    verify_need.undo_check(actor=an_actor("coordinator"), check=check, now=NOON)
    need.refresh_from_db()
    assert (need.place_id, need.category_id, need.line, need.unit) == (JIANGAN, "surgical_mask", "supplies", "只")
    assert need.quantity_asked == 200
    assert "透析" not in need.search


@pytest.mark.django_db
def test_checks_are_appended_and_an_outcome_is_recorded_only_in_hand_and_of_the_version_seen() -> None:
    actor, need = an_actor("verifier"), a_need()
    with pytest.raises(Refusal, match="lock_lost"):
        verify_need.verify_need(actor=actor, need=need, verdict=Verdict("false"), expect=need.version, now=NOON)
    take_need(actor=actor, need=need, now=NOON)
    with pytest.raises(Refusal, match="version_stale"):
        verify_need.verify_need(actor=actor, need=need, verdict=Verdict("false"), expect=99, now=NOON)
    call(actor, need, Verdict("unreachable"))
    with pytest.raises(Refusal, match="lock_lost"):
        verify_need.verify_need(actor=actor, need=need, verdict=Verdict("false"), expect=need.version, now=NOON)
    call(actor, need, Verdict("confirmed", urgency=2), NOON + HOUR)
    assert [check.outcome for check in Check.objects.order_by("created_at")] == ["unreachable", "confirmed"]
    call(actor, need, Verdict("solved"), NOON + DAY)
    with pytest.raises(Refusal, match="verify_closed"):
        take_need(actor=actor, need=need, now=NOON + DAY)


@pytest.mark.django_db
def test_an_outcome_changed_since_is_not_simply_undone() -> None:
    actor, need = an_actor("verifier"), a_need()
    first = call(actor, need, Verdict("confirmed", urgency=2))
    call(actor, need, Verdict("solved"), NOON + HOUR)
    with pytest.raises(Refusal, match="undo_stale"):
        verify_need.undo_check(actor=actor, check=first, now=NOON)
    for other in (an_actor("verifier", area=XIAOGAN), an_actor("liaison"), an_actor("admin")):
        with pytest.raises(Refusal, match="not_found"):
            verify_need.undo_check(actor=other, check=first, now=NOON)


@pytest.mark.django_db
def test_a_held_plea_that_was_verified_is_held_no_longer() -> None:
    need = a_need(submission=a_submission(held_reason="phone"))
    call(an_actor("verifier"), need, Verdict("confirmed", urgency=2))
    need.submission.refresh_from_db()
    assert need.submission.held_reason == ""


# ---------------------------------------------------------------- nobody answers


def test_when_to_call_again_beijing_time() -> None:
    def beijing(day: int, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime(2020, 2, day, hour, minute, tzinfo=dt.timezone(8 * HOUR))

    assert next_call(1, beijing(6, 12)) == beijing(6, 13)
    assert next_call(2, beijing(6, 13)) == beijing(6, 17)
    assert next_call(3, beijing(6, 17)) == beijing(7, 9)
    assert next_call(1, beijing(6, 20, 30)) == beijing(7, 9)  # 21:30 is night
    assert next_call(2, beijing(6, 20)) == beijing(7, 9)  # midnight, too
    assert next_call(1, beijing(6, 7)) == beijing(6, 9)
    assert next_call(1, beijing(6, 23), urgent=True) == beijing(7, 0)


@pytest.mark.django_db
def test_three_calls_in_vain_propose_to_close_and_a_person_decides() -> None:
    actor, need = an_actor("verifier"), a_need()
    call(actor, need, Verdict("unreachable"))
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON) == []
    assert tab_rows(actor, "need", Tab.LATER, ALL, NOON) == [need]
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON + HOUR) == [need]
    call(actor, need, Verdict("unreachable"), NOON + HOUR)
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON + 4 * HOUR) == []
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON + 5 * HOUR) == [need]
    call(actor, need, Verdict("unreachable"), NOON + 5 * HOUR)
    assert counts(actor, "need", ALL, NOON + 10 * DAY) == {"new": 0, "again": 0, "later": 0, "closing": 1, "held": 0}
    need.refresh_from_db()
    assert need.state == NeedState.WAITING
    verify_need.keep_trying(actor=actor, need=need, now=NOON + DAY)
    assert tab_rows(actor, "need", Tab.NEW, ALL, NOON + DAY) == [need]
    assert Retry.objects.get().attempts == 0
    for _again in range(3):
        call(actor, need, Verdict("unreachable"), NOON + 2 * DAY)
    verify_need.close_unreached(actor=actor, need=need, expect=need.version, reason="多次联系不上", now=NOON + 3 * DAY)
    assert need.state == NeedState.EXPIRED
    with pytest.raises(Refusal, match="version_stale"):
        verify_need.keep_trying(actor=actor, need=need, now=NOON + 3 * DAY)


@pytest.mark.django_db
def test_undoing_an_attempt_takes_one_off_the_count() -> None:
    actor, need = an_actor("verifier"), a_need()
    first = call(actor, need, Verdict("unreachable"))
    second = call(actor, need, Verdict("unreachable"), NOON + HOUR)
    verify_need.undo_check(actor=actor, check=second, now=NOON + HOUR)
    row = Retry.objects.get()
    assert (row.attempts, row.next_at) == (1, NOON + HOUR)
    verify_need.undo_check(actor=actor, check=first, now=NOON + HOUR)
    row.refresh_from_db()
    assert (row.attempts, row.next_at, row.proposed_at) == (0, None, None)


@pytest.mark.django_db
def test_a_verified_need_stays_verified_when_nobody_answers_once() -> None:
    actor = an_actor("verifier")
    need = a_need(state="verified", urgency=2, verified_at=NOON - 6 * DAY, stale_at=NOON - DAY, expires_at=NOON + DAY)
    call(actor, need, Verdict("unreachable"))
    need.refresh_from_db()
    assert need.state == NeedState.VERIFIED
    assert tab_rows(actor, "need", Tab.AGAIN, ALL, NOON) == []
    assert tab_rows(actor, "need", Tab.AGAIN, ALL, NOON + HOUR) == [need]


# ---------------------------------------------------------------- offers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.CONFIRMED, OfferState.VERIFIED), (Outcome.CHANGED, OfferState.VERIFIED),
        (Outcome.UNREACHABLE, OfferState.WAITING), (Outcome.SOLVED, OfferState.USED_UP),
        (Outcome.FALSE, OfferState.REFUSED), (Outcome.WITHDRAWN, OfferState.WITHDRAWN),
    ],
)  # fmt: skip
def test_offers_the_same_way(outcome: str, state: str) -> None:
    actor, offer = an_actor("coordinator"), an_offer()
    verify_offer.take_offer(actor=actor, offer=offer, now=NOON)
    verdict = Verdict(outcome, quantity=3000 if outcome in ("confirmed", "changed") else None, note="通话核对过")
    check = verify_offer.verify_offer(actor=actor, offer=offer, verdict=verdict, expect=offer.version, now=NOON)
    offer.refresh_from_db()
    assert offer.state == state
    assert offer.quantity == 5000
    assert offer.quantity_confirmed == verdict.quantity
    verify_offer.undo_offer_check(actor=actor, check=check, now=NOON)
    offer.refresh_from_db()
    assert (offer.state, offer.quantity_confirmed, offer.verified_at) == (OfferState.RECEIVED, None, None)


# ---------------------------------------------------------------- asked, confirmed, planned


def _category(**over: object) -> Effective:
    said = {
        "key": "surgical_mask", "name": "外科口罩", "name_en": "", "kind": "goods", "line": "supplies", "unit": "只",
        "unit_en": "", "minimum_lot": 50, "maximum": 100_000, "stale_days": 5, "stages": (), "licence": "",
    }  # fmt: skip
    return Effective(**(said | over))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "confirmed", "who", "quantity", "basis", "flag"),
    [
        (1_000_000, None, ForWhom.FACILITY, 100_000, Basis.CAPPED, Flag.IMPLAUSIBLE),
        (100_000, None, ForWhom.FACILITY, 100_000, Basis.ASKED, ""),
        (1_000_000, 90_000, ForWhom.FACILITY, 90_000, Basis.CONFIRMED, ""),
        (1_000_000, 150_000, ForWhom.FACILITY, 150_000, Basis.CONFIRMED, Flag.IMPLAUSIBLE),
        (5_000, None, ForWhom.SELF, 1_000, Basis.CAPPED, Flag.HOUSEHOLD),
        (1_000, None, ForWhom.SELF, 1_000, Basis.ASKED, ""),
        (None, None, ForWhom.FACILITY, 50, Basis.MINIMUM, ""),
        (0, None, ForWhom.FACILITY, 0, Basis.ASKED, ""),
        (None, 0, ForWhom.FACILITY, 0, Basis.CONFIRMED, ""),
    ],
)
def test_planned_quantity_by_hand(
    asked: int | None, confirmed: int | None, who: str, quantity: int, basis: str, flag: str
) -> None:
    found = planned(asked=asked, confirmed=confirmed, category=_category(), for_whom=who)
    assert (found.quantity, found.basis, found.flag) == (quantity, basis, flag)


def test_an_estimate_stands_before_the_smallest_lot_and_never_before_what_was_asked() -> None:
    estimate = {"category": _category(), "for_whom": ForWhom.FACILITY, "confirmed": None, "estimate": 700}
    assert planned(asked=None, **estimate).basis == Basis.ESTIMATE  # type: ignore[arg-type]
    assert planned(asked=None, **estimate).quantity == 700  # type: ignore[arg-type]
    assert planned(asked=20, **estimate).quantity == 20  # type: ignore[arg-type]
    unread = planned(asked=3, unit_read=False, **estimate)  # type: ignore[arg-type]
    assert (unread.quantity, unread.basis) == (700, Basis.ESTIMATE)
    assert planned(asked=3, confirmed=None, category=None, for_whom="self", unit_read=False).quantity is None


_amounts = st.none() | st.integers(0, 10**9)


@given(_amounts, _amounts, st.sampled_from(ForWhom.values), st.none() | st.integers(1, 10**6), st.integers(1, 500))
def test_planned_quantity_never_passes_what_was_confirmed_or_asked_or_is_plausible(
    asked: int | None, confirmed: int | None, who: str, maximum: int | None, lot: int
) -> None:
    category = _category(maximum=None if maximum is None else max(maximum, lot), minimum_lot=lot)
    found = planned(asked=asked, confirmed=confirmed, category=category, for_whom=who)
    assert found.quantity is not None
    if confirmed is not None:
        assert found.quantity == confirmed
        return
    most = most_for(category, who)
    if asked is not None:
        assert found.quantity <= asked
        assert most is None or found.quantity <= most
        assert found.quantity == asked or found.flag
    else:
        assert found.quantity == lot


@pytest.mark.django_db
def test_planned_quantities_are_stored_in_few_statements(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    many = [a_need(quantity_asked=asked, for_whom="facility") for asked in (None, 300, 10**9)]
    with django_assert_max_num_queries(5):
        assert plan_quantities(many) == 3
    assert plan_quantities(many) == 0
    top = catalogue.category("surgical_mask").maximum
    assert [need.quantity_planned for need in Need.objects.order_by("id")] == [50, 300, top]
    assert [need.quantity_flag for need in Need.objects.order_by("id")] == ["", "", Flag.IMPLAUSIBLE]


# ---------------------------------------------------------------- the written standard


def test_the_standard_has_four_levels_with_examples_in_both_languages() -> None:
    levels = standard()
    assert [one.level for one in levels] == [0, 1, 2, 3]
    for one in levels:
        assert len(one.examples) >= 3
        for text in (one.title, one.meaning, one.do, *one.examples, *one.counterexamples):
            assert text.zh
            assert text.en.isascii() or "“" in text.en


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("category", "days", "who", "level"),
    [
        ("insulin", 1, "self", 0), ("insulin", 2, "self", 1), ("insulin", 3, "other", 1), ("insulin", 10, "self", 2),
        ("insulin", 30, "self", 3), ("insulin", None, "self", 2), ("dialysis_transport", None, "self", 1),
        ("protective_suit", None, "facility", 1), ("protective_suit", None, "self", 2),
        ("online_tutoring", None, "self", 3), ("psychological_counselling", None, "self", 2),
        ("funds", None, "facility", 3), ("rice", None, "self", 2),
    ],
)  # fmt: skip
def test_the_first_suggestion_never_listens_to_what_they_claim(
    category: str, days: int | None, who: str, level: int
) -> None:
    for claimed in (None, 0, 3):
        need = a_need(category=category, days_left=days, for_whom=who, urgency_said=claimed)
        assert suggested_urgency(need, catalogue.category(category)).level == level


@pytest.mark.django_db
def test_scripts_differ_for_a_household_a_hospital_and_an_offer() -> None:
    medicine = a_need(category="insulin")
    hospital = a_need(category="protective_suit", for_whom="facility")
    records = (medicine, hospital, an_offer())
    scripts = [call_script(one, catalogue.category(one.category_id), quantity="2 支") for one in records]
    assert any("处方" in line for line in scripts[0])
    assert any("总机" in line for line in scripts[1])
    assert any("注册证号" in line for line in scripts[2])
    assert not any("处方" in line for line in scripts[1])
    assert all("{" not in line for script in scripts for line in script)


@pytest.mark.django_db
def test_every_outcome_leaves_a_row_that_names_who_and_what() -> None:
    actor, need = an_actor("verifier"), a_need()
    call(actor, need, Verdict("false", note="空号"))
    entry = AuditEntry.objects.filter(object_type="intake.need", act="need.verify").order_by("-id").first()
    assert entry is not None
    assert (entry.actor_id, entry.reason) == (actor.account_id, "空号")
    assert entry.changes["state"] == ["received", "refused"]
