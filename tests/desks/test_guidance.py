"""Guides from draft to withdrawn: who may do what, what never changes, who is reminded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

import builders
from builders_guidance import STEPS, a_draft, a_guide, a_new_version, a_text, an_actor_of
from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.comparing import compare, digest_of, steps_digest_of
from tongzhou.desks.guidance.models import Acknowledgement, GuideVersion
from tongzhou.desks.guidance.selectors import (
    changes_of,
    has_read,
    people_of,
    questions_answered,
    shown_version,
    tally,
    text_of,
    unread_of,
    versions_of,
)
from tongzhou.desks.guidance.types import SaidStep
from tongzhou.flows.publish_guide import answer_question, publish_guide, withdraw_guide
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.notices.wording import sentence
from tongzhou.registers.people.actors import actor_for

pytestmark = pytest.mark.django_db


def refused(code: str, call: object, /, **said: object) -> Refusal:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(**said)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_the_way_of_a_version_and_who_may_take_each_step() -> None:
    author, reviewer, publisher = (an_actor_of(role) for role in ("author", "reviewer", "publisher"))
    draft = a_draft(author=author)
    assert (draft.number, draft.state) == (1, "draft")
    refused("not_found", services.submit, actor=reviewer, edition=draft)
    services.submit(actor=author, edition=draft)
    refused("guide_state", services.save_draft, actor=author, edition=draft, text=a_text())
    refused("not_found", services.approve, actor=author, edition=draft, now=clock.now())
    refused("not_found", publish_guide, actor=reviewer, edition=draft, now=clock.now())
    refused("guide_state", publish_guide, actor=publisher, edition=draft, now=clock.now())
    approved = services.approve(actor=reviewer, edition=draft, now=clock.now(), note="好")
    assert (approved.state, approved.reviewer_id) == ("approved", reviewer.account_id)
    found, told = publish_guide(actor=publisher, edition=draft, now=clock.now())
    assert (found.state, found.publisher_id, told) == ("published", publisher.account_id, 0)
    assert found.valid_from == clock.beijing(clock.now()).date()
    acts = [entry.act for entry in audit.history(found)]
    assert acts[:2] == ["guide.publish", "guide.review"]


def test_whoever_wrote_in_it_can_neither_review_nor_publish_it() -> None:
    both = builders.an_account("author")
    for role in ("reviewer", "publisher"):
        builders.Grant.objects.create(
            account=both, role=role, valid_from=clock.now() - dt.timedelta(days=1), reason="测试"
        )
    two_hats = actor_for(both, second_factor=True)
    draft = a_draft(author=two_hats)
    services.submit(actor=two_hats, edition=draft)
    refused("guide_own", services.approve, actor=two_hats, edition=draft, now=clock.now())
    refused("guide_own", services.send_back, actor=two_hats, edition=draft, note="改一改")
    services.send_back(actor=an_actor_of("reviewer"), edition=draft, note="第二步太长")
    other = an_actor_of("author")  # now somebody else writes in it too, and the first stays a writer
    services.save_draft(actor=other, edition=draft, text=replace(text_of(draft), summary="改过"))
    services.answer_remark(actor=other, edition=draft, text="第二步分成两步了")
    services.submit(actor=other, edition=draft)
    refused("guide_own", services.approve, actor=two_hats, edition=draft, now=clock.now())
    services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    refused("guide_own", publish_guide, actor=two_hats, edition=draft, now=clock.now())


def test_the_database_itself_refuses_an_own_review_and_a_second_version_in_force() -> None:
    edition = a_guide()
    rows = GuideVersion.objects.filter(pk=edition.pk)
    for wrong in (
        {"reviewer": edition.author_id}, {"publisher": edition.author_id}, {"reviewer": None}, {"publisher": None},
        {"digest": ""}, {"state": "withdrawn"}, {"state": "nonsense"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    second = a_new_version(edition, published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        GuideVersion.objects.create(guide=edition.guide, number=9, title="另一稿", author_id=edition.author_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        GuideVersion.objects.filter(pk=second.pk).update(
            state="published", reviewer=edition.reviewer_id, reviewed_at=clock.now(), publisher=edition.publisher_id,
            published_at=clock.now(), valid_from="2026-01-01",
        )  # fmt: skip


def test_a_published_version_never_changes_and_the_next_one_replaces_it() -> None:
    first = a_guide()
    author = an_actor_of("author")
    refused("guide_state", services.save_draft, actor=author, edition=first, text=a_text(title="改"))
    second = a_new_version(first, steps=(*text_of(first).steps, SaidStep("留大字条。", "Leave a note in large print.")))
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("replaced", "published", 2)
    assert shown_version("older") == second
    assert [one.number for one in versions_of(ANONYMOUS, "older")] == [2, 1]
    for one in (first, second):  # what was kept at the time is what it still says
        assert one.digest == digest_of(text_of(one))
        assert one.steps_digest == steps_digest_of(text_of(one).steps)
    assert [step.text for step in first.steps.all()] == [step.text for step in STEPS]


def test_only_one_version_is_in_the_making_and_a_draft_is_nobodys_elses_to_read() -> None:
    first = a_guide()
    a_new_version(first, published=False)
    refused("guide_open", services.revise, actor=an_actor_of("author"), guide=first.guide)
    assert [one.number for one in versions_of(an_actor_of("volunteer"), "older")] == [1]
    assert [one.number for one in versions_of(an_actor_of("reviewer"), "older")] == [2, 1]


def test_what_a_draft_still_lacks_is_named() -> None:
    author = an_actor_of("author")
    draft = a_draft(author=author, text=a_text(steps=(), sources=(), review_by=""))
    assert refused("guide_incomplete", services.submit, actor=author, edition=draft).params["missing"] == (
        "至少一步、至少一个来源、到什么时候再看一遍"
    )
    later = services.revise(actor=author, guide=a_guide("second").guide)
    assert refused("guide_incomplete", services.submit, actor=author, edition=later).params["missing"] == (
        "到什么时候再看一遍、改了什么、为什么改"
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " \x00 "}, "title"), ({"title": "长" * 61}, "title"), ({"review_by": "2020-13-01"}, "review_by"),
        ({"steps": (SaidStep("甲"), SaidStep("", "no Chinese"))}, "step_2"),
        ({"steps": (SaidStep("字" * 121),)}, "step_1"),
        ({"steps": tuple(SaidStep(f"第{n}步") for n in range(13))}, "steps"),
        ({"sources": (replace(a_text().sources[0], url="javascript:alert(1)"),)}, "source_url_1"),
        ({"sources": (replace(a_text().sources[0], date="2020-02-30"),)}, "source_date_1"),
        ({"sources": (replace(a_text().sources[0], publisher=""),)}, "source_1"),
    ],
)  # fmt: skip
def test_bad_text_is_refused_field_by_field(wrong: dict[str, object], field: str) -> None:
    said = refused("bad_form", a_draft, text=a_text(**wrong))
    assert list(said.fields) == [field]


def test_a_slug_that_is_taken_or_kept_for_addresses_is_refused() -> None:
    a_draft("older")
    refused("guide_slug", a_draft, slug="older")
    for slug in ("work", "x", "Älter", "a/b", "a" * 43):
        assert "slug" in refused("bad_form", a_draft, slug=slug).fields
    assert "group" in refused("bad_form", a_draft, slug="for-all", kind="all", group="older").fields


def test_steps_are_compared_by_their_lasting_keys() -> None:
    """Expected by hand: the first stays, the second is reworded, the third goes, a new one comes, order aside."""
    before = tuple(SaidStep(text, key=key) for key, text in (("a", "甲"), ("b", "乙"), ("c", "丙")))
    after = (SaidStep("丁", key="d"), SaidStep("乙二", key="b"), SaidStep("甲", key="a"))
    assert [(one.key, one.differ) for one in compare(before, after)] == [
        ("d", "added"), ("b", "changed"), ("a", "same"), ("c", "removed"),
    ]  # fmt: skip
    assert steps_digest_of(before) == steps_digest_of(tuple(reversed(before)))
    assert steps_digest_of(before) != steps_digest_of((before[0], replace(before[1], caution=True), before[2]))


def test_a_new_version_reminds_those_whose_steps_changed_and_nobody_else() -> None:
    first = a_guide()
    read, unread = an_actor_of("volunteer"), an_actor_of("volunteer")
    services.acknowledge(actor=read, edition=first, now=clock.now())
    services.acknowledge(actor=read, edition=first, now=clock.now())  # an impatient thumb
    assert Acknowledgement.objects.count() == 1
    steps = text_of(first).steps
    # Only the sources and the order change: nobody has to read it again, and it still counts as read.
    second = a_new_version(first, steps=tuple(reversed(steps)), summary="换了说明")
    assert not Notice.objects.filter(kind="guidance").exists()
    assert has_read(read, second) is not None
    assert unread_of(read) == []
    third = a_new_version(second, steps=(steps[0], replace(steps[1], text="说话慢，请他说一遍。"), steps[2]))
    notice = Notice.objects.get(kind="guidance")
    assert (notice.account_id, notice.path) == (read.account_id, "/guidance/older/")
    assert sentence(notice.kind, notice.facts) == "《老年人：慢一点》出了第 3 版：有 1 步变了。请看一遍，再确认一次。"
    assert has_read(read, third) is None
    assert [one.pk for one in unread_of(read)] == [third.pk] == [one.pk for one in unread_of(unread)]
    assert [one.differ for one in changes_of(third)] == ["same", "changed", "same"]
    refused("guide_not_current", services.acknowledge, actor=read, edition=second, now=clock.now())
    services.acknowledge(actor=read, edition=third, now=clock.now())
    assert unread_of(read) == []


def test_a_withdrawal_is_told_and_shows_its_reason_at_the_same_address() -> None:
    edition = a_guide()
    read = an_actor_of("counsellor")
    services.acknowledge(actor=read, edition=edition, now=clock.now())
    publisher = an_actor_of("publisher")
    assert (
        "reason"
        in refused("bad_form", withdraw_guide, actor=publisher, edition=edition, reason=" ", now=clock.now()).fields
    )
    refused("not_found", withdraw_guide, actor=an_actor_of("author"), edition=edition, reason="错了", now=clock.now())
    gone, told = withdraw_guide(actor=publisher, edition=edition, reason="第一步的天数写错了", now=clock.now())
    assert (gone.state, told) == ("withdrawn", 1)
    assert shown_version("older").withdrawn_reason == "第一步的天数写错了"
    notice = Notice.objects.get(kind="guidance")
    assert notice.urgent
    assert "第一步的天数写错了" in sentence(notice.kind, notice.facts)
    assert a_new_version(gone).state == "published"  # the way on is a new version
    assert shown_version("older").number == 2


def test_a_question_is_answered_by_the_next_version_and_told_when_it_can_be_read() -> None:
    first = a_guide()
    asker = an_actor_of("volunteer")
    asked = services.ask(actor=asker, edition=first, text="打 19000000071 没人接怎么办？", step=3)
    assert "19000000071" not in asked.text
    assert (asked.role, asked.step and asked.step.position) == ("volunteer", 3)
    assert services.ask(actor=asker, edition=first, text="打 19000000071 没人接怎么办？", step=3) == asked
    assert "step" in refused("bad_form", services.ask, actor=asker, edition=first, text="哪一步？", step=9).fields
    author = an_actor_of("author")
    draft = services.revise(actor=author, guide=first.guide)
    text = replace(text_of(draft), what_changed="写明没人接", why="一线问到", review_by="2030-06-30")
    services.save_draft(actor=author, edition=draft, text=text)
    answer_question(actor=author, question=asked, edition=draft, text="隔半小时再打一次。", now=clock.now())
    refused(
        "question_answered", answer_question, actor=author, question=asked, edition=draft, text="再答", now=clock.now()
    )
    assert not Notice.objects.exists()
    assert list(questions_answered(first)) == []
    services.submit(actor=author, edition=draft)
    services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    second, _told = publish_guide(actor=an_actor_of("publisher"), edition=draft, now=clock.now())
    assert [one.answer for one in questions_answered(second)] == ["隔半小时再打一次。"]
    assert Notice.objects.get().account_id == asker.account_id


def test_those_who_lead_see_their_own_people_only() -> None:
    edition = a_guide()
    here = builders.an_account("volunteer", area=builders.WUHAN, name="甲队志愿者")
    builders.an_account("volunteer", area=builders.XIAOGAN, name="孝感志愿者")
    builders.an_account("analyst", name="分析员")  # not of the front line
    lead = an_actor_of("coordinator", area=builders.WUHAN)
    assert {who.name for who in people_of(lead, edition)} == {"甲队志愿者", lead.name}
    services.acknowledge(actor=actor_for(here, second_factor=True), edition=edition, now=clock.now())
    assert [(who.name, who.current, who.number) for who in people_of(lead, edition)] == [
        (lead.name, False, None), ("甲队志愿者", True, 1),
    ]  # fmt: skip
    (row,) = tally(lead)
    assert (row.readers, row.read, row.missing) == (2, 1, 1)
    for role in ("volunteer", "author", "analyst"):
        refused("not_found", tally, actor=an_actor_of(role))


def test_the_examples_mark_stays_until_a_reviewer_takes_it_away() -> None:
    author = an_actor_of("author")
    draft = a_draft(author=author, text=a_text(is_example=True))
    services.submit(actor=author, edition=draft)
    kept = services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    assert kept.is_example
    services.send_back(actor=an_actor_of("publisher"), edition=draft, note="请再看一遍")
    services.answer_remark(actor=author, edition=draft, text="又看了一遍，没有要改的")
    services.submit(actor=author, edition=draft)
    clean = services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now(), still_example=False)
    assert not clean.is_example
    assert clean.digest == digest_of(text_of(clean))


def test_two_authors_at_once_lose_nothing() -> None:
    author, other = an_actor_of("author"), an_actor_of("author")
    draft = a_draft(author=author)
    opened = draft.version
    services.save_draft(actor=other, edition=draft, text=a_text(title="别人先改了"), expect=opened)
    refused("version_stale", services.save_draft, actor=author, edition=draft, text=a_text(title="晚了"), expect=opened)
    draft.refresh_from_db()
    assert draft.title == "别人先改了"
    assert isinstance(author, Actor)
