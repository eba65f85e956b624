"""What the sender may change with the secret link, and what becomes of the lists."""

from __future__ import annotations

import datetime as dt

import pytest

import builders
from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Attachment, Need, Submission
from tongzhou.chain.intake.selectors.submissions import last_moved, own_submission, public_needs, records_of
from tongzhou.chain.intake.services import change, photos
from tongzhou.chain.intake.services.amounts import Amount
from tongzhou.chain.intake.types import Photo
from tongzhou.flows import change_submission as flow
from tongzhou.kernel import audit, clock, crypto
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db

SECRET = "s" * 22


@pytest.fixture
def need():
    return builders.a_need(secret=SECRET, state="verified", expires_at=clock.now() + dt.timedelta(days=3))


def own(need: Need) -> Submission:
    return own_submission(need.submission.code, SECRET)


def call(act, need, **more):
    return act(actor=ANONYMOUS, submission=own(need), record_id=need.pk, **more)


def test_a_wrong_secret_and_an_unknown_code_answer_the_same(need):
    answers = []
    for code, secret in ((need.submission.code, "wrong"), ("1234567895", SECRET), ("x" * 5000, SECRET), ("", "")):
        with pytest.raises(Refusal) as refused:
            own_submission(code, secret)
        answers.append((refused.value.code, refused.value.params))
    assert set(map(str, answers)) == {"('not_found', {})"}


def test_a_submission_without_a_secret_is_opened_by_none():
    bare = builders.a_need()
    with pytest.raises(Refusal):
        own_submission(bare.submission.code, "")


@pytest.mark.parametrize(
    ("how", "state", "solved_by"),
    [("withdrawn", "withdrawn", ""), ("self", "solved", "self"), ("committee", "solved", "committee")],
)
def test_a_closed_need_leaves_the_public_list_at_once_and_can_come_back(need, how, state, solved_by):
    assert list(public_needs(need.response_id, clock.now())) == [need]
    call(flow.close_own, need, expect=need.version, how=how, now=clock.now())
    need.refresh_from_db()
    assert (need.state, need.solved_by) == (state, solved_by)
    assert not public_needs(need.response_id, clock.now()).exists()
    call(flow.reopen_own, need)
    need.refresh_from_db()
    assert (need.state, need.solved_by) == ("verified", "")
    assert list(public_needs(need.response_id, clock.now())) == [need]


def test_closing_twice_is_closing_once_and_a_stale_page_is_told(need):
    before = need.version
    call(flow.close_own, need, expect=before, how="withdrawn", now=clock.now())
    call(flow.close_own, need, expect=before, how="withdrawn", now=clock.now())
    assert audit.history(need).filter(act=policies.OWN_CLOSED).count() == 1
    call(flow.reopen_own, need)
    with pytest.raises(Refusal) as refused:
        call(flow.close_own, need, expect=before, how="self", now=clock.now())
    assert refused.value.code == "version_stale"


def test_what_somebody_else_closed_cannot_be_reopened_by_the_link():
    refused_need = builders.a_need(secret=SECRET, state="refused")
    for act, more in ((flow.reopen_own, {}), (flow.still_needed, {"expect": 1, "now": clock.now()})):
        with pytest.raises(Refusal):
            call(act, refused_need, **more)


def test_a_line_of_somebody_else_is_not_found(need):
    other = builders.a_need()
    with pytest.raises(Refusal) as refused:
        flow.close_own(
            actor=ANONYMOUS, submission=own(need), record_id=other.pk, expect=1, how="withdrawn", now=clock.now()
        )
    assert refused.value.code == "not_found"


def test_notes_are_appended_never_overwritten_and_sent_twice_added_once(need):
    now = dt.datetime(2020, 2, 6, 4, 0, tzinfo=dt.UTC)
    for key, text in (("a", "第一句"), ("a", "第一句"), ("b", "第二句")):
        flow.add_to(actor=ANONYMOUS, submission=own(need), key=key, text=text, now=now)
    contact = own(need).contact
    assert crypto.unseal(contact, "private_note") == "[2020-02-06 12:00] 第一句\n[2020-02-06 12:00] 第二句"


