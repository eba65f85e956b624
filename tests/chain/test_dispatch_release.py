"""Whatever closes or shrinks a need or an offer leaves no assignment behind that somebody works on in vain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override
from test_delivery_confirm import calling
from test_dispatch_way import refused

from builders import XIAOGAN, a_place, a_submission, an_actor
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
from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.amounts import Amount
from tongzhou.chain.triage.types import Verdict
from tongzhou.flows import report_incident
from tongzhou.flows.answer_assignment import accept
from tongzhou.flows.bulk_edit import BulkChange, bulk_edit
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.change_submission import close_own, correct_own, reopen_own
from tongzhou.flows.claim_task import claim
from tongzhou.flows.edit_need import edit_record, move_record
from tongzhou.flows.expire_needs import expire_due
from tongzhou.flows.merge_needs import merge_needs, unmerge_need
from tongzhou.flows.release_need import release_orphans
from tongzhou.flows.undo_change import newest, undo
from tongzhou.flows.verify_need import close_unreached, take_need, undo_check, verify_need
from tongzhou.flows.verify_offer import take_offer, verify_offer
from tongzhou.kernel import clock, ids, kept
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.models import OutboxMessage
from tongzhou.registers.catalogue.models import Category

pytestmark = pytest.mark.django_db
COORDINATOR = an_actor("coordinator")
VERIFIER = an_actor("verifier")


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def three(need: Need | None = None, offer: Offer | None = None) -> list[Assignment]:
    """One that waits, one that was taken, one that is on its way; 100 each."""
    found = [an_assignment(100, need=need or a_verified_need(900), offer=offer or a_verified_offer()) for _ in range(2)]
    found.append(an_assignment(100, need=need or a_verified_need(900), offer=offer or a_verified_offer()))
    for one in found[1:]:
        accept(actor=COORDINATOR, assignment=one, key=a_key(), now=NOON)
    mark_sent(actor=COORDINATOR, assignment=found[2], key=a_key(), now=NOON)
    return found


def judged(found: list[Assignment]) -> list[tuple[str, dict[str, int]]]:
    for one in found:
        one.refresh_from_db()
    return [(one.state, balances_of(one)) for one in found]


RELEASED = [("withdrawn", {}), ("withdrawn", {}), ("in_transit", {"in_transit": 100})]


def by_owner(record: Need | Offer) -> None:
    assert record.submission is not None
    close_own(
        actor=ANONYMOUS, submission=record.submission, record_id=record.pk, expect=record.version, how="withdrawn",
        now=NOON,
    )  # fmt: skip


def by_desk(record: Need | Offer) -> None:
    move_record(actor=COORDINATOR, record=record, expect=record.version, state="expired", reason="重复联系不上")


def by_bulk(record: Need | Offer) -> None:
    bulk_edit(actor=COORDINATOR, rows=[(record, record.version)], change=BulkChange({}, "withdrawn", "清理"))


def by_time(record: Need | Offer) -> None:
    if isinstance(record, Need):
        Need.objects.filter(pk=record.pk).update(expires_at=NOON)
    else:
        Offer.objects.filter(pk=record.pk).update(available_until=dt.date(2020, 2, 5))
    assert expire_due(NOON) == 1


def by_call(record: Need | Offer) -> None:
    if isinstance(record, Need):
        take_need(actor=VERIFIER, need=record, now=NOON)
        verify_need(actor=VERIFIER, need=record, verdict=Verdict("false"), expect=record.version, now=NOON)
    else:
        take_offer(actor=VERIFIER, offer=record, now=NOON)
        verify_offer(actor=VERIFIER, offer=record, verdict=Verdict("withdrawn"), expect=record.version, now=NOON)


def by_merging(record: Need) -> None:
    keep = a_verified_need(100)
    merge_needs(
        actor=COORDINATOR, keep=keep, gone=record, expect_keep=keep.version, expect_gone=record.version, now=NOON
    )


def by_nobody_answering(record: Need) -> None:
    from tongzhou.chain.triage.models import Retry

    Retry.objects.create(need=record, attempts=3, proposed_at=NOON)
    close_unreached(actor=VERIFIER, need=record, expect=record.version, now=NOON)


def by_undoing_the_reopening(record: Need | Offer) -> None:
    """It had been closed before, opened again and verified; taking the opening back closes it."""
    entry = newest(record)
    assert entry is not None
    undo(actor=COORDINATOR, what=entry)


WAYS = [by_owner, by_desk, by_bulk, by_time, by_call]


@pytest.mark.parametrize("way", [*WAYS, by_merging, by_nobody_answering])
def test_a_closed_need_leaves_only_what_is_on_its_way(way: Callable[[Any], None]) -> None:
    need = a_verified_need(900)
    found = three(need)
    way(need)
    assert judged(found) == RELEASED
    events = [row.payload["event"] for row in OutboxMessage.objects.filter(kind="event").order_by("created_at")]
    assert events.count("withdrawn") == 2
    assert events.count("return_asked") == 1
    # What was on its way can still be received, and the closing stays what it was.
    state = Need.objects.get(pk=need.pk).state
    assert state not in ("verified", "received")
    calling(found[2], 100)
    assert (found[2].need.state, judged(found)[2]) == (state, ("confirmed", {"received": 100}))


@pytest.mark.parametrize("way", WAYS)
def test_a_closed_offer_leaves_only_what_is_on_its_way(way: Callable[[Any], None]) -> None:
    offer = a_verified_offer()
    found = three(offer=offer)
    way(offer)
    assert judged(found) == RELEASED


def test_taking_back_an_opening_releases_too() -> None:
    need = a_verified_need(900, state="withdrawn")
    move_record(actor=COORDINATOR, record=need, expect=need.version, state="received", reason="又需要")
    Need.objects.filter(pk=need.pk).update(state="verified")
    found = three(need)
    Need.objects.filter(pk=need.pk).update(state="received")
    by_undoing_the_reopening(need)
    assert judged(found) == RELEASED


def test_taking_a_verification_back_withdraws_what_nobody_has_taken() -> None:
    need = a_verified_need(900, state="received")
    take_need(actor=VERIFIER, need=need, now=NOON)
    check = verify_need(
        actor=VERIFIER, need=need, verdict=Verdict("confirmed", quantity=900), expect=need.version, now=NOON
    )
    found = three(need)
    undo_check(actor=VERIFIER, check=check, now=NOON)
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]


def test_opening_a_need_again_revives_nothing() -> None:
    need = a_verified_need(900)
    found = three(need)
    by_owner(need)
    assert need.submission is not None
    reopen_own(actor=ANONYMOUS, submission=need.submission, record_id=need.pk)
    assert judged(found) == RELEASED
    other, keep = a_verified_need(900), a_verified_need(900)
    found = three(other)
    merge_needs(actor=COORDINATOR, keep=keep, gone=other, expect_keep=1, expect_gone=other.version, now=NOON)
    other.refresh_from_db()
    unmerge_need(actor=COORDINATOR, gone=other, now=NOON)
    assert judged(found) == RELEASED


def test_a_smaller_need_first_takes_back_what_nobody_has_taken() -> None:
    need = a_verified_need(300)
    found = three(need)
    edit_record(actor=COORDINATOR, record=need, expect=need.version, quantity_planned=250)
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]
    edit_record(actor=COORDINATOR, record=need, expect=need.version, quantity_planned=200)
    version = need.version
    assert refused(
        lambda: edit_record(actor=COORDINATOR, record=need, expect=version, quantity_planned=199)
    ) == "below_committed"  # fmt: skip
    assert need.submission is not None
    owner = {"actor": ANONYMOUS, "submission": need.submission, "record_id": need.pk, "now": NOON}
    assert refused(lambda: correct_own(expect=version, amount=Amount(199, "个"), **owner)) == "below_committed"


def test_a_smaller_offer_likewise() -> None:
    offer = a_verified_offer(300)
    found = three(offer=offer)
    edit_record(actor=COORDINATOR, record=offer, expect=offer.version, quantity=200)
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]
    version = offer.version
    assert refused(
        lambda: edit_record(actor=COORDINATOR, record=offer, expect=version, quantity=199)
    ) == "below_committed"  # fmt: skip


def test_a_need_lowered_to_what_arrived_is_solved() -> None:
    need = a_verified_need(300)
    one, two = an_assignment(100, need=need), an_assignment(100, need=need)
    accept(actor=COORDINATOR, assignment=one, key=a_key(), now=NOON)
    calling(one, 100)
    need.refresh_from_db()
    edit_record(actor=COORDINATOR, record=need, expect=need.version, quantity_planned=100)
    assert [state for state, _ in judged([one, two])] == ["confirmed", "withdrawn"]
    need.refresh_from_db()
    assert (need.state, need.solved_by) == ("solved", "helped")


def test_assignments_move_with_their_need() -> None:
    need = a_verified_need(300)
    found = three(need)
    edit_record(actor=COORDINATOR, record=need, expect=need.version, place=a_place(XIAOGAN))
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]
    assert [one.place_id for one in found] == ["4201", XIAOGAN, XIAOGAN]


def reported() -> list[tuple[Assignment, str]]:
    return [(row.assignment, row.kind) for row in IncidentReport.objects.order_by("created_at", "id")]


@pytest.mark.parametrize("fields", [{"category": "disposable_medical_mask"}, {"unit": "箱"}])
def test_a_need_that_turns_out_to_be_another_thing(fields: dict[str, str]) -> None:
    """What waits goes back with the reason; what is held or on its way stays and a person is asked to look, once."""
    need = a_verified_need(900, category="surgical_mask", unit="只")
    found = three(need)
    said = {"category": Category.objects.get(pk=fields["category"])} if "category" in fields else fields
    edit_record(actor=COORDINATOR, record=need, expect=need.version, **said)
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]
    assert found[0].state_reason == "求助的类别或单位已改"
    assert sorted(one.code for one, _ in reported()) == sorted(one.code for one in found[1:])
    incident = IncidentReport.objects.filter(assignment=found[2]).get()
    words = report_incident.read(actor=COORDINATOR, incident=incident)
    with override("en"):
        assert kept.shown(words).startswith(
            f"The category or unit of the need {ids.format_code(need.code)} was changed"
        )
    with override("zh-hans"):
        assert kept.shown(words).startswith(f"求助 {ids.format_code(need.code)} 的类别或单位在派出以后改过")
    told = OutboxMessage.objects.filter(kind="event", payload__event="incident")
    assert told.count() == 2
    # The next change of something else asks nobody again, and what is planned from now on stays.
    later = an_assignment(100, need=need, offer=a_verified_offer())
    edit_record(actor=COORDINATOR, record=need, expect=need.version, note="三楼")
    release_orphans(response_id=need.response_id, actor=COORDINATOR, now=NOON)
    assert len(reported()) == 2
    assert [state for state, _ in judged([later, *found[1:]])] == ["proposed", "accepted", "in_transit"]


def test_an_offer_that_turns_out_to_be_another_thing() -> None:
    offer = a_verified_offer()
    found = three(offer=offer)
    edit_record(
        actor=COORDINATOR,
        record=offer,
        expect=offer.version,
        category=Category.objects.get(pk="disposable_medical_mask"),
    )
    assert [state for state, _ in judged(found)] == ["withdrawn", "accepted", "in_transit"]
    assert found[0].state_reason == "供给的类别或单位已改"
    assert len(reported()) == 2


def test_a_unit_that_only_says_what_was_meant_changes_nothing() -> None:
    need = a_verified_need(900, category="surgical_mask", unit="")
    found = three(need)
    edit_record(actor=COORDINATOR, record=need, expect=need.version, unit="只")
    assert [state for state, _ in judged(found)] == ["proposed", "accepted", "in_transit"]
    assert reported() == []


def test_a_claim_that_is_withdrawn_leaves_its_volunteer_free_and_told() -> None:
    team = a_team()
    account, actor = a_volunteer(team)
    need = a_verified_need(2, submission=a_submission())
    one = an_assignment(2, need=need, offer=a_verified_offer(team=team))
    claim(actor=actor, assignment=one, key=a_key(), now=NOON)
    by_owner(need)
    told = OutboxMessage.objects.get(kind="event", payload__event="withdrawn")
    assert told.payload["accounts"] == [str(account.pk)]
    assert judged([one]) == [("withdrawn", {})]


def test_after_a_bulk_act_whatever_closed_is_found() -> None:
    """What imports and their undoing call: they change many records at once."""
    need, offer = a_verified_need(900), a_verified_offer()
    of_need, of_offer, others = three(need), three(offer=offer), three()
    Need.objects.filter(pk=need.pk).update(state="withdrawn")
    Offer.objects.filter(pk=offer.pk).update(state="withdrawn")
    release_orphans(response_id=need.response_id, actor=COORDINATOR, now=NOON)
    assert judged(of_need) == judged(of_offer) == RELEASED
    assert [state for state, _ in judged(others)] == ["proposed", "accepted", "in_transit"]
