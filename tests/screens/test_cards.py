"""Living cards: true at the moment they are looked at, nothing that identifies anybody, a code that reads."""

import datetime as dt
import io
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from builders import JIANGAN, WUHAN, a_contact, a_need, a_place, a_response, a_submission, words_of
from builders_dispatch import a_verified_need, an_assignment
from tongzhou.chain.dispatch.models import Movement
from tongzhou.kernel import clock, ids, pictures
from tongzhou.registers.places.models import Site
from tongzhou.screens.cards.selectors import card_of, state_at

pytestmark = pytest.mark.django_db
AT = dt.datetime(2020, 2, 6, 6, 30, tzinfo=dt.UTC)


def test_an_institution_is_named_with_what_it_asked_for(client: Client) -> None:
    need = a_need(
        for_whom="facility",
        requester="武汉市第九测试医院",
        item="医用防护服",
        category="protective_suit",
        urgency=0,
        quantity_asked=500,
        quantity_confirmed=300,
        state="verified",
        verified_at=AT,
        place=JIANGAN,
    )
    text = client.get(f"/c/{need.code}/").content.decode()
    for said in (
        "仍需要",
        "医用防护服",
        "300 套" if need.unit == "套" else "300",
        "武汉市第九测试医院",
        "江岸区",
        "危及生命",
        "2020-02-06 14:30 已核实",
    ):
        assert said in text, said


def test_a_household_is_known_by_category_and_district_only(client: Client) -> None:
    street = "420102002"
    a_place(JIANGAN)
    place = a_place(street)
    site = Site.objects.create(kind="compound", name="百步亭花园测试", place=place)
    need = a_need(
        for_whom="self",
        place=street,
        site=site,
        item="给外婆的胰岛素，住 3 栋",
        specification="诺和锐",
        note="糖尿病",
        requester="",
        category="surgical_mask",
        contact=a_contact("19000000033", name="某某某", address="百步亭花园 3 栋 2 单元"),
    )
    bodies = [client.get(f"/c/{need.code}/").content.decode(), client.get(f"/c/{need.code}.svg").content.decode()]
    for body in bodies:
        assert "江岸区" in body
        for secret in ("外婆", "3 栋", "诺和锐", "糖尿病", "百步亭", "19000000033", "某某某", place.name):
            assert secret not in body, secret


def test_the_word_is_worked_out_at_the_instant() -> None:
    later = AT + dt.timedelta(hours=1)
    need = a_need(state="verified", expires_at=later)
    assert [state_at(need, at) for at in (AT, later - dt.timedelta(microseconds=1), later)] == [
        "needed",
        "needed",
        "expired",
    ]
    for state, word in {
        "solved": "已解决",
        "withdrawn": "已撤回",
        "refused": "已撤回",
        "expired": "已过期",
        "waiting": "仍需要",
    }.items():
        need.state, need.expires_at = state, None
        assert card_of(need, AT).word == word


def test_the_time_and_the_expiry_are_in_beijing_time() -> None:
    need = a_need(
        state="verified", verified_at=AT, stale_at=AT + dt.timedelta(hours=20), expires_at=AT + dt.timedelta(hours=60)
    )
    shown = card_of(need, AT)
    assert (shown.as_of_text, shown.look_again_text) == ("2020-02-06 14:30", "2020-02-07 10:30")
    assert "该再核实了" in card_of(need, AT + dt.timedelta(hours=21)).checked


def test_a_met_need_changes_the_card_at_once(client: Client) -> None:
    need = a_need(state="verified", quantity_asked=777)
    before = client.get(f"/c/{need.code}/")
    assert before["Cache-Control"] == "private, no-store"
    assert "777" in words_of(before.content.decode())
    type(need).objects.filter(pk=need.pk).update(state="solved")
    after = client.get(f"/c/{need.code}/").content.decode()
    assert "已解决" in after
    assert "777" not in words_of(after)
    assert "/give/" not in after.split("<main")[1].split("</main")[0]


def test_a_merged_need_shows_the_one_it_became(client: Client) -> None:
    kept = a_need(for_whom="facility", requester="甲测试医院", item="面屏")
    gone = a_need(state="merged", merged_into=kept)
    page = client.get(f"/c/{gone.code}/", follow=True)
    assert page.redirect_chain == [(f"/c/{kept.code}/", 302)]
    assert "甲测试医院" in page.content.decode()