def test_a_photo_that_is_added_is_sealed_under_the_contact(need):
    flow.add_to(actor=ANONYMOUS, submission=own(need), key="p", text="", photo=Photo(b"jpeg"), now=clock.now())
    row = Attachment.objects.get()
    assert bytes(row.content) != b"jpeg"
    assert photos.open_photo(row, need.contact) == b"jpeg"


def test_correcting_keeps_history_reflags_and_asks_for_another_verification(need):
    now = clock.now()
    changed = call(flow.correct_own, need, expect=need.version, now=now, amount=Amount(5000, "只"))
    assert (changed.quantity_asked, changed.quantity_flag, changed.stale_at) == (5000, "household", now)
    entry = audit.history(need).first()
    assert entry.changes["quantity_asked"] == [200, 5000]


def test_a_corrected_phone_is_sealed_and_found_again(need):
    call(flow.correct_own, need, expect=need.version, now=clock.now(), phone="19000000099")
    contact = own(need).contact
    assert crypto.unseal(contact, "phone") == "19000000099"
    assert contact.phone_index == crypto.phone_index("190 0000 0099", contact.key_scope)
    assert "19000000099" not in str(list(audit.history(contact).values_list("changes", flat=True)))


def test_a_corrected_thing_is_resolved_again_and_searchable(need):
    changed = call(flow.correct_own, need, expect=need.version, now=clock.now(), item="胰岛素")
    assert (changed.category_id, changed.item) == ("insulin", "胰岛素")
    assert " 岛素 " in Need.objects.get(pk=need.pk).search


def test_still_needed_brings_an_expired_need_back_to_be_verified():
    gone = builders.a_need(secret=SECRET, state="expired")
    call(flow.still_needed, gone, expect=gone.version, now=clock.now())
    gone.refresh_from_db()
    assert gone.state == "received"
    assert gone.expires_at > clock.now()


def test_solving_a_merged_need_sends_the_survivor_to_be_verified_again():
    survivor = builders.a_need(state="verified")
    merged = builders.a_need(secret=SECRET, state="merged", merged_into=survivor)
    now = clock.now()
    call(flow.close_own, merged, expect=merged.version, how="self", now=now)
    survivor.refresh_from_db()
    assert (survivor.state, survivor.stale_at) == ("verified", now)


def test_offers_are_withdrawn_used_up_and_corrected_the_same_way():
    offer = builders.an_offer(secret=SECRET, state="verified")
    call(flow.correct_own, offer, expect=offer.version, now=clock.now(), amount=Amount(300, ""))
    offer.refresh_from_db()
    assert offer.quantity == 300
    call(flow.close_own, offer, expect=offer.version, how="used_up", now=clock.now())
    offer.refresh_from_db()
    assert offer.state == "used_up"


def test_when_it_last_moved_follows_every_change(need):
    submission = own(need)
    before = last_moved(submission, records_of(submission))
    flow.add_to(actor=ANONYMOUS, submission=submission, key="k", text="补充", now=clock.now())
    submission = own(need)
    assert last_moved(submission, records_of(submission)) > before


def test_a_held_plea_is_on_no_public_list_until_somebody_with_the_right_lets_it_in(need):
    Submission.objects.filter(pk=need.submission_id).update(held_reason="address")
    assert not public_needs(need.response_id, clock.now()).exists()
    submission = Submission.objects.get(pk=need.submission_id)
    for actor in (ANONYMOUS, builders.an_actor("liaison"), builders.an_actor("verifier", "supplies", "4209")):
        with pytest.raises(Refusal):
            change.release_held(actor=actor, submission=submission)
    change.release_held(actor=builders.an_actor("verifier", "supplies", "4201"), submission=submission)
    assert public_needs(need.response_id, clock.now()).exists()
