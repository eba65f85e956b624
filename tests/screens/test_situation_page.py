"""The situation sheet: figures, gaps, asks and how fresh they are, on one A4, with nothing fetched from outside."""

import datetime as dt
import io
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from builders import (
    HUBEI,
    JIANGAN,
    WUCHANG,
    WUHAN,
    XIAOGAN,
    a_place,
    a_response,
    an_account,
    an_actor,
    an_offer,
    sign_in,
)
from builders_cover import a_cover, a_plan, a_plan_need, a_verified_need, moved
from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel import changes, clock, ids, papers, pictures
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.situation import paper
from tongzhou.screens.situation.selectors import area_for, sheet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def liaison(client: Client) -> Client:
    return sign_in(client, an_account("liaison", area=HUBEI))


def a_receipt(one: Assignment, received: int, **over: Any) -> None:
    said = {"how": "call", "at": clock.now(), "key": ids.new_code()} | over
    Receipt.objects.create(assignment=one, received=received, **said)


def a_world() -> None:
    plan = a_plan()
    now = clock.now()
    masks = a_verified_need(500, JIANGAN, urgency=0)
    a_plan_need(plan, masks, 100, "no_offer")
    masks_sent = moved(masks, 100, "in_transit", plan=plan, sent_at=now - dt.timedelta(hours=1))
    for number in range(4):
        a_plan_need(plan, a_verified_need(10, f"42010{number + 3}", urgency=2), 0, "not_authorised")
    done = a_verified_need(30, WUCHANG, state="solved", solved_by="helped", state_since=now)
    a_receipt(moved(done, 30, "received", plan=plan, confirmed_at=now), 30)
    a_receipt(masks_sent, 40)  # a part of what is on its way; the need stays open
    nobody = moved(
        a_verified_need(1, WUCHANG, state="withdrawn", verified_at=None), 1, "in_transit", plan=plan, state="withdrawn"
    )
    a_receipt(nobody, 0, missing=1, difference="not_home")
    old = now - dt.timedelta(days=3)
    moved(a_verified_need(5, XIAOGAN, verified_at=old), 5, "accepted", sent_at=old)
    a_cover(WUHAN, "vegetables")


def sheet(place: str = HUBEI):
    return sheet_of(an_actor("liaison", area=HUBEI), a_response(), a_place(place), clock.now())


def test_every_figure_is_counted_and_says_where_it_is_from() -> None:
    a_world()
    found = sheet()
    assert [one.number for one in found.figures] == ["6", "14%", "5", "2"]
    assert [one.more for one in found.figures] == [
        "其中危及生命 1", "1 / 7 件，收够了才算", "有需要的一共 6 处", "其中已发出 1",
    ]  # fmt: skip
    assert all(one.source and one.at for one in found.figures)
    assert {one.what: one.number for one in found.changes} == {
        "核实了的求助": "6", "得到帮助的求助": "1", "过期的求助": "0", "发出的派单": "1", "有人收到东西的派单": "2",
        "没有接、超时的派单": "0", "新写的“已覆盖”": "1",
    }  # fmt: skip


def test_a_need_helped_before_and_written_in_today_is_not_helped_today() -> None:
    need = a_verified_need(30, WUCHANG)
    long_ago = clock.now() - dt.timedelta(days=2)
    changes.apply(need, actor=an_actor("coordinator"), act="need.solve", state="solved", solved_by="helped")
    said = {one.key: one.value for one in sheet().changes}
    assert said["helped"] == 1
    type(need).objects.filter(pk=need.pk).update(state_since=long_ago)
    need.refresh_from_db()
    changes.apply(need, actor=an_actor("coordinator"), act="need.edit", note="谢谢")
    said = {one.key: one.value for one in sheet().changes}
    assert said["helped"] == 0
    assert next(one for one in sheet().figures if one.key == "helped").at == long_ago


