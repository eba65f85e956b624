"""A draft goes back with a reason, its author hears of it and answers, and the record keeps both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from builders import WUHAN, XIAOGAN, a_place, an_actor
from builders_bulletins import a_bulletin, said
from builders_guidance import a_draft, a_guide, a_new_version, an_actor_of
from tongzhou.desks.bulletins.models import Bulletin
from tongzhou.desks.bulletins.models import Remark as BulletinRemark
from tongzhou.desks.bulletins.services import bulletins
from tongzhou.desks.bulletins.services import remarks as returning
from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import GuideVersion, Remark
from tongzhou.desks.guidance.selectors import remarks_of, text_of
from tongzhou.flows.return_bulletin import return_bulletin, rewrite_bulletin
from tongzhou.flows.return_guide import return_guide, save_draft, submit_guide
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.notices.wording import sentence, title

pytestmark = pytest.mark.django_db


def refused(code: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        act()
    assert caught.value.code == code
    return caught.value


def told(actor: Actor) -> list[str]:
    """What an account was told, the oldest first."""
    rows = Notice.objects.filter(account=actor.account_id).order_by("created_at", "id")
    return [sentence(one.kind, one.facts) for one in rows]


def test_a_guide_goes_back_is_answered_and_goes_on() -> None:
    author, reviewer = an_actor_of("author"), an_actor_of("reviewer")
    draft = a_draft(author=author)
    services.submit(actor=author, edition=draft)
    found, count = return_guide(actor=reviewer, edition=draft, note="第二步太长，分成两步")
    assert (found.state, count) == ("draft", 1)
    (first,) = told(author)
    assert "老年人：慢一点" in first
    assert "退回来了" in first
    refusal = refused("guide_incomplete", lambda: submit_guide(actor=author, edition=draft))
    assert "对退回意见的回应" in refusal.what
    text = replace(text_of(draft), summary="改过")
    save_draft(actor=author, edition=draft, text=text, answer="  ")  # the answer may come later
    save_draft(actor=author, edition=draft, text=text, answer="分成两步了")
    save_draft(actor=author, edition=draft, text=text, answer="分成了第 2 和第 3 步")
    submit_guide(actor=author, edition=draft)
    (again,) = told(reviewer)
    assert "又送审了" in again
    (kept,) = remarks_of(reviewer, draft)
    assert (kept.text, kept.answer, kept.state) == ("第二步太长，分成两步", "分成了第 2 和第 3 步", "in_review")
    assert (kept.by_id, kept.answered_by_id) == (reviewer.account_id, author.account_id)
    services.approve(actor=reviewer, edition=draft, now=clock.now())
    services.send_back(actor=an_actor_of("publisher"), edition=draft, note="来源少一个")
    assert [one.state for one in remarks_of(author, draft)] == ["in_review", "approved"]
    acts = {(one.act, one.reason) for one in audit.history(draft)}
    assert {("guide.review", "第二步太长，分成两步"), ("guide.publish", "来源少一个")} <= acts


def test_who_may_send_a_guide_back_and_answer_it() -> None:
    author, reviewer = an_actor_of("author"), an_actor_of("reviewer")
    draft = a_draft(author=author)
    refused("guide_state", lambda: services.send_back(actor=reviewer, edition=draft, note="还没有送审"))
    refused("not_found", lambda: services.answer_remark(actor=author, edition=draft, text="没有人退回"))
    services.submit(actor=author, edition=draft)
    refused("not_found", lambda: services.send_back(actor=author, edition=draft, note="我想改"))
    refused("not_found", lambda: services.send_back(actor=an_actor_of("volunteer"), edition=draft, note="我想改"))
    refused("bad_form", lambda: services.send_back(actor=reviewer, edition=draft, note=" "))
    refused("bad_form", lambda: services.send_back(actor=reviewer, edition=draft, note="长" * 301))
    services.send_back(actor=reviewer, edition=draft, note="再想想")
    refused("not_found", lambda: services.answer_remark(actor=reviewer, edition=draft, text="我替他答"))
    refused("bad_form", lambda: services.answer_remark(actor=author, edition=draft, text="好"))
    services.answer_remark(actor=author, edition=draft, text="想过了")
    services.submit(actor=author, edition=draft)
    refused("guide_state", lambda: services.answer_remark(actor=author, edition=draft, text="再改口"))


def test_readers_never_see_why_a_guide_went_back() -> None:
    edition = a_guide()
    second = a_new_version(edition, published=False)
    assert second.number == 2
    Remark.objects.create(edition=edition, state="in_review", text="内部的话", by_id=edition.reviewer_id)
    for role in ("volunteer", "coordinator", "counsellor", "admin"):
        assert list(remarks_of(an_actor_of(role), edition)) == []
    assert [one.text for one in remarks_of(an_actor_of("author"), edition)] == ["内部的话"]


def test_the_database_keeps_remarks_whole() -> None:
    edition = a_guide()
    one = {"edition": edition, "state": "in_review", "by_id": edition.reviewer_id}
    Remark.objects.create(**one, text="第一条")
    for wrong in (
        one | {"text": "第二条"}, one | {"text": "", "answer": "好", "answered_at": clock.now()},
        one | {"text": "三", "answer": "好"}, one | {"text": "四", "state": "gone"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Remark.objects.create(**wrong)
    with pytest.raises(ProtectedError):
        GuideVersion.objects.filter(pk=edition.pk).delete()


@pytest.fixture
def people() -> tuple[Actor, Actor, Actor]:
    a_place(WUHAN)
    made = [an_actor_of(role, area=WUHAN) for role in ("author", "reviewer", "publisher")]
    return made[0], made[1], made[2]


def test_a_bulletin_goes_back_is_answered_verified_and_published(people: tuple[Actor, Actor, Actor]) -> None:
    author, reviewer, publisher = people
    now = clock.now()
    row = bulletins.write_bulletin(actor=author, said=said(), response=None)
    return_bulletin(actor=reviewer, bulletin=row, text="请写明哪几家药店", expect=row.version, now=now)
    (first,) = told(author)
    assert "社区药店可以代买慢病药" in first
    assert "退回来了" in first
    verify = {"actor": publisher, "bulletin": row, "how": "打电话问过", "now": now}
    refused("bulletin_returned", lambda: bulletins.verify_bulletin(**verify, expect=row.version))
    send = {"actor": publisher, "bulletin": row, "text": "我也有话说", "now": now}
    refused("bulletin_returned", lambda: returning.send_back(**send, expect=row.version))
    write = {"actor": author, "bulletin": row, "said": said(body="中山路、解放路两家药店。"), "now": now}
    refused("bad_form", lambda: rewrite_bulletin(**write, answer=" ", expect=row.version))
    rewrite_bulletin(**write, answer="写明了两家", expect=row.version)
    (again,) = told(reviewer)
    assert "改好了" in again
    bulletins.verify_bulletin(**verify, expect=row.version)
    assert row.state == "verified"
    returning.send_back(**(send | {"actor": reviewer}), expect=row.version)  # whoever verified may think again
    row.refresh_from_db()
    assert (row.state, row.verified_by_id, row.verified_how) == ("draft", None, "")
    rewrite_bulletin(**write, answer="电话也核对过了", expect=row.version)
    bulletins.verify_bulletin(**verify, expect=row.version)
    bulletins.publish_bulletin(actor=publisher, bulletin=row, expect=row.version, now=now)
    kept = [(one.number, one.state, one.text, one.answer) for one in row.remarks.all()]
    assert kept == [
        (1, "draft", "请写明哪几家药店", "写明了两家"), (2, "verified", "我也有话说", "电话也核对过了"),
    ]  # fmt: skip
    first_entry = audit.history(row.remarks.get(number=1)).last()
    assert first_entry.changes["text"] == [None, "请写明哪几家药店"]
    assert title("bulletin") == "信息退回或改好"


def test_who_may_send_a_bulletin_back(people: tuple[Actor, Actor, Actor]) -> None:
    author, reviewer, publisher = people
    now = clock.now()
    row = bulletins.write_bulletin(actor=publisher, said=said(), response=None)

    def back(actor: Actor, text: str = "请再问清楚", expect: int = 0) -> Any:
        return returning.send_back(actor=actor, bulletin=row, text=text, expect=expect or row.version, now=now)

    a_place(XIAOGAN)
    refused("not_found", lambda: back(author))
    refused("not_found", lambda: back(an_actor("reviewer", area=XIAOGAN)))
    refused("bulletin_same_person", lambda: back(publisher))
    refused("bad_form", lambda: back(reviewer, "短"))
    refused("version_stale", lambda: back(reviewer, expect=99))
    assert not BulletinRemark.objects.exists()
    shown = a_bulletin()
    refused(
        "bulletin_state",
        lambda: returning.send_back(actor=reviewer, bulletin=shown, text="已经发布了", expect=shown.version, now=now),
    )


def test_a_bulletins_remarks_are_kept_and_whole(people: tuple[Actor, Actor, Actor]) -> None:
    author, reviewer, _publisher = people
    row = bulletins.write_bulletin(actor=author, said=said(), response=None)
    made = returning.send_back(actor=reviewer, bulletin=row, text="请再问清楚", expect=row.version, now=clock.now())
    with pytest.raises(ProtectedError):
        made.delete()
    with pytest.raises(ProtectedError):
        BulletinRemark.objects.all().delete()
    for wrong in ({"answer": "好的"}, {"state": "gone"}, {"answered_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BulletinRemark.objects.filter(pk=made.pk).update(**wrong)
    assert Bulletin.objects.get(pk=row.pk).remarks.count() == 1
