"""Asking for help on a real client: nothing typed is lost, nothing hostile gets through, nothing is doubled."""

from __future__ import annotations

import gzip
import html
import io
import json
import logging
import re

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import builders
from tongzhou.chain.intake.models import Attachment, CallbackRequest, KeptPhoto, Need, Submission
from tongzhou.chain.intake.services import photos
from tongzhou.kernel import crypto
from tongzhou.site.logging import JsonLines

pytestmark = pytest.mark.django_db

PHONE = "19000000021"
GOOD = {
    "key": "0197c000-0000-7000-8000-000000000001",
    "item": "婴儿奶粉",
    "amount": "2 罐",
    "address": "武汉市江岸区测试路 1 号",
    "phone": PHONE,
    "name": "测试人",
    "urgency": "1",
    "vulnerability": ["child"],
    "note": "孩子三个月",
}
PATHS = ["/help/", "/help/other/", "/help/medicine/", "/help/facility/", "/help/call/"]


@pytest.fixture(autouse=True)
def world():
    builders.a_place("420102")
    builders.a_response()


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def post(client, path, data, **more):
    """As a browser does it: with the token of the page it was given."""
    token = client.get(path).cookies["csrftoken"].value if "csrftoken" not in client.cookies else None
    token = token or client.cookies["csrftoken"].value
    return client.post(path, data | {"csrfmiddlewaretoken": token}, **more)


def a_photo(size=(800, 600), kind="JPEG", **more) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, **more)
    out.seek(0)
    out.name = f"photo.{kind.lower()}"
    return out


