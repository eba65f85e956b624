"""Merging two pleas into one and taking them apart: nothing of either is lost, also not what was changed in between."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from builders import JIANGAN, WUHAN, XIAOGAN, a_contact, a_need, a_response, a_submission, an_actor
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.selectors.submissions import own_submission, public_needs, records_of
from tongzhou.chain.intake.types import NeedState
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.chain.triage.selectors.compare import GROUPS, side_by_side
from tongzhou.chain.triage.selectors.queue import publicly_open
from tongzhou.chain.triage.types import Decision, Verdict
from tongzhou.flows.merge_needs import merge_needs, unmerge_need
from tongzhou.flows.verify_need import take_need, verify_need
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)


def merge(keep: Need, gone: Need, *, actor: Actor | None = None, **choices: str) -> DuplicatePair:
    return merge_needs(
        actor=actor or an_actor("coordinator"), keep=keep, gone=gone, expect_keep=keep.version,
        expect_gone=gone.version, choices=choices, now=NOON,
    )  # fmt: skip


def said(need: Need) -> dict[str, object]:
    fresh = Need.objects.get(pk=need.pk)
    return {
        field.attname: getattr(fresh, field.attname) for field in Need._meta.concrete_fields
        if field.attname not in ("version", "updated_at", "state_since")
    }  # fmt: skip


@pytest.mark.django_db
def test_the_kept_one_gains_only_what_was_chosen_and_the_other_keeps_everything() -> None:
    keep = a_need(category="surgical_mask", quantity_asked=None, place=WUHAN, note="", vulnerability=["older"])
    gone = a_need(
        category="surgical_mask", quantity_asked=300, place=JIANGAN, note="电梯坏了", vulnerability=["child"], urgency=1
    )
    before = said(gone)
    pair = merge(keep, gone, quantity="gone", place="keep", note="gone", vulnerability="gone", contact="gone")
    keep.refresh_from_db()
    gone.refresh_from_db()
    assert (keep.quantity_asked, keep.quantity_planned, keep.place_id, keep.note) == (300, 300, WUHAN, "电梯坏了")
    assert keep.vulnerability == ["child", "older"]
    assert keep.contact_id == gone.contact_id
    assert keep.urgency is None
    assert (gone.state, gone.merged_into_id) == (NeedState.MERGED, keep.pk)
    assert {**said(gone), "state": before["state"], "merged_into_id": None} == before
    assert (pair.decision, pair.first_id, pair.second_id) == (Decision.SAME, keep.pk, gone.pk)


@pytest.mark.django_db
def test_taking_apart_gives_back_what_was_gained_and_keeps_what_was_changed_since() -> None:
    actor = an_actor("coordinator")
    keep = a_need(quantity_asked=100, note="", place=WUHAN)
    gone = a_need(quantity_asked=300, note="三楼", place=JIANGAN)
    first, second = said(keep), said(gone)
    merge(keep, gone, quantity="gone", note="gone", place="gone")
    keep.refresh_from_db()
    gone.refresh_from_db()
    changes.apply(keep, actor=actor, act="need.change", note="三楼，电梯坏了", specification="成人")
    changes.apply(gone, actor=actor, act="need.change", requester="江岸区某社区")
    unmerge_need(actor=actor, gone=gone, now=NOON)
    after, other = said(keep), said(gone)
    assert after["note"] == "三楼，电梯坏了"  # changed after the merge: stays
    assert after["specification"] == "成人"
    assert (after["quantity_asked"], after["place_id"]) == (100, WUHAN)  # only gained: given back
    assert {**other, "requester": second["requester"], "search": second["search"]} == second
    assert other["requester"] == "江岸区某社区"
    assert first["state"] == after["state"]
    pair = DuplicatePair.objects.get()
    assert (pair.decision, pair.merge_group) == (Decision.OPEN, None)
    with pytest.raises(Refusal, match="not_merged"):
        unmerge_need(actor=actor, gone=Need.objects.get(pk=gone.pk), now=NOON)


@pytest.mark.django_db
def test_both_histories_stay_whole_and_name_the_act() -> None:
    keep, gone = a_need(), a_need()
    merge(keep, gone, item="gone")
    unmerge_need(actor=an_actor("coordinator"), gone=Need.objects.get(pk=gone.pk), now=NOON)
    merge(Need.objects.get(pk=keep.pk), Need.objects.get(pk=gone.pk))
    acts = [entry.act for entry in audit.history(gone)]
    assert acts.count("need.merge") == 3
    assert Need.objects.get(pk=gone.pk).merged_into_id == keep.pk
    unmerge_need(actor=an_actor("coordinator"), gone=Need.objects.get(pk=gone.pk), now=NOON)
    assert Need.objects.get(pk=gone.pk).state == NeedState.RECEIVED


@pytest.mark.django_db
def test_the_code_of_the_merged_one_still_opens_and_leads_to_the_kept_one() -> None:
    form = a_submission(secret="the-secret-of-this-link", contact=a_contact())
    gone = a_need(submission=form, code=form.code)
    keep = a_need(state="verified", urgency=2, verified_at=NOON)
    merge(keep, gone)
    found = own_submission(form.code, "the-secret-of-this-link")
    (record,) = records_of(found)
    assert isinstance(record, Need)
    assert record.state == NeedState.MERGED
    assert record.merged_into is not None
    assert (record.merged_into.pk, record.merged_into.state) == (keep.pk, NeedState.VERIFIED)


@pytest.mark.django_db
def test_chains_and_circles_are_refused() -> None:
    one, two, three = a_need(), a_need(), a_need()
    merge(one, two)
    fresh = {need.pk: need for need in Need.objects.all()}
    with pytest.raises(Refusal, match="merge_chain"):
        merge(three, fresh[one.pk])
    with pytest.raises(Refusal, match="merge_closed"):
        merge(fresh[two.pk], three)
    with pytest.raises(Refusal, match="merge_closed"):
        merge(fresh[two.pk], fresh[one.pk])
    with pytest.raises(Refusal, match="merge_same"):
        merge(three, three)
    merge(fresh[one.pk], three)
    assert set(Need.objects.filter(merged_into=one)) == {two, three}
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=one.pk).update(state=NeedState.MERGED, merged_into=one)


@pytest.mark.django_db
def test_what_may_not_be_merged() -> None:
    keep, gone = a_need(place=WUHAN), a_need(place=JIANGAN)
    for actor in (
        an_actor("verifier", area=JIANGAN), an_actor("verifier", area=XIAOGAN), an_actor("liaison"), an_actor("admin"),
        an_actor("officer"), an_actor("verifier", line="funds"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="not_found"):
            merge(keep, gone, actor=actor)
    with pytest.raises(Refusal, match="version_stale"):
        merge_needs(actor=an_actor("coordinator"), keep=keep, gone=gone, expect_keep=7, expect_gone=1, now=NOON)
    elsewhere = a_need(response=a_response("henan-2021"))
    with pytest.raises(Refusal, match="merge_same"):
        merge(keep, elsewhere)
    take_need(actor=an_actor("verifier"), need=gone, now=NOON)
    with pytest.raises(Refusal, match="lock_held"):
        merge(keep, gone)


@pytest.mark.django_db
def test_whoever_holds_one_of_them_may_merge_and_the_merged_one_is_put_back() -> None:
    actor, keep, gone = an_actor("verifier"), a_need(), a_need()
    take_need(actor=actor, need=gone, now=NOON)
    merge(keep, gone, actor=actor)
    fresh = Need.objects.get(pk=gone.pk)
    with pytest.raises(Refusal, match="lock_lost"):
        verify_need(actor=actor, need=fresh, verdict=Verdict("false"), expect=fresh.version, now=NOON)


@pytest.mark.django_db
def test_a_merged_need_is_on_no_public_list() -> None:
    keep = a_need(state="verified", urgency=2, verified_at=NOON)
    gone = a_need(state="verified", urgency=2, verified_at=NOON)
    merge(keep, gone)
    assert list(Need.objects.filter(publicly_open(NOON))) == [keep]
    assert list(public_needs(keep.response_id, NOON)) == [keep]


@pytest.mark.django_db
def test_side_by_side_shows_no_contact_and_proposes_what_the_kept_one_lacks() -> None:
    keep = a_need(note="", contact=a_contact("19000000031", name="求助人甲"))
    gone = a_need(note="三楼", contact=a_contact("19000000031", name="求助人乙"))
    rows = {row.group: row for row in side_by_side(keep, gone)}
    assert set(rows) == set(GROUPS)
    assert (rows["note"].proposed, rows["quantity"].differs) == ("gone", False)
    assert rows["contact"].differs
    text = " ".join(row.keep + row.gone for row in rows.values())
    assert "同一个电话" in text
    for secret in ("19000000031", "求助人甲", "求助人乙"):
        assert secret not in text


_edits = st.lists(
    st.tuples(
        st.sampled_from(["keep", "gone"]),
        st.sampled_from(["note", "specification", "requester"]),
        st.text("甲乙丙", max_size=3),
    ),
    max_size=6,
)
_choices = st.dictionaries(st.sampled_from(sorted(GROUPS)), st.sampled_from(["keep", "gone"]))


class Apart(TestCase):
    """Whatever is chosen and edited, taking apart loses nothing (its own class: Hypothesis rolls each example back)."""

    @settings(max_examples=25)
    @given(choices=_choices, edits=_edits)
    def test_merge_edit_take_apart(self, choices: dict[str, str], edits: list[tuple[str, str, str]]) -> None:
        actor = an_actor("coordinator")
        keep, gone = a_need(note="甲", quantity_asked=1), a_need(note="乙", specification="丙", quantity_asked=2)
        pair = {"keep": keep, "gone": gone}
        before = {name: said(need) for name, need in pair.items()}
        merge(keep, gone, **choices)
        typed: dict[tuple[str, str], str] = {}
        for side, field, text in edits:
            need = Need.objects.get(pk=pair[side].pk)
            if getattr(need, field) != text:
                typed[side, field] = text
            changes.apply(need, actor=actor, act="need.change", **{field: text})
        unmerge_need(actor=actor, gone=Need.objects.get(pk=gone.pk), now=NOON)
        for side, need in pair.items():
            after = said(need)
            for field in ("item", "quantity_asked", "place_id", "state", "merged_into_id", "contact_id", "urgency"):
                assert after[field] == before[side][field], field
            for field in ("note", "specification", "requester"):
                allowed = {before[side][field], typed.get((side, field), before[side][field])}
                assert after[field] in allowed, field
                if side == "gone" and (side, field) in typed:
                    assert after[field] == typed[side, field]
