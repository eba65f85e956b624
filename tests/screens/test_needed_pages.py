"""What is needed and what is not, for everybody: honest, small, without households, true at the moment of looking."""

import datetime as dt
import gzip
import io
import xml.etree.ElementTree as ET

import pytest
import time_machine
import zxingcpp
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from builders import JIANGAN, WUCHANG, WUHAN, a_contact, a_place, a_response, a_submission, words_of
from builders_cover import a_cover, a_held_offer, a_plan, a_plan_need, a_verified_need, moved
from tongzhou.kernel import pictures
from tongzhou.kernel.clock import BEIJING
from tongzhou.registers.places.models import Site

pytestmark = pytest.mark.django_db
STREET = "420102002"
NOW = dt.datetime(2020, 2, 6, 14, 30, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def groups(page: list) -> dict[str, list[tuple[str, str]]]:
    return {one["category"]: [(line["place"], line["amount"]) for line in one["lines"]] for one in page}


def test_what_is_needed_what_is_not_and_where_volunteers_are_called_for(client: Client) -> None:
    plan = a_plan()
    masks = a_verified_need(500, JIANGAN)
    a_plan_need(plan, masks, 100)
    moved(masks, 100, "planned", plan=plan)
    taken = a_verified_need(30, WUCHANG)
    a_plan_need(plan, taken, 30)
    moved(taken, 30, "in_transit", plan=plan)
    a_held_offer(plan, "raincoat")
    a_cover(WUHAN, "vegetables", quantity=None)
    for _number in range(11):
        a_plan_need(plan, a_verified_need(2, JIANGAN, "home_care", for_whom="self", requester=""))
    answer = client.get("/needed/")
    page = answer.context["page"]
    assert groups(page.needed) == {"医用外科口罩": [("武汉市江岸区", "400 只")]}
    assert groups(page.enough) == {
        "医用外科口罩": [("武汉市武昌区", "")], "雨衣": [("湖北省", "")], "蔬菜": [("武汉市", "")],
    }  # fmt: skip
    (call,) = page.calls
    assert (call["category"], call["lines"][0]["needed"], call["lines"][0]["lacking"]) == (
        "居家照护",
        "22 小时",
        "22 小时",
    )
    text = answer.content.decode()
    assert {"仍需要", "已有人接"} & words_of(text)
    assert "<script" not in text.split("<main")[1]


def test_a_service_that_others_supply_is_no_parcel_to_keep_at_home(client: Client) -> None:
    a_plan()
    a_cover(WUHAN, "home_care", quantity=None)
    a_cover(WUHAN, "vegetables", quantity=None)
    assert [group["category"] for group in client.get("/needed/").context["page"].enough] == ["蔬菜"]


def test_one_place_one_category_and_how_many_stand_in_each_part(client: Client) -> None:
    plan = a_plan()
    for quantity, place, category in ((500, JIANGAN, "surgical_mask"), (9, WUCHANG, "protective_suit")):
        a_plan_need(plan, a_verified_need(quantity, place, category))
    a_cover(WUHAN, "vegetables", quantity=None)
    whole = client.get("/needed/").context["page"]
    assert whole.counts == {"needed": 2, "enough": 1, "pending": 0, "calls": 0}
    assert {one["key"] for one in whole.categories} == {"surgical_mask", "protective_suit", "vegetables"}
    one = client.get("/needed/?category=protective_suit").context["page"]
    assert (groups(one.needed), one.enough) == ({"医用一次性防护服": [("武汉市武昌区", "9 件")]}, [])
    for strange in ("nothing_like_it", "%00", "' OR 1=1"):
        assert client.get("/needed/", {"category": strange}).context["page"].counts == whole.counts


def test_the_cards_of_an_older_response_stay_with_it(client: Client) -> None:
    a_plan_need(a_plan(), a_verified_need(500, JIANGAN))
    a_response("later", name="后来的响应", started_on=dt.date(2020, 2, 1))
    (group,) = client.get("/needed/?response=hubei-2020").context["page"].needed
    link = group["lines"][0]["href"]
    assert client.get(link).context["card"].word == "仍需要"
    assert client.get(link.partition("?")[0]).context["card"].word != "仍需要", "the newest response has no such need"
    listed = client.get("/api/v1/needed?response=hubei-2020").json()["items"]
    assert [one["card"].removeprefix("http://testserver") for one in listed] == [link]


def test_without_a_plan_or_a_response_nobody_is_asked_to_send_anything(client: Client) -> None:
    assert "现在没有进行中的应急响应" in client.get("/needed/").content.decode()
    a_verified_need(500, JIANGAN)
    page = client.get("/needed/")
    assert "还没有算出计划" in page.content.decode()
    assert page.context["page"].needed == []
    assert groups(page.context["page"].pending) == {"医用外科口罩": [("武汉市江岸区", "")]}


def test_an_exercise_is_not_there(client: Client) -> None:
    drill = a_response("drill", name="演练", is_exercise=True)
    need = a_verified_need(500, JIANGAN, response=drill)
    a_plan_need(a_plan(response=drill), need)
    assert "演练" not in client.get("/needed/?response=drill").content.decode()
    assert client.get(f"/needed/{JIANGAN}/surgical_mask/?response=drill").status_code == 404


def test_a_household_leaves_no_trace_but_its_district_and_category(client: Client) -> None:
    place = a_place(STREET)
    site = Site.objects.create(kind="compound", name="合成小区", place=place)
    contact = a_contact("19000000041", name="某某某", address="合成小区 9 栋 909")
    need = a_verified_need(
        7, STREET, "infant_formula", for_whom="self", requester="", site=site, item="某牌奶粉 3 段", note="双胞胎",
        submission=a_submission(contact=contact),
    )  # fmt: skip
    a_plan_need(a_plan(), need)
    pages = [
        client.get(path)
        for path in ("/needed/", f"/needed/{JIANGAN}/infant_formula/", f"/needed/{WUHAN}/infant_formula/")
    ]
    for page in pages:
        text = page.content.decode()
        assert "婴儿配方奶粉" in text
        assert "少量" in text
        for secret in ("合成小区", "某牌", "双胞胎", "19000000041", "某某某", need.code, place.name):
            assert secret not in text, secret
        assert "7" not in words_of(text)
    assert client.get(f"/needed/{STREET}/infant_formula/").status_code == 404


def test_the_card_follows_what_is_true_now(client: Client) -> None:
    plan = a_plan()
    need = a_verified_need(300, JIANGAN)
    a_plan_need(plan, need)
    path = f"/needed/{JIANGAN}/surgical_mask/"

    def word() -> str:
        return client.get(path).context["card"].word

    assert word() == "仍需要"
    assert client.get(path)["Cache-Control"] == "private, no-store"
    moved(need, 300, "accepted", plan=plan)
    assert word() == "已有人接"
    type(need).objects.filter(pk=need.pk).update(state="solved")
    assert word() == "已够、请不要再寄"
    a_verified_need(5, JIANGAN)
    assert word() == "正在核对，先不要寄"


def test_the_text_for_a_chat_and_the_times_are_in_beijing_time(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        a_plan_need(a_plan(number=77), a_verified_need(300, JIANGAN))
        page = client.get(f"/needed/{JIANGAN}/surgical_mask/")
    assert page.context["text"].splitlines() == [
        "【仍需要】医用外科口罩 300 只",
        "湖北省武汉市江岸区",
        "寄之前请再扫一次码；请先告诉我们您有什么，不要直接寄。",
        "依据第 77 号计划（02-06 14:30）和此刻的登记；截至 2020-02-06 14:30（北京时间）",
        "2020-02-07 14:30 以后请重新看",
        f"现在是不是还需要，看这里：http://testserver/needed/{JIANGAN}/surgical_mask/",
    ]


def test_the_code_of_the_picture_leads_to_the_card(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    a_plan_need(a_plan(), a_verified_need(300, JIANGAN))
    path = f"/needed/{JIANGAN}/surgical_mask"
    drawing = ET.fromstring(client.get(f"{path}.svg").content)
    words = "".join(element.text or "" for element in drawing.iter() if element.tag.endswith("text"))
    assert "医用外科口罩 300 只" in words
    if pictures.chinese_font() is not None:
        image = Image.open(io.BytesIO(client.get(f"{path}.png").content))
        assert [one.text for one in zxingcpp.read_barcodes(image)] == [f"http://testserver{path}/"]
    monkeypatch.setattr(pictures, "chinese_font", lambda: None)
    assert client.get(f"{path}.png").headers["Location"] == f"{path}.svg"


@pytest.mark.parametrize(
    "path", ["/needed/33/surgical_mask/", "/needed/4201/nothing/", "/needed/x/surgical_mask/", "/needed/٤٢/a/"]
)
def test_an_address_of_nothing_is_not_found(client: Client, path: str) -> None:
    a_response()
    assert client.get(path).status_code == 404


def test_a_service_is_a_call_for_volunteers_that_stops(client: Client) -> None:
    plan = a_plan()
    need = a_verified_need(40, JIANGAN, "home_care")
    a_plan_need(plan, need, 30)
    moved(need, 30, "planned", plan=plan)
    path = f"/needed/{WUHAN}/home_care/"
    assert client.get(path).context["card"].word == "招募志愿者"
    (call,) = client.get("/needed/").context["page"].calls
    assert [call["lines"][0][name] for name in ("needed", "able", "lacking")] == ["40 小时", "30 小时", "10 小时"]
    moved(need, 10, "planned", plan=a_plan(state="rejected"))
    cache.clear()
    assert client.get(path).context["card"].word == "已安排，先不要报名"  # approved, and no team has accepted
    (call,) = client.get("/needed/").context["page"].calls
    assert call["lines"][0]["filled"]


def test_the_page_is_small_and_asks_the_database_a_fixed_number_of_times(client: Client) -> None:
    plan = a_plan()

    def more(places: tuple[str, ...]) -> None:
        for place in places:
            for category in ("surgical_mask", "protective_suit", "goggles", "home_care"):
                need = a_verified_need(50, place, category)
                a_plan_need(plan, need, 20)
                moved(need, 20, "planned", plan=plan)

    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get("/needed/")
        return len(asked)

    more(("420102",))
    few = count()
    more(("420103", "420104", "420902", "421102"))
    assert count() == few < 20
    answer = client.get("/needed/", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 100 * 1024
    assert gzip.decompress(answer.content)
    with CaptureQueriesContext(connection) as asked:
        client.get("/needed/")
    assert len(asked) < few


def test_english_readers_get_english(client: Client) -> None:
    client.cookies["lang"] = "en"
    a_plan_need(a_plan(), a_verified_need(300, JIANGAN))
    text = client.get(f"/needed/{JIANGAN}/surgical_mask/").content.decode()
    assert "Still needed" in text
    assert "surgical mask" in text