def test_the_worst_gaps_first_and_what_is_asked_for() -> None:
    a_world()
    found = sheet()
    assert [(one["where"], one["gap"], one["share"], one["reason"]) for one in found.gaps][:2] == [
        ("湖北省武汉市江岸区", "400 只", "80%", "没有人提供"),
        ("湖北省武汉市江汉区", "10 只", "100%", "无权前往"),
    ]
    assert found.asks == [
        "请调拨医用外科口罩 400 只（江岸区）：没有单位提供。",
        "请准许跨区送达医用外科口罩 40 只（江汉区、硚口区、汉阳区等 4 处）：有货，没有单位有权前往。",
    ]


def test_what_the_plan_would_serve_waits_for_approval_and_is_not_asked_for() -> None:
    plan = a_plan(state="ready")
    a_plan_need(plan, a_verified_need(300, JIANGAN), 300)
    a_plan_need(plan, a_verified_need(200, WUCHANG), 150, "shared_fairly")
    a_verified_need(5, XIAOGAN)
    found = sheet()
    assert {one["where"]: (one["gap"], one["reason"]) for one in found.gaps} == {
        "湖北省武汉市江岸区": ("300 只", "计划里有，等人批准"),
        "湖北省武汉市武昌区": ("200 只", "公平分配后不足（计划够不着 50 只）"),
        "湖北省孝感市": ("5 只", "还没有计划说明"),
    }
    assert found.asks == [
        "请增加医用外科口罩的货源 50 只（武昌区）：现有的已先给更急、更近或按比例分完。",
    ]


def test_what_an_approved_plan_served_and_is_lacking_again_says_so() -> None:
    a_plan_need(a_plan(), a_verified_need(300, JIANGAN), 300)
    found = sheet()
    assert [one["reason"] for one in found.gaps] == ["计划之后又缺的，等下一次计划"]
    assert found.asks == []


def test_how_fresh_a_figure_is_is_said_of_the_place_of_the_sheet() -> None:
    moved(a_verified_need(500, JIANGAN), 100, "in_transit", sent_at=clock.now())
    a_cover(WUCHANG)
    assert sheet(WUHAN).figures[3].at is not None
    assert [one.at for one in sheet(XIAOGAN).figures] == [None] * 4


def test_a_city_counts_only_what_lies_in_it() -> None:
    a_world()
    found = sheet(XIAOGAN)
    assert [one.number for one in found.figures] == ["1", "0%", "0", "1"]
    assert (found.gaps, found.asks) == ([], [])