def test_what_is_not_public_has_no_card(client: Client) -> None:
    held = a_need(submission=a_submission(held_reason="address"))
    exercise = a_need(response=a_response("drill", name="演练", is_exercise=True))
    for code in (held.code, exercise.code, "1234567895", "12", "x" * 50):
        assert client.get(f"/c/{code}/").status_code == 404
        assert client.get(f"/c/{code}.png").status_code == 404


def test_guessing_codes_is_slow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tongzhou.screens.cards import views

    monkeypatch.setattr(views, "MISSES", 3)
    need = a_need()
    assert [client.get(f"/c/{ids.new_code()}/").status_code for _number in range(4)] == [404, 404, 404, 429]
    # Who holds a real code is not kept out by what others guess.
    assert client.get(f"/c/{need.code}/").status_code == 200


def test_the_code_in_the_picture_leads_to_the_page(client: Client) -> None:
    need = a_need(for_whom="facility", requester="武汉市第九测试医院" * 5, item="医用防护服" * 8)
    page = client.get(f"/c/{need.code}.png")
    if pictures.chinese_font() is None:
        assert page.headers["Location"] == f"/c/{need.code}.svg"
        pytest.skip("no Chinese font on this machine: the card is an SVG")
    image = Image.open(io.BytesIO(page.content))
    assert (page["Content-Type"], image.width) == ("image/png", 720)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [f"http://testserver/c/{need.code}/"]
    assert len(page.content) < 100_000


def test_without_a_chinese_font_the_picture_is_a_drawing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "chinese_font", lambda: None)
    need = a_need(item="<script>", for_whom="facility", requester="甲 & 乙")
    assert client.get(f"/c/{need.code}.png").headers["Location"] == f"/c/{need.code}.svg"
    assert f'src="/c/{need.code}.svg"' in client.get(f"/c/{need.code}/").content.decode()
    root = ET.fromstring(client.get(f"/c/{need.code}.svg").content)
    words = "".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    assert "<script>" in words
    assert "甲 & 乙" in words
    assert not [element for element in root.iter() if element.tag.endswith("script")]


def test_the_drawings_code_reads_too(client: Client) -> None:
    """The SVG's squares, painted pixel by pixel, are a code that leads to the page."""
    matrix = pictures.address_matrix("http://testserver/c/1234567895/")
    image = Image.new("L", (len(matrix), len(matrix)), 255)
    image.putdata([0 if cell else 255 for row in matrix for cell in row])
    found = zxingcpp.read_barcodes(image.resize((400, 400), Image.Resampling.NEAREST))
    assert [one.text for one in found] == ["http://testserver/c/1234567895/"]


def test_the_text_for_a_chat_says_when_and_where_to_look(client: Client) -> None:
    need = a_need(category="surgical_mask", quantity_asked=200, state="received", place=WUHAN)
    text = client.get(f"/c/{need.code}/").context["text"]
    assert text.splitlines()[0] == f"【仍需要】{need.category.name} 200 {need.unit}"
    assert f"http://testserver/c/{need.code}/" in text
    assert f"截至 {clock.beijing(clock.now()):%Y-%m-%d}" in text


def test_english_readers_get_english(client: Client) -> None:
    client.cookies["lang"] = "en"
    need = a_need(category="surgical_mask")
    assert card_of(need, AT).word
    assert 'lang="en"' in client.get(f"/c/{need.code}/").content.decode()


def test_what_is_on_its_way_is_said_and_what_is_lacking(client: Client) -> None:
    need = a_verified_need(100)
    first, second = (an_assignment(many, need=need, now=clock.now()) for many in (60, 40))
    assert "仍需要" in client.get(f"/c/{need.code}/").content.decode()
    Movement.objects.create(
        assignment=first, need=need, offer=first.offer, source="planned", target="accepted", quantity=60, at=AT, key="a"
    )
    page = client.get(f"/c/{need.code}/").content.decode()
    assert "仍需要" in page
    assert {"40", "100"} <= words_of(page)
    Movement.objects.create(
        assignment=second, need=need, offer=second.offer, source="planned", target="in_transit", quantity=40, at=AT,
        key="b",
    )  # fmt: skip
    page = client.get(f"/c/{need.code}/").content.decode()
    assert "已有人接" in page
    assert "/give/" not in page.split("<main")[1].split("</main")[0]
    assert client.get(f"/c/{need.code}.svg").status_code == 200
