"""A bulletin's way: two people, corrections in sight, nothing deleted; CAP and what waits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import override_settings

from builders import HUBEI, WUHAN, XIAOGAN, a_place, a_response, an_actor
from builders_bulletins import a_bulletin, a_correction, a_web_page, said
from tongzhou.desks.bulletins.models import Bulletin, CapMessage, Correction
from tongzhou.desks.bulletins.selectors.bulletins import public_bulletin, public_bulletins
from tongzhou.desks.bulletins.services import bulletins as services
from tongzhou.desks.bulletins.services import pages as page_services
from tongzhou.desks.bulletins.services.cap import NAMESPACE
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data"
CAP = {"cap": NAMESPACE}


@pytest.fixture
def author() -> Actor:
    a_place(WUHAN)
    return an_actor("author", area=WUHAN)


@pytest.fixture
def reviewer() -> Actor:
    return an_actor("reviewer", area=WUHAN)


@pytest.fixture
def publisher() -> Actor:
    return an_actor("publisher", area=WUHAN)


def refused(code: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def published(author: Actor, reviewer: Actor, publisher: Actor, **over: Any) -> Bulletin:
    now = clock.now()
    row = services.write_bulletin(actor=author, said=said(**over), response=None)
    services.verify_bulletin(actor=reviewer, bulletin=row, how="打电话问过发文单位", expect=row.version, now=now)
    return services.publish_bulletin(actor=publisher, bulletin=row, expect=row.version, now=now)


def corrected(row: Bulletin, author: Actor, publisher: Actor, **changed: Any) -> Correction:
    made = services.propose_correction(actor=author, bulletin=row, said=changed, reason="漏写了要带处方")
    services.publish_correction(actor=publisher, correction=made, now=clock.now())
    return made


def test_it_is_written_verified_by_another_published_and_its_trail_says_so(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher)
    row.refresh_from_db()
    assert (row.state, row.verified_role, row.verified_how) == ("published", "reviewer", "打电话问过发文单位")
    acts = [one.act for one in audit.history(row)]
    assert sorted(acts) == ["bulletin.publish", "bulletin.verify", "bulletin.write"]


def test_whoever_wrote_it_cannot_verify_it_nor_can_the_database_be_told_so(publisher: Actor, author: Actor) -> None:
    row = services.write_bulletin(actor=publisher, said=said(), response=None)
    now = clock.now()
    refused(
        "bulletin_same_person",
        lambda: services.verify_bulletin(actor=publisher, bulletin=row, how="我自己看过", expect=1, now=now),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=row.pk).update(state="verified", verified_by_id=row.author_id, verified_at=now)


def test_what_is_rewritten_has_to_be_verified_again(author: Actor, reviewer: Actor, publisher: Actor) -> None:
    row = services.write_bulletin(actor=author, said=said(), response=None)
    now = clock.now()
    services.verify_bulletin(actor=reviewer, bulletin=row, how="打电话问过", expect=row.version, now=now)
    services.change_bulletin(actor=author, bulletin=row, said=said(body="改过的正文。"), expect=row.version, now=now)
    assert (row.state, row.verified_by_id) == ("draft", None)
    refused("bulletin_state", lambda: services.publish_bulletin(actor=publisher, bulletin=row, expect=4, now=now))


def test_only_in_the_own_area(author: Actor) -> None:
    a_place(XIAOGAN)
    refused("not_found", lambda: services.write_bulletin(actor=author, said=said(places=(XIAOGAN,)), response=None))
    refused("not_found", lambda: services.write_bulletin(actor=author, said=said(places=(WUHAN, HUBEI)), response=None))


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"title": "短"}, "title"), ({"body": "x" * 8001}, "body"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"kind": "gossip"}, "kind"), ({"kind": "rumour", "said": "喝酒能防病毒"}, "verdict"),
        ({"kind": "rumour", "verdict": "false"}, "said"), ({"stages": ("never",)}, None), ({"places": ()}, "places"),
        ({"valid_from": dt.datetime(2020, 2, 2, tzinfo=dt.UTC), "valid_until": dt.datetime(2020, 2, 1, tzinfo=dt.UTC)},
         "valid_until"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(author: Actor, over: dict[str, Any], field: str | None) -> None:
    if field is None:  # a stage nobody knows is dropped, not kept
        assert services.write_bulletin(actor=author, said=said(**over), response=None).stages == []
        return
    refusal = refused("bad_form", lambda: services.write_bulletin(actor=author, said=said(**over), response=None))
    assert field in refusal.fields


def test_signs_that_no_page_can_hold_are_taken_out(author: Actor) -> None:
    row = services.write_bulletin(
        actor=author, said=said(title="标\x00题\u202e有四个字", body="正\ud800文\x08好的"), response=None
    )
    assert (row.title, row.body) == ("标题有四个字", "正文好的")


def test_a_correction_keeps_the_words_before_and_needs_a_second_person(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher)
    before = row.body
    made = services.propose_correction(
        actor=publisher, bulletin=row, said={"body": "带医保卡和处方。"}, reason="漏写了要带处方"
    )
    assert Bulletin.objects.get(pk=row.pk).body == before
    refused(
        "bulletin_same_person", lambda: services.publish_correction(actor=publisher, correction=made, now=clock.now())
    )
    refused(
        "correction_waits",
        lambda: services.propose_correction(actor=author, bulletin=row, said={"title": "别的标题"}, reason="再改一处"),
    )
    other = an_actor("publisher", area=WUHAN)
    services.publish_correction(actor=other, correction=made, now=clock.now())
    shown = public_bulletin(row.code)
    assert (shown.body, shown.showing(clock.now())) == ("带医保卡和处方。", "corrected")
    assert [one.changed for one in shown.corrections.all()] == [{"body": [before, "带医保卡和处方。"]}]
    refused("bulletin_state", lambda: services.publish_correction(actor=other, correction=made, now=clock.now()))


def test_what_is_published_can_be_neither_rewritten_nor_deleted(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher)
    refused(
        "bulletin_state",
        lambda: services.change_bulletin(actor=author, bulletin=row, said=said(), expect=row.version, now=clock.now()),
    )
    corrected(row, author, publisher, body="带医保卡和处方。")
    for model in (Bulletin, Correction, CapMessage):
        with pytest.raises(ProtectedError):
            model.objects.all().delete()
        with pytest.raises(ProtectedError):
            model.objects.get(**({"number": 1} if model is not Bulletin else {})).delete()


def test_an_ended_one_still_answers_and_says_so(author: Actor, reviewer: Actor, publisher: Actor) -> None:
    row = published(author, reviewer, publisher)
    services.end_bulletin(actor=publisher, bulletin=row, reason="已有新的通知", expect=row.version, now=clock.now())
    assert public_bulletin(row.code).showing(clock.now()) == "ended"
    assert row.code not in [one.code for one in public_bulletins(over=False, at=clock.now())]


def test_it_expires_at_the_instant() -> None:
    until = clock.now() + dt.timedelta(hours=1)
    row = a_bulletin(valid_until=until)
    assert row.showing(until - dt.timedelta(microseconds=1)) == "current"
    assert row.showing(until) == "expired"


def test_a_place_is_told_what_holds_there_above_and_below() -> None:
    whole, district, other = a_bulletin(places=("0",)), a_bulletin(places=("420106",)), a_bulletin(places=(XIAOGAN,))
    found = {one.pk for one in public_bulletins(place=WUHAN)}
    assert found == {whole.pk, district.pk}
    assert other.pk in {one.pk for one in public_bulletins(place=HUBEI)}


def test_stages_and_kinds_narrow_the_list() -> None:
    late, always = a_bulletin(stages=["recovery"]), a_bulletin()
    rumour = a_bulletin(kind="rumour", said="喝酒能防病毒", verdict="false", stages=["outbreak"])
    assert {one.pk for one in public_bulletins(stage="recovery")} == {late.pk, always.pk}
    assert [one.pk for one in public_bulletins(kind="rumour")] == [rumour.pk]


def test_an_exercise_is_not_public() -> None:
    row = a_bulletin(response=a_response("drill", name="演练", is_exercise=True))
    refused("not_found", lambda: public_bulletin(row.code))


def test_a_held_page_makes_no_draft_until_somebody_else_let_it_through(author: Actor, reviewer: Actor) -> None:
    raw = bytes(a_web_page().raw)
    page = page_services.bring_page(actor=author, how="file", raw=raw, name="a.html")
    assert page.held
    assert bytes(page.raw) == raw
    refused("page_held", lambda: services.write_bulletin(actor=author, said=said(), response=None, page=page))
    now = clock.now()
    both = an_actor("publisher", area=WUHAN)
    own = page_services.bring_page(actor=both, how="file", raw=raw)
    refused(
        "bulletin_same_person",
        lambda: page_services.release_page(actor=both, page=own, reason="看过没有问题", expect=1, now=now),
    )
    page_services.release_page(actor=reviewer, page=page, reason="看过没有问题", expect=1, now=now)
    assert services.write_bulletin(actor=author, said=said(), response=None, page=page).page_id == page.pk


def test_an_empty_or_a_huge_file_is_refused_with_its_reason(author: Actor) -> None:
    refused("bad_form", lambda: page_services.bring_page(actor=author, how="file", raw=b"\x00 \n"))
    refused("too_large", lambda: page_services.bring_page(actor=author, how="file", raw=b"a" * 20_000_000))


def test_fetching_is_off_and_when_on_stays_out_of_private_networks(
    author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = page_services.fetch_and_bring
    refused("fetch_off", lambda: fetch(actor=author, address="https://www.example.org/"))
    with override_settings(TONGZHOU_FETCH_PAGES=True):
        for address in ("http://www.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://u:p@example.org/",
                        "https://169.254.169.254/latest", "ftp://x", "https://", "https://[bad"):  # fmt: skip
            refused("fetch_failed", lambda address=address: fetch(actor=author, address=address))


def test_a_correction_that_waits_shows_nothing_yet() -> None:
    row = a_bulletin()
    a_correction(row)
    assert public_bulletin(row.code).showing(clock.now()) == "current"
