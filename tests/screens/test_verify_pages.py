"""The pages of verification by plain form posts: taking, the contact, every outcome, merging, undo; who sees what."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client

from builders import (
    JIANGAN,
    WUCHANG,
    XIAOGAN,
    a_contact,
    a_lead,
    a_need,
    a_phone,
    a_place,
    a_submission,
    an_account,
    an_offer,
    an_organisation,
    code_shown,
    sign_in,
)
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.triage.models import Check, DuplicatePair, Lock
from tongzhou.chain.triage.services import note_duplicates
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
PHONE, NAME, DOOR, PILLS, PRIVATE = "19000000077", "求助人金丝雀", "金丝雀路 7 号", "金丝雀胶囊", "只有核实的人能看的话"
CANARIES = (PHONE, NAME, DOOR, PILLS, PRIVATE)


def member(role: str = "verifier", **where: Any) -> Client:
    return sign_in(Client(), an_account(role, **where))


def canary_need(**over: Any) -> Need:
    contact = a_contact(PHONE, name=NAME, address=DOOR, medicine=PILLS, private_note=PRIVATE)
    return a_need(contact=contact, submission=a_submission(contact=contact), **over)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def at(need: Need | Offer, what: str = "") -> str:
    return f"/verify/{'need' if isinstance(need, Need) else 'offer'}/{need.pk}/{what}"


def answered(need: Need | Offer, outcome: str, **more: Any) -> dict[str, Any]:
    need.refresh_from_db()
    said = {"outcome": outcome, "version": need.version, "key": str(uuid.uuid4()), "quantity": "", "note": ""}
    return said | ({"urgency": "2"} if isinstance(need, Need) else {}) | more


def shown(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


# ---------------------------------------------------------------- the contact


def test_the_contact_is_in_the_page_only_in_hand_and_each_look_is_logged() -> None:
    need, holder, other = canary_need(), member(), member("coordinator")
    everywhere = ["/verify/", "/verify/?tab=held", "/verify/duplicates/", at(need)]
    for client in (holder, other):
        for path in everywhere:
            assert shown(page(client, path)) == [], path
    holder.post(at(need, "take/"))
    assert AuditEntry.objects.filter(act="need.contact").count() == 0
    assert shown(page(holder, at(need))) == list(CANARIES)
    assert AuditEntry.objects.filter(act="need.contact").count() == 1
    page(holder, at(need))
    assert AuditEntry.objects.filter(act="need.contact").count() == 2
    for client in (holder, other):
        for path in everywhere[:-1]:
            assert shown(page(client, path)) == [], path
    assert shown(page(other, at(need))) == []
    holder.post(at(need, "release/"))
    assert shown(page(holder, at(need))) == []
    assert AuditEntry.objects.filter(act="need.contact").count() == 2


def test_who_left_only_a_wechat_id_is_reached_by_it_where_the_phone_stands() -> None:
    need, holder = canary_need(), member()
    contact = need.contact
    assert contact is not None
    crypto.seal(contact, phone="", wechat="canary-wechat")
    contact.save()
    assert "canary-wechat" not in page(holder, at(need))
    holder.post(at(need, "take/"))
    assert re.search(r'class="contact__number">[^<]*canary-wechat<', page(holder, at(need)))


def test_after_ten_minutes_the_page_is_closed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    need, holder = canary_need(), member()
    holder.post(at(need, "take/"))
    assert "再要 10 分钟" in page(holder, at(need))
    later = clock.now() + dt.timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    closed = page(holder, at(need))
    assert shown(closed) == []
    assert "取这一条，看联系方式" in closed


def test_an_outcome_hides_the_contact_and_goes_to_the_next_one() -> None:
    need, following = canary_need(urgency_order=0), a_need(urgency_order=3)
    client = member()
    assert client.post("/verify/next/").headers["Location"] == at(need)
    answer = client.post(at(need, "outcome/"), answered(need, "confirmed", quantity="150", then="next"))
    assert answer.headers["Location"] == at(following)
    assert shown(page(client, at(need))) == []
    need.refresh_from_db()
    assert (need.state, need.quantity_confirmed, need.urgency) == ("verified", 150, 2)


# ---------------------------------------------------------------- two people at once


def test_the_second_person_gets_a_clear_answer_and_the_next_one() -> None:
    need, following = a_need(urgency_order=0), a_need(urgency_order=1)
    first, second = sign_in(Client(), an_account("verifier", name="核实员一号")), member()
    first.post(at(need, "take/"))
    answer = second.post(at(need, "take/"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "核实员一号" in text
    assert "取下一条" in text
    assert second.post("/verify/next/").headers["Location"] == at(following)
    assert "核实员一号正在核实" in page(second, "/verify/")


def test_what_was_typed_is_kept_when_somebody_else_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    need, first, second = canary_need(), member(), member()
    first.post(at(need, "take/"))
    later = clock.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    second.post(at(need, "take/"))
    answer = first.post(at(need, "outcome/"), answered(need, "confirmed", note="打了二十分钟", quantity="7"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "打了二十分钟" in text
    assert shown(text) == []
    assert Check.objects.count() == 0


def test_a_hold_that_ran_out_is_taken_again_when_nobody_else_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    need, client = a_need(), member()
    client.post(at(need, "take/"))
    later = clock.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(at(need, "outcome/"), answered(need, "solved")).status_code == 302
    need.refresh_from_db()
    assert need.state == "solved"


def test_a_double_click_has_one_effect_and_a_stale_page_is_told() -> None:
    need, client = a_need(), member()
    client.post(at(need, "take/"))
    said = answered(need, "unreachable")
    assert client.post(at(need, "outcome/"), said).status_code == 302
    assert client.post(at(need, "outcome/"), said).status_code == 302
    assert Check.objects.count() == 1
    client.post(at(need, "take/"))
    stale = client.post(at(need, "outcome/"), answered(need, "confirmed", version="1", note="旧页面"))
    assert stale.status_code == 409
    assert "旧页面" in stale.content.decode()
    assert client.post(at(need, "outcome/"), answered(need, "confirmed")).status_code == 302


def test_more_time_keeps_what_was_typed() -> None:
    need, client = canary_need(), member()
    client.post(at(need, "take/"))
    before = Lock.objects.get().until
    text = client.post(at(need, "extend/"), {"note": "正在问药名", "quantity": "3", "urgency": "1"}).content.decode()
    assert "正在问药名" in text
    assert re.search(r'value="1"[^>]*checked', text)
    assert Lock.objects.get().until > before


# ---------------------------------------------------------------- outcomes and forms


@pytest.mark.parametrize(
    ("key", "outcome", "state"),
    [
        ("1", "confirmed", "verified"), ("2", "changed", "verified"), ("3", "unreachable", "waiting"),
        ("4", "solved", "solved"), ("5", "false", "refused"), ("6", "withdrawn", "withdrawn"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["need", "offer"])
def test_every_outcome_has_a_key_a_button_and_an_undo(kind: str, key: str, outcome: str, state: str) -> None:
    record = a_need() if kind == "need" else an_offer()
    client = member("coordinator")
    client.post(at(record, "take/"))
    assert re.search(rf'name="outcome" value="{outcome}" data-key="{key}"', page(client, at(record)))
    client.post(at(record, "outcome/"), answered(record, outcome, note="问清楚了"))
    record.refresh_from_db()
    assert record.state == ("used_up" if kind == "offer" and outcome == "solved" else state)
    bar = client.session["undo"]
    assert bar["url"] == "/verify/undo/"
    client.post("/verify/undo/", {"entry": bar["entry"], "act": "undo", "next": "/verify/"})
    record.refresh_from_db()
    assert record.state == "received"
    assert "undo" not in client.session


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "false"}, "note"),
        ({"outcome": "confirmed", "urgency": ""}, "urgency"),
        ({"outcome": "confirmed", "urgency": "7"}, "urgency"),
        ({"outcome": "confirmed", "quantity": "很多"}, "quantity"),
        ({"outcome": "confirmed", "quantity": "9" * 30}, "quantity"),
        ({"outcome": "confirmed", "quantity": "-5"}, "quantity"),
        ({"outcome": "confirmed", "place": "不知道哪里的地方"}, "place"),
        ({"outcome": "confirmed", "category": "no_such_thing"}, "category"),
        ({"outcome": "changed"}, "note"),
        ({"outcome": "no_such_outcome"}, "outcome"),
        ({"outcome": "confirmed", "version": "x"}, "version"),
    ],
)
def test_a_form_with_a_mistake_says_where_and_keeps_everything(said: dict[str, str], field: str) -> None:
    need, client = a_need(), member()
    client.post(at(need, "take/"))
    typed = {"note": ""} if field == "note" else {"note": "<script>alert(1)</script>"}
    answer = client.post(at(need, "outcome/"), answered(need, "confirmed") | typed | said)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="summary"' in text
    assert "<script>alert" not in text
    assert Check.objects.count() == 0
    assert Lock.objects.get().until > clock.now()


def test_a_confirmed_place_and_category_and_amount_in_boxes() -> None:
    a_place(WUCHANG)
    need, client = a_need(place=JIANGAN), member()
    client.post(at(need, "take/"))
    said = answered(need, "changed", place="武汉市武昌区", category="n95_respirator", quantity="三百只", urgency="1")
    assert client.post(at(need, "outcome/"), said).status_code == 302
    need.refresh_from_db()
    assert (need.place_id, need.category_id, need.quantity_confirmed) == (WUCHANG, "n95_respirator", 300)


def test_three_calls_in_vain_then_close_or_keep_trying() -> None:
    need, client = a_need(), member()
    for _call in range(3):
        client.post(at(need, "take/"))
        client.post(at(need, "outcome/"), answered(need, "unreachable"))
    assert code_shown(need.code) in page(client, "/verify/?tab=closing")
    assert "建议关闭" in page(client, at(need))
    client.post(at(need, "keep-trying/"))
    assert client.post(at(need, "close/")).status_code == 409
    for _call in range(3):
        client.post(at(need, "take/"))
        client.post(at(need, "outcome/"), answered(need, "unreachable"))
    assert client.post(at(need, "close/")).status_code == 302
    need.refresh_from_db()
    assert need.state == "expired"


def test_a_held_plea_is_let_in() -> None:
    need, client = a_need(submission=a_submission(held_reason="address")), member()
    assert code_shown(need.code) in page(client, "/verify/?tab=held")
    client.post(at(need, "let-in/"))
    assert code_shown(need.code) in page(client, "/verify/")


# ---------------------------------------------------------------- duplicates


def two_alike() -> DuplicatePair:
    contact = a_contact(PHONE, name=NAME)
    first = a_need(contact=contact, place=WUCHANG, note="老人独居")
    second = a_need(contact=contact, place=WUCHANG, note="三楼", quantity_asked=50, requester="")
    note_duplicates(need=second, now=clock.now())
    assert first.pk < second.pk
    return DuplicatePair.objects.get()


def test_side_by_side_merge_undo_and_different() -> None:
    pair, client = two_alike(), member("coordinator")
    listed = page(client, "/verify/duplicates/")
    assert f"/verify/duplicates/{pair.pk}/" in listed
    side = page(client, f"/verify/duplicates/{pair.pk}/")
    assert "老人独居" in side
    assert "三楼" in side
    assert shown(side) == []
    said = {
        "keep": pair.second_id, "keep_version": pair.second.version, "gone_version": pair.first.version,
        "take_note": "gone", "take_quantity": "keep",
    }  # fmt: skip
    assert client.post(f"/verify/duplicates/{pair.pk}/merge/", said).headers["Location"] == "/verify/duplicates/"
    first, second = Need.objects.get(pk=pair.first_id), Need.objects.get(pk=pair.second_id)
    assert (first.state, first.merged_into_id) == ("merged", second.pk)
    assert (second.note, second.quantity_asked) == ("三楼\n老人独居", 50)
    bar = client.session["undo"]
    client.post("/verify/undo/", {"entry": bar["entry"], "act": "undo"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.note) == ("received", "三楼")
    client.post(f"/verify/duplicates/{pair.pk}/different/")
    assert f"/verify/duplicates/{pair.pk}/" not in page(client, "/verify/duplicates/")


def test_a_stale_merge_shows_the_page_again_with_what_was_chosen() -> None:
    pair, client = two_alike(), member("coordinator")
    said = {"keep": pair.first_id, "keep_version": "9", "gone_version": "1", "take_note": "gone"}
    answer = client.post(f"/verify/duplicates/{pair.pk}/merge/", said)
    assert answer.status_code == 409
    assert re.search(r'name="take_note" value="gone" checked', answer.content.decode())


def test_two_codes_are_put_side_by_side() -> None:
    client = member("coordinator")
    one, two = a_need(category="rice"), a_need(category="insulin", place=XIAOGAN)
    answer = client.get("/verify/duplicates/find/", {"one": one.code, "two": two.code})
    assert answer.status_code == 302
    assert page(client, answer.headers["Location"])
    assert client.get("/verify/duplicates/find/", {"one": one.code, "two": "1"}).status_code == 422
    assert client.get("/verify/duplicates/find/", {"one": one.code, "two": one.code}).status_code == 422


def test_while_typing_a_fragment_without_any_contact() -> None:
    pair, client = two_alike(), member("coordinator")
    text = client.post("/verify/similar/", {"text": pair.first.item, "place": WUCHANG, "phone": PHONE}).content.decode()
    assert code_shown(pair.first.code) in text
    assert "同一个电话" in text
    assert shown(text) == []
    assert client.get("/verify/similar/").status_code == 405
    assert client.post("/verify/similar/", {"text": "", "phone": ""}).content.decode().strip() == ""


# ---------------------------------------------------------------- who, where


@pytest.mark.parametrize("role", ["liaison", "officer", "volunteer", "analyst", "admin"])
def test_other_roles_have_no_such_pages(role: str) -> None:
    own = {"organisation": an_organisation()} if role == "officer" else {}
    need, client = a_need(), member(role, **own)
    pair = two_alike()
    for path in ("/verify/", "/verify/duplicates/", at(need), f"/verify/duplicates/{pair.pk}/"):
        page(client, path, 404)
    for path in (
        "/verify/next/", "/verify/undo/", "/verify/similar/", at(need, "take/"), at(need, "outcome/"),
        at(need, "release/"), at(need, "close/"), at(need, "let-in/"), f"/verify/duplicates/{pair.pk}/merge/",
        f"/verify/merged/{need.pk}/undo/",
    ):  # fmt: skip
        assert client.post(path).status_code == 404, path
    assert Lock.objects.count() == 0


def test_another_area_or_line_or_no_second_factor_sees_nothing() -> None:
    pair, need = two_alike(), canary_need(place=WUCHANG)
    for client in (member(area=XIAOGAN), member(line="funds")):
        page(client, at(need), 404)
        assert client.post(at(need, "take/")).status_code == 404
        page(client, f"/verify/duplicates/{pair.pk}/", 404)
        assert client.post("/verify/undo/", {"entry": f"m{need.pk}", "act": "undo"}).status_code == 404
        assert code_shown(need.code) not in page(client, "/verify/")
    weak = sign_in(Client(), an_account("verifier"), second_factor=False)
    assert weak.get("/verify/").status_code == 302
    assert Client().get("/verify/").status_code == 302
    assert Client().get("/verify/urgency/").status_code == 200


def test_the_standard_is_public_in_both_languages() -> None:
    client = Client()
    assert "胰岛素" in page(client, "/verify/urgency/")
    client.cookies["lang"] = "en"
    text = page(client, "/verify/urgency/")
    assert "Insulin" in text
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>|中文|同舟", "", text))


def test_the_queue_asks_the_database_no_more_for_more_rows(django_assert_max_num_queries: Any) -> None:
    client = member()
    for number in range(3):
        a_need(contact=a_contact(a_phone()), urgency_order=number)
    page(client, "/verify/")
    with django_assert_max_num_queries(60) as few:
        page(client, "/verify/")
    for _more in range(20):
        a_need()
    with django_assert_max_num_queries(len(few)):
        page(client, "/verify/")


def test_empty_states_tell_why() -> None:
    client = member()
    a_lead()
    assert "现在没有等着核实的" in page(client, "/verify/")
    assert "这个筛选下现在没有" in page(client, "/verify/?line=funds")
    page(client, "/verify/?tab=nonsense&area=x'&page=99999&kind=<b>&response=none")