def test_the_tiles_and_the_list_say_the_same() -> None:
    for code in (XIAOGAN, "429004"):
        a_place(code)
    a_world()
    found = sheet()
    assert [(row["name"], row["lacking"], row["needed"]) for row in found.rows] == [("武汉市", 1, 1), ("孝感市", 0, 1)]
    assert {tile["name"]: (tile["figure"], tile["high"]) for tile in found.tiles["list"]} == {
        "武汉市": ("1/1", 60.0), "孝感市": ("0/1", 0.0), "仙桃市": ("", 0.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("area", "asked", "code"),
    [(WUHAN, "", WUHAN), ("", "", HUBEI), (WUHAN, HUBEI, HUBEI), (WUHAN, "33", HUBEI), (WUHAN, "x", HUBEI)],
)
def test_the_sheet_is_about_the_own_area_unless_another_is_named(area: str, asked: str, code: str) -> None:
    a_place(WUHAN)
    assert area_for(an_actor("liaison", area=area), a_response(), asked).code == code


def test_who_has_no_business_here_sees_nothing() -> None:
    for role in ("verifier", "officer", "volunteer", "admin"):
        with pytest.raises(Refusal, match="not_found"):
            sheet_of(an_actor(role), a_response(), a_place(HUBEI), clock.now())


def test_the_number_of_statements_does_not_grow(liaison: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert liaison.get("/situation/").status_code == 200
        return len(asked)

    a_world()
    few = count()
    a_world()
    assert count() == few < 32


def _pdf(client: Client) -> pypdf.PdfReader:
    answer = client.get("/situation/sheet.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert len(answer.content) < paper.LARGEST
    return pypdf.PdfReader(io.BytesIO(answer.content))


def test_the_pdf_is_one_a4_with_the_same_words(liaison: Client) -> None:
    if paper.why_not():
        pytest.skip("no Pango or no Chinese font on this machine: the page says so, see the next test")
    for code in (
        "4201",
        "4202",
        "4203",
        "4205",
        "4206",
        "4207",
        "4208",
        "4209",
        "4210",
        "4211",
        "4212",
        "4213",
        "4228",
    ):
        a_place(code)
    plan = a_plan()
    for number, category in enumerate(
        ("surgical_mask", "protective_suit", "psychological_counselling", "patient_transport")
    ):
        for place in ("422801", "420982", "421102"):
            a_plan_need(plan, a_verified_need(10**6 + number, place, category), 0, ("no_offer", "window")[number % 2])
    liaison.cookies["lang"] = "en"  # the longer of the two
    made = _pdf(liaison)
    assert len(made.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in made.pages[0].mediabox[2:]] == [210, 297]
    words = " ".join(made.pages[0].extract_text().split())
    assert "Situation" in words
    assert "1,000,000 piece" in words
    assert "Sources and freshness" in words


def test_a_machine_that_makes_no_pdf_says_so_and_what_to_do(liaison: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    a_response()
    monkeypatch.setattr(papers, "library", lambda: None)
    answer = liaison.get("/situation/sheet.pdf?response=hubei-2020")
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "libpango" in text
    assert 'href="/situation/?response=hubei-2020"' in text
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "chinese_font", lambda: None)
    monkeypatch.setattr(papers, "library", lambda: object())
    assert "fonts-noto-cjk" in liaison.get("/situation/sheet.pdf").content.decode()


def test_the_sheet_fetches_nothing() -> None:
    for address in ("http://127.0.0.1/x.png", "file:///etc/passwd", "/static/tongzhou/base.css"):
        with pytest.raises(ValueError, match="fetches nothing"):
            papers.refuse(address)


def test_a_city_has_a_gap_map_too_and_it_says_that_its_order_means_nothing(liaison: Client) -> None:
    for number in range(3, 8):
        a_place(f"42010{number}")
    a_world()
    tiles = sheet(WUHAN).tiles["list"]
    assert [(tile["short"], tile["figure"]) for tile in tiles][:3] == [
        ("江岸", "1/1"),
        ("江汉", "1/1"),
        ("硚口", "1/1"),
    ]
    assert len({(tile["x"], tile["y"]) for tile in tiles}) == len(tiles) > 3
    assert "按代码排列" in liaison.get(f"/situation/?place={WUHAN}").content.decode()
    assert "按代码排列" not in liaison.get(f"/situation/?place={HUBEI}").content.decode()


def test_the_same_sheet_is_drawn_once_whoever_takes_it_and_anew_when_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []

    class Library:
        """Counts what is drawn."""

        class CSS:
            def __init__(self, **_said: object) -> None:
                """Nothing to read."""

        class HTML:
            pages = (1,)

            def __init__(self, string: str, **_said: object) -> None:
                self.string = string

            def render(self, **_said: object) -> "Library.HTML":
                return self

            def write_pdf(self) -> bytes:
                drawn.append(self.string)
                return b"%PDF-1.7"

    monkeypatch.setattr(papers, "library", lambda: Library)
    paper._drawn.cache_clear()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    a_world()
    for _time in range(2):
        assert paper.pdf_of(sheet()) == b"%PDF-1.7"
    assert len(drawn) == 1
    paper.pdf_of(sheet(WUHAN))
    a_cover(WUCHANG, "vegetables")
    paper.pdf_of(sheet())
    assert len(drawn) == 3
    paper._drawn.cache_clear()


def test_one_pdf_at_a_time_and_the_next_is_told(liaison: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    if paper.why_not():
        pytest.skip("no Pango or no Chinese font on this machine")
    a_response()
    monkeypatch.setattr(papers, "WAIT_SECONDS", 0)
    assert papers._one_at_a_time.acquire(timeout=0)
    try:
        assert liaison.get("/situation/sheet.pdf").status_code == 503
    finally:
        papers._one_at_a_time.release()


def test_an_offer_alone_makes_no_figure() -> None:
    an_offer(state="verified")
    assert [one.number for one in sheet().figures] == ["0", "–", "0", "0"]
