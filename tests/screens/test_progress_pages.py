"""What became of it: the code shows states only, the secret link changes, guessing gets nowhere."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import uuid

import pytest
from django.test import Client
from PIL import Image

import builders
from tongzhou.chain.intake.models import Attachment, Need, Submission
from tongzhou.chain.triage.models import Check
from tongzhou.kernel import audit, clock, crypto, ids

pytestmark = pytest.mark.django_db

SECRET = "K" * 22
PHONE, ADDRESS, STORY = "19000000031", "测试路 9 号 3 单元", "父亲透析，母亲失明"


@pytest.fixture
def need():
    contact = builders.a_contact(PHONE, name="测试人", address=ADDRESS, private_note=STORY, medicine="测试药名")
    return builders.a_need(
        contact=contact, secret=SECRET, place="420102", expires_at=clock.now() + dt.timedelta(days=9)
    )


@pytest.fixture
def client():
    return Client()


def own(need: Need, rest: str = "") -> str:
    return f"/r/{need.submission.code}/{SECRET}/{rest}"


def text_of(answer) -> str:
    return html.unescape(answer.content.decode())


def check(need: Need, outcome: str) -> None:
    Check.objects.create(need=need, by_id=uuid.uuid4(), by_name="不该公开的核实员", outcome=outcome)


def test_nothing_that_reaches_a_person_is_on_any_page(client, need):
    check(need, "unreachable")
    pages = [f"/r/{need.submission.code}/", f"/r/{need.code}/", own(need), own(need, "sent/"), own(need, "save.txt")]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200
        for canary in (PHONE, ADDRESS, STORY, "测试人", "测试药名", "不该公开的核实员"):
            assert canary not in text_of(answer), (path, canary)


def test_the_public_page_says_states_calls_and_times_and_holds_no_secret(client, need):
    check(need, "unreachable")
    page = text_of(client.get(f"/r/{need.submission.code}/"))
    assert "联系不上" in page
    assert "医用外科口罩" in page
    assert "江岸区" in page
    assert SECRET not in page
    assert "200" not in builders.words_of(page)
    assert "200" in builders.words_of(text_of(client.get(own(need)))), "the quantity is shown to who asked"


def test_a_persons_own_words_are_public_only_after_somebody_has_read_them(client):
    words = "我叫王某某，家里没有人"
    need = builders.a_need(category=None, item=words, secret=SECRET)
    assert words not in text_of(client.get(f"/r/{need.submission.code}/"))
    assert words in text_of(client.get(own(need)))


def test_a_wrong_secret_a_wrong_code_and_a_closed_door_look_alike(client, need):
    unknown = ids.new_code()
    answers = [
        client.get(f"/r/{need.submission.code}/wrong-secret-of-somebody/"),
        client.get(f"/r/{unknown}/{SECRET}/"),
        client.get(f"/r/{unknown}/"),
        client.post(f"/r/{need.submission.code}/wrong/close/{need.pk}/", {"how": "withdrawn", "version": 1}),
    ]
    bodies = {
        re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|name=\"next\" value=\"[^\"]*\"|value=\"\w{64}\"", "", text_of(a))
        for a in answers
    }
    assert {answer.status_code for answer in answers} == {404}
    assert len(bodies) == 1
    need.refresh_from_db()
    assert need.state == "received"


def test_typing_a_code_finds_it_in_every_way_people_write_it(client, need):
    code = need.submission.code
    for typed in (code, f"{code[:3]} {code[3:6]} {code[6:]}", f"{code[:3]}-{code[3:6]}-{code[6:]}"):
        assert client.get("/r/", {"code": typed}).url == f"/r/{code}/"
    for typed in ("", "123", "1" * 5000, "<script>", ids.new_code()):
        answer = client.get("/r/", {"code": typed})
        assert answer.status_code == 422
        assert "<script>" not in answer.content.decode()


def test_guessing_is_slowed_down(client, need):
    seen = [client.get(f"/r/{ids.new_code()}/").status_code for _ in range(24)]
    assert seen[:20] == [404] * 20
    assert set(seen[20:]) == {429}
    assert client.get(f"/r/{need.submission.code}/").status_code == 200


@pytest.mark.parametrize("how", ["withdrawn", "self", "committee", "helped", "other"])
def test_it_is_closed_and_brought_back_by_its_sender(client, need, how):
    answer = client.post(own(need, f"close/{need.pk}/"), {"how": how, "version": need.version})
    assert answer.status_code == 302
    need.refresh_from_db()
    assert need.state == ("withdrawn" if how == "withdrawn" else "solved")
    page = text_of(client.get(own(need)))
    assert "弄错了，恢复" in page
    assert "仍然需要" not in page
    client.post(own(need, f"reopen/{need.pk}/"))
    need.refresh_from_db()
    assert need.state == "received"


def test_a_double_click_and_a_stale_page(client, need):
    path, data = own(need, f"close/{need.pk}/"), {"how": "self", "version": need.version}
    assert [client.post(path, data).status_code for _ in range(2)] == [302, 302]
    client.post(own(need, f"reopen/{need.pk}/"))
    assert client.post(path, data).status_code == 409


def test_adding_words_and_a_photo(client, need):
    photo = io.BytesIO()
    Image.new("RGB", (50, 50)).save(photo, "PNG")
    photo.seek(0)
    photo.name = "p.png"
    data = {"key": str(uuid.uuid4()), "text": "今天又少了一盒", "photo": photo}
    assert client.post(own(need, "add/"), data).status_code == 302
    contact = Submission.objects.get(pk=need.submission_id).contact
    assert crypto.unseal(contact, "private_note").startswith(STORY)
    assert "今天又少了一盒" in crypto.unseal(contact, "private_note")
    assert Attachment.objects.count() == 1


def test_an_empty_or_unsafe_addition_comes_back_with_its_words(need):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(own(need, "add/"), {"text": "这句话不能丢"})
    assert answer.status_code == 403
    assert "这句话不能丢" in text_of(answer)
    assert Client().post(own(need, "add/"), {"text": " "}).status_code == 422
    assert strict.post(own(need, f"close/{need.pk}/"), {"how": "self", "version": 1}).status_code == 403


def test_correcting_keeps_what_was_typed_when_something_is_wrong(client, need):
    path = own(need, f"correct/{need.pk}/")
    wrong = client.post(path, {"amount": "很多很多", "address": "改到的地方", "version": need.version})
    assert wrong.status_code == 422
    assert "改到的地方" in text_of(wrong)
    stale = client.post(path, {"amount": "3 盒", "version": 99})
    assert stale.status_code == 409
    assert "3 盒" in text_of(stale)
    good = client.post(path, {"amount": "30 只", "phone": "19000000032", "version": need.version})
    assert good.status_code == 302
    need.refresh_from_db()
    assert need.quantity_asked == 30
    version = need.version
    assert client.post(path, {"phone": "微信 tongzhou88", "version": version, "item": ""}).status_code == 302
    contact = Submission.objects.get(pk=need.submission_id).contact
    found = (crypto.unseal(contact, "phone"), crypto.unseal(contact, "wechat"))
    assert found == ("19000000032", "tongzhou88")
    assert audit.history(need).filter(act="own.corrected", changes__quantity_asked=[200, 30]).count() == 1


def test_still_needed_and_what_happens_next(client):
    gone = builders.a_need(secret=SECRET, state="expired")
    assert "仍然需要" in text_of(client.get(own(gone)))
    client.post(own(gone, f"still/{gone.pk}/"), {"version": gone.version})
    gone.refresh_from_db()
    assert gone.state == "received"


def test_the_saved_file_holds_the_code_and_the_link_only(client, need):
    answer = client.get(own(need, "save.txt"))
    assert answer["Content-Disposition"].startswith("attachment")
    body = answer.content.decode()
    assert f"/r/{need.submission.code}/{SECRET}/" in body
    assert "口罩" not in body


def test_pages_with_a_secret_are_kept_by_no_cache_and_send_no_referrer(client, need):
    answer = client.get(own(need))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_an_exercise_is_not_looked_up_by_the_public(client, need):
    response = builders.a_response()
    type(response).objects.update(is_exercise=True)
    assert client.get(f"/r/{need.submission.code}/").status_code == 404