def text_of(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_form_shows_at_most_eight_fields_and_weighs_little(client, path, language):
    client.cookies["lang"] = language
    answer = client.get(path)
    assert answer.status_code == 200
    names = set(
        re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', answer.content.decode().partition("<main")[2])
    )
    names -= {"csrfmiddlewaretoken", "key", "website", "response", "rows", "next", "theme", "language"}
    visible = {re.sub(r"^line\d+-.*", "lines", name) for name in names}
    assert len(visible) <= 8, visible
    assert len(gzip.compress(answer.content)) < 10_000
    assert ">120 " in answer.content.decode()


def test_a_plea_is_one_post_and_ends_at_its_confirmation(client):
    answer = post(client, "/help/", GOOD)
    assert answer.status_code == 302
    submission, need = Submission.objects.get(), Need.objects.get()
    assert answer.url.startswith(f"/r/{submission.code}/")
    assert (need.category_id, need.quantity_asked, need.place_id, need.vulnerability) == (
        "infant_formula", 2, "420102", ["child"],
    )  # fmt: skip
    page = text_of(client.get(answer.url))
    parts = (submission.code[:3], submission.code[3:6], submission.code[6:])
    assert all(part in page for part in parts)
    assert "不能保证" in page
    assert PHONE not in page
    assert "测试路" not in page
    assert crypto.unseal(submission.contact, "private_note") == "孩子三个月"


@pytest.mark.parametrize(
    ("typed", "phone", "wechat"),
    [
        ("tong_zhou-2020", "", "tong_zhou-2020"),
        ("微信号：tongzhou88", "", "tongzhou88"),
        ("wxid_ab12cd34", "", "wxid_ab12cd34"),
        ("ＷｅＣｈａｔ: tongzhou88", "", "tongzhou88"),
        ("190-0000-0021", "190-0000-0021", ""),
        ("19000000021 微信 tongzhou88", "19000000021", "tongzhou88"),
        ("19000000021（微信同号）", "19000000021", "19000000021"),
        ("微信 19000000021", "", "19000000021"),
        ("027-85000000 转 8021", "027-85000000 转 8021", ""),
    ],
)
def test_a_phone_or_a_wechat_id_will_do_and_each_is_sealed_where_it_belongs(client, typed, phone, wechat):
    assert post(client, "/help/", GOOD | {"phone": typed}).status_code == 302
    contact = Submission.objects.get().contact
    assert (crypto.unseal(contact, "phone"), crypto.unseal(contact, "wechat")) == (phone, wechat)
    assert bool(contact.phone_index) == bool(phone)
    if phone:
        assert contact.phone_index == crypto.phone_index(phone, f"response:{contact.response_id}")


@pytest.mark.parametrize("typed", ["没有", "abc", "12345", "微信", "tong zhou", "测试人的电话是多少来着"])
def test_neither_a_phone_nor_a_wechat_id_is_asked_about(client, typed):
    answer = post(client, "/help/", GOOD | {"phone": typed})
    assert answer.status_code == 422
    assert "微信号是 6 到 20 位" in text_of(answer)
    assert typed in text_of(answer)
    assert "请留一个能打通的电话或微信号" in text_of(post(client, "/help/", GOOD | {"phone": ""}))


def test_the_same_form_sent_again_gives_the_same_answer(client):
    first, second = post(client, "/help/", GOOD), post(client, "/help/", GOOD)
    assert first.url == second.url
    assert Need.objects.count() == 1


def test_back_corrected_and_sent_again_is_asked_about_and_loses_nothing(client):
    first = post(client, "/help/", GOOD)
    answer = post(client, "/help/", GOOD | {"note": "换了一句"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "换了一句" in page
    assert first.url.removesuffix("sent/") in page
    again = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert again != GOOD["key"]
    assert post(client, "/help/", GOOD | {"note": "换了一句", "key": again}).status_code == 302
    assert Need.objects.count() == 2


@pytest.mark.parametrize("path", PATHS)
def test_a_form_without_a_token_comes_back_filled_in(client, path):
    words = GOOD | {"place": "孝感", "requester": "测试医院", "medicine": "测试药", "line0-item": "口罩"}
    answer = client.post(path, words)
    assert answer.status_code == 403
    assert PHONE in text_of(answer)
    assert Need.objects.count() == CallbackRequest.objects.count() == 0


def test_a_browser_that_says_the_form_is_ours_needs_no_cookie(client):
    assert client.post("/help/", GOOD, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert client.post("/help/", GOOD, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_category_button_fills_the_field_and_loses_nothing(client):
    page = text_of(post(client, "/help/", GOOD | {"pick": "rice"}))
    assert 'value="大米"' in page
    assert "孩子三个月" in page
    assert PHONE in page
    assert re.search(r'value="child"[^>]*checked', page)
    assert 'class="summary"' not in page
    assert Need.objects.count() == 0


def test_for_somebody_else_consent_is_asked_for(client):
    without = post(client, "/help/other/", GOOD)
    assert without.status_code == 422
    assert post(client, "/help/other/", GOOD | {"consent": "on"}).status_code == 302
    assert Submission.objects.get().consent is True


def test_a_hospital_writes_a_table_and_rows_are_added_without_javascript(client):
    form = GOOD | {
        "requester": "武汉市测试医院", "rows": "4", "line0-item": "N95口罩", "line0-amount": "500只",
        "line3-item": "防护服", "line3-amount": "100", "line3-specification": "GB 19082-2009",
        "needed_by": "2099-01-01",
    }  # fmt: skip
    more = post(client, "/help/facility/", form | {"more_rows": "1"})
    page = text_of(more)
    assert more.status_code == 200
    assert 'name="line7-item"' in page
    assert all(word in page for word in ("N95口罩", "500只", "GB 19082-2009", "2099-01-01"))
    assert post(client, "/help/facility/", form | {"rows": "8"}).status_code == 302
    assert list(Need.objects.order_by("id").values_list("category_id", "quantity_asked")) == [
        ("n95_respirator", 500), ("protective_suit", 100),
    ]  # fmt: skip


def test_an_amount_without_a_thing_is_asked_about(client):
    form = GOOD | {"requester": "测试医院", "rows": "4", "line0-item": "口罩", "line2-amount": "30 箱"}
    answer = post(client, "/help/facility/", form)
    assert answer.status_code == 422
    assert "30 箱" in text_of(answer)


def test_the_name_of_a_medicine_stays_sealed(client):
    form = GOOD | {"medicine": "甲氨蝶呤片 2.5mg", "days_left": "2", "prescription": "yes"}
    answer = post(client, "/help/medicine/", form)
    need = Need.objects.get()
    assert (need.category_id, need.days_left, need.prescription, need.urgency_order) == (
        "medicine_unspecified",
        2,
        True,
        1,
    )
    assert "甲氨蝶呤" not in json.dumps(list(Need.objects.values()), default=str, ensure_ascii=False)
    assert "甲氨蝶呤" not in text_of(client.get(answer.url))
    assert crypto.unseal(need.contact, "medicine") == "甲氨蝶呤片 2.5mg"


def test_a_photo_is_made_anew_without_its_place_and_sealed(client):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    form = GOOD | {"medicine": "测试药", "photo": a_photo((3000, 2000), exif=exif)}
    assert post(client, "/help/medicine/", form).status_code == 302
    row = Attachment.objects.get()
    content = photos.open_photo(row, row.submission.contact)
    image = Image.open(io.BytesIO(content))
    assert (image.format, max(image.size)) == ("JPEG", 1600)
    assert not image.getexif()
    assert b"secret place" not in content
    assert content not in bytes(row.content)


def test_a_photo_waits_sealed_while_the_form_is_corrected(client):
    form = GOOD | {"medicine": "测试药", "phone": ""}
    wrong = post(client, "/help/medicine/", form | {"photo": a_photo()})
    token = re.search(r'name="photo_kept" value="([^"]+)"', wrong.content.decode())[1]
    assert KeptPhoto.objects.count() == 1
    assert token not in str(KeptPhoto.objects.values())
    still_wrong = post(client, "/help/medicine/", form | {"photo_kept": token})
    assert token in still_wrong.content.decode()
    assert post(client, "/help/medicine/", form | {"phone": PHONE, "photo_kept": token}).status_code == 302
    assert Attachment.objects.count() == 1
    assert KeptPhoto.objects.count() == 0


def bomb() -> bytes:
    """A PNG of 20000 x 20000 pixels in 50 KB."""
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff" * 99,
    ],
    ids=["empty", "text", "svg", "pdf", "gif", "broken"],
)
def test_what_is_no_photo_is_refused_beside_its_field_and_nothing_else_is_lost(client, content):
    upload = io.BytesIO(content)
    upload.name = "photo.jpg"
    answer = post(client, "/help/medicine/", GOOD | {"medicine": "测试药", "photo": upload})
    if content:
        assert answer.status_code == 422
        assert "测试药" in text_of(answer)
        assert Need.objects.count() == 0
    else:  # an empty file is no file
        assert answer.status_code in (302, 422)


def test_bombs_and_huge_files_are_refused(client):
    for content in (bomb(), b"\xff\xd8\xff" + b"0" * (photos.LARGEST_BYTES + 1)):
        upload = io.BytesIO(content)
        upload.name = "photo.png"
        answer = post(client, "/help/medicine/", GOOD | {"medicine": "测试药", "photo": upload})
        assert answer.status_code == 422
        assert PHONE in text_of(answer)


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% debug %}"


@pytest.mark.parametrize("path", PATHS)
def test_script_in_every_field_stays_text(client, path):
    names = [
        *GOOD,
        "medicine",
        "requester",
        "place",
        "line0-item",
        "line0-amount",
        "line0-specification",
        "needed_by",
        "days_left",
    ]
    words = dict.fromkeys(names, SCRIPT) | {"rows": SCRIPT, "response": SCRIPT, "photo_kept": SCRIPT, "wanted": SCRIPT}
    answer = post(client, path, words)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert html.escape("{{ 7*7 }}") in page
    good = post(client, "/help/", GOOD | {"item": SCRIPT, "note": SCRIPT})
    assert good.status_code == 302
    assert "<script>alert" not in client.get(good.url).content.decode()


def test_a_megabyte_of_text_is_refused_politely_and_comes_back(client):
    answer = post(client, "/help/", GOOD | {"note": "长" * 350_000})
    assert answer.status_code == 422
    assert "长" * 350_000 in answer.content.decode()


def test_control_characters_and_broken_text_do_not_break_the_plea(client):
    harmful = "奶\x00粉\x07\u202e\ufeff"
    assert post(client, "/help/", GOOD | {"item": harmful, "note": "a\x00b"}).status_code == 302
    need = Need.objects.get()
    assert need.item == "奶粉"
    broken = b"item=%ff%fe%80&phone=" + PHONE.encode() + b"&address=%C0%AF"
    answer = client.post(
        "/help/", broken, content_type="application/x-www-form-urlencoded", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code in (302, 422)


def test_the_trap_holds_and_does_not_refuse(client):
    assert post(client, "/help/", GOOD | {"website": "http://spam.example"}).status_code == 302
    assert Submission.objects.get().held_reason == "trap"


def test_a_shared_address_is_held_and_told_so(client):
    for at in range(7):
        number = f"190000000{at:02d}"
        answer = post(client, "/help/", GOOD | {"key": f"0197c000-0000-7000-8000-00000000010{at}", "phone": number})
        assert answer.status_code == 302
    held = Submission.objects.order_by("-id").first()
    assert held.held_reason == "address"
    assert "没有丢" in text_of(client.get(answer.url))


def test_a_flood_is_refused_with_everything_typed(client, monkeypatch):
    monkeypatch.setattr("tongzhou.flows.submit_need.HARD_LIMIT", 1)
    assert post(client, "/help/", GOOD).status_code == 302
    answer = post(client, "/help/", GOOD | {"key": "0197c000-0000-7000-8000-000000000099"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert PHONE in text_of(answer)


def test_a_number_is_enough_to_be_called(client):
    answer = post(client, "/help/call/", {"phone": PHONE, "place": "孝感", "wanted": "any"})
    assert answer.status_code == 302
    request = CallbackRequest.objects.get()
    assert crypto.unseal(request, "phone") == PHONE
    assert PHONE not in text_of(client.get(answer.url))


def test_nothing_open_says_so(client):
    response = builders.a_response()
    type(response).objects.update(state="closed", ended_on="2020-06-01")
    answer = client.get("/help/")
    assert answer.status_code == 503
    assert "120" in text_of(answer)


TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x00\x85\u2028\u2029"), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    item=TYPED, amount=TYPED, address=TYPED, name=TYPED, note=TYPED, urgency=st.sampled_from(["", "0", "3", "9", "x"])
)
def test_whatever_is_typed_is_either_kept_or_given_back(client, item, amount, address, name, note, urgency):
    words = {
        "item": item,
        "amount": amount,
        "address": address,
        "name": name,
        "note": note,
        "phone": "错",
        "urgency": urgency,
    }
    answer = post(client, "/help/", words)
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode().replace("\r\n", "\n"))
    for word in (item, amount, address, name, note):
        assert word in page


def test_no_number_and_no_secret_reaches_the_log(client):
    lines: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: lines.append(handler.format(record))
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        answer = post(client, "/help/", GOOD)
        client.get(answer.url)
        client.get(answer.url.replace("sent/", "wrong/"))
        post(client, "/help/", GOOD | {"phone": f"x{PHONE}yyyyy"})
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    log = "\n".join(line for line in lines if '"django.db' not in line)
    assert log
    assert PHONE not in log
    assert "测试路" not in log
    assert answer.url.split("/")[3] not in log
