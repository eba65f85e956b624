"""Who does what where as a page, cover as pages, and the file that humanitarian tools read."""

import csv
import datetime as dt
import io
import re

import openpyxl
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
    an_offer,
    an_organisation,
    sign_in,
    words_of,
)
from builders_cover import a_cover, a_plan, a_plan_need, a_verified_need, moved
from tongzhou.kernel import clock
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.cover.models import Cover
from tongzhou.screens.gaps.export import COLUMNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI, name="湖北协调员"))


def a_world(again: str = "") -> None:
    """Jiang'an lacks 400 of 500 masks and gets 30 suits too many; Wuchang has its masks; Xiaogan lacks vegetables."""
    plan = a_plan()
    giver = an_organisation(f"武汉测试基金会{again}", kind="foundation")
    masks = a_verified_need(500, JIANGAN)
    a_plan_need(plan, masks, 100, "not_authorised", text_zh="有货，无人可去", text_en="stock, nobody may go")
    moved(masks, 100, "in_transit", plan=plan, offer=an_offer(organisation=giver, state="verified"))
    here = a_verified_need(20, WUCHANG)
    a_plan_need(plan, here, 20)
    moved(here, 20, "received", plan=plan, offer=an_offer(organisation=giver, state="verified"))
    suits = a_verified_need(70, JIANGAN, "protective_suit", urgency=0)
    for number in range(2):
        other = an_organisation(f"第{number}测试慈善会{again}")
        moved(suits, 50, "accepted", plan=plan, offer=an_offer(category="protective_suit", organisation=other))
    a_verified_need(8, XIAOGAN, "vegetables", for_whom="self", requester="")


def test_places_beside_kinds_gaps_with_reasons_and_what_is_double(coordinator: Client) -> None:
    for code in (XIAOGAN, "429004", "4228"):
        a_place(code)
    a_world()
    answer = coordinator.get("/gaps/")
    page = answer.context["page"]
    assert [(row["name"], [cell["text"] for cell in row["cells"]]) for row in page.crossing.rows] == [
        ("武汉市", ["1 / 2"]),
        ("孝感市", ["1 / 1"]),
    ]
    tiles = {tile["name"]: (tile["figure"], tile["level"]) for tile in page.tiles}
    assert tiles == {"武汉市": ("1/2", 0.5), "孝感市": ("1/1", 1.0)}
    told = [[one[name] for name in ("category", "gap", "needed", "share", "reason", "text")] for one in page.gaps]
    assert told == [
        ["蔬菜", "8 千克", "8 千克", "100%", "还没有计划说明", ""],
        ["医用外科口罩", "400 只", "500 只", "80%", "无权前往", "有货，无人可去"],
    ]
    assert [(one["kind"], one["quantity"], one["whos"]) for one in page.overlaps] == [
        ("两家以上，超出需要", "30 件", "第0测试慈善会、第1测试慈善会")
    ]
    assert {"武汉测试基金会", "400", "无权前往"} <= words_of(answer.content.decode())


def test_one_category_shows_where_each_quantity_is(coordinator: Client) -> None:
    a_world()
    a_cover(WUHAN, quantity=150)
    page = coordinator.get(f"/gaps/?place={WUHAN}&category=surgical_mask").context["page"]
    lines = {line.name: line.cells for line in page.by_place if line.href}
    # needed, approved, accepted, on its way, received, covered, gap, received in all
    assert lines == {
        "江岸区": ["500", "", "", "100", "", "150", "250", ""],
        "武昌区": ["20", "", "", "", "20", "", "", "20"],
    }
    # Who covers the whole city stands in a line of the city itself.
    assert [(line.name, line.whos) for line in page.by_place if not line.href] == [("没有写到下一级的", "区指挥部")]
    assert [part["name"] for part in page.above] == ["湖北省", "武汉市"]


def test_what_an_address_says_and_nobody_knows_counts_as_not_said(coordinator: Client) -> None:
    a_world()
    for query in ("?place=33", "?place=420102001", "?kind=x&category=%00", "?response=none", "?place=٤٢"):
        page = coordinator.get(f"/gaps/{query}")
        assert page.status_code == 200
        assert page.context["view"].place.code == HUBEI


def test_an_empty_response_says_why_it_is_empty(coordinator: Client) -> None:
    a_response()
    assert "还没有可以合计的" in coordinator.get("/gaps/").content.decode()


def test_every_category_of_a_kind_and_every_district_has_its_page(coordinator: Client) -> None:
    a_world()
    page = coordinator.get("/gaps/").context["page"]
    hrefs = [f"/gaps/{one['href']}" for one in (*page.kinds, *page.above, *page.crossing.heads)]
    hrefs += [f"/gaps/{line.href}" for line in page.by_category] + [one["href"] for one in page.gaps]
    assert {href: coordinator.get(href).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)
    crossing = coordinator.get(f"/gaps/?kind=goods&place={WUHAN}").context["page"].crossing
    assert [[cell["text"] for cell in row["cells"]] for row in crossing.rows] == [["400 只", "✓"], ["✓", ""]]


def test_the_number_of_statements_does_not_grow(coordinator: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get("/gaps/").status_code == 200
        return len(asked)

    a_world()
    a_cover()
    few = count()
    a_world("二")
    assert count() == few < 30


def test_what_one_organisation_does_and_what_is_lacking_beside_it(coordinator: Client) -> None:
    a_world()
    a_verified_need(60, WUCHANG)
    giver = next(
        one for one in coordinator.get("/gaps/").context["page"].figures.doings if one.who.name == "武汉测试基金会"
    )
    page = coordinator.get(f"/gaps/who/{giver.who.key}/")
    assert [(row["place"], row["in_transit"], row["received"]) for row in page.context["rows"]] == [
        ("湖北省武汉市江岸区", "100", ""),
        ("湖北省武汉市武昌区", "", "20"),
    ]
    assert [(one["place"], one["gap"]) for one in page.context["near"]] == [
        ("湖北省武汉市江岸区", "400 只"),
        ("湖北省武汉市武昌区", "60 只"),
    ]
    record = coordinator.get(f"/orgs/{giver.who.key}/").content.decode()
    assert f'href="/gaps/who/{giver.who.key}/"' in record


#: A hashtag with its attributes, as the HXL standard 1.1 writes them.
TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+[A-Za-z][A-Za-z0-9_]*)*")


def test_the_file_obeys_the_rules_of_hxl_in_both_languages(coordinator: Client) -> None:
    a_world()
    a_cover(WUHAN, quantity=None, by_name="=市指挥部")
    for language in ("zh-hans", "en"):
        coordinator.cookies["lang"] = language
        answer = coordinator.get("/gaps/export/3w.csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        heads, tags, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert all(TAG.fullmatch(tag) for tag in tags), tags
        assert len(set(tags)) == len(tags) == len(heads) == len(COLUMNS)
        assert not any(TAG.match(head) for head in heads)
        assert all(len(row) == len(tags) for row in rows)
        assert not any(cell.startswith("#") for row in rows for cell in row)
        at = {tag: number for number, tag in enumerate(tags)}
        for row in rows:
            assert all(row[at[tag]] for tag in ("#org+name", "#activity+code", "#adm1+code", "#item+unit"))
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[at["#date+reported"]])
            for tag in ("#targeted+planned", "#targeted+accepted", "#targeted+in_transit", "#reached"):
                assert row[at[tag]].isdigit()
            assert row[at["#adm3+code"]][:4] in ("", row[at["#adm2+code"]])
    found = {(row[0], row[at["#adm3+code"]]): row for row in rows}
    given = found["武汉测试基金会", JIANGAN]
    assert [given[at[tag]] for tag in ("#targeted+in_transit", "#reached", "#adm3+name", "#status")] == [
        "100", "0", "Jiang'an District", "on its way",
    ]  # fmt: skip
    assert found["'=市指挥部", ""][at["#capacity+covered"]] == ""


def test_the_workbook_says_the_same_and_the_trail_keeps_who_took_it(coordinator: Client) -> None:
    a_world()
    rows = list(csv.reader(io.StringIO(coordinator.get("/gaps/export/3w.csv").content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(coordinator.get("/gaps/export/3w.xlsx").content))
    cells = [["" if value is None else str(value) for value in row] for row in book["3w"].iter_rows(values_only=True)]
    assert cells == rows
    said = [entry.changes["export"] for entry in AuditEntry.objects.filter(act="cover.export").order_by("id")]
    assert [(one["as"], one["rows"]) for one in said] == [("csv", 4), ("xlsx", 4)]


def test_the_file_holds_what_the_page_shows_and_no_more(coordinator: Client) -> None:
    a_world()
    a_cover(WUHAN, "home_care", quantity=None)
    a_cover(WUHAN, "vegetables", quantity=5)

    def categories(query: str) -> set[str]:
        text = coordinator.get(f"/gaps/export/3w.csv{query}").content.decode("utf-8-sig")
        _heads, tags, *rows = csv.reader(io.StringIO(text))
        return {row[tags.index("#activity+code")] for row in rows}

    assert {"vegetables", "home_care", "surgical_mask"} <= categories("")
    assert categories("?category=vegetables") == {"vegetables"}
    assert categories("?kind=in_person") == {"home_care"}


COVER = {
    "place": "武汉市江岸区", "category": "医用外科口罩", "quantity": "2万", "by": "government",
    "by_name": "江岸区指挥部",
    "starts_on": "2020-02-05", "ends_on": "", "source": "区指挥部 2 月 5 日通知",
}  # fmt: skip


def test_cover_is_written_down_and_lands_on_the_list(coordinator: Client) -> None:
    a_response()
    a_place(JIANGAN)
    assert coordinator.post("/gaps/cover/add/", COVER).status_code == 302
    row = Cover.objects.get()
    assert (row.place_id, row.category_id, row.quantity, row.by_name) == (
        JIANGAN,
        "surgical_mask",
        20000,
        "江岸区指挥部",
    )
    page = coordinator.get("/gaps/cover/").content.decode()
    assert {"江岸区指挥部", "20", "000"} <= words_of(page)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"quantity": ""}, "quantity"),  # all of it is never what a blank means
        ({"whole": "on"}, "quantity"),
        ({"category": "口"}, "category"),
        ({"place": "火星"}, "place"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"source": "某人 19000000001"}, "source"),
    ],
)
def test_a_form_with_a_mistake_comes_back_filled_in(coordinator: Client, over: dict[str, str], field: str) -> None:
    a_response()
    a_place(JIANGAN)
    answer = coordinator.post("/gaps/cover/add/", COVER | over)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "江岸区指挥部" in answer.content.decode()
    assert not Cover.objects.exists()


def test_cover_of_everything_an_end_and_a_withdrawal(coordinator: Client) -> None:
    a_response()
    a_place(JIANGAN)
    coordinator.post("/gaps/cover/add/", COVER | {"quantity": "", "whole": "on"})
    row = Cover.objects.get()
    assert row.quantity is None
    today = clock.beijing(clock.now()).date()
    stale = {"version": 7, "end-ends_on": today, "end-reason": "只到今天为止"}
    assert coordinator.post(f"/gaps/cover/{row.pk}/end/", stale).status_code == 422
    assert coordinator.post(f"/gaps/cover/{row.pk}/end/", stale | {"version": 1}).status_code == 302
    said = {"version": 2, "withdraw-reason": "没有落实"}
    assert coordinator.post(f"/gaps/cover/{row.pk}/withdraw/", said).status_code == 302
    row.refresh_from_db()
    assert (row.ends_on, row.withdrawn_at is not None) == (today, True)
    assert {"只到今天为止", "没有落实"} <= words_of(coordinator.get(f"/gaps/cover/{row.pk}/").content.decode())
    assert coordinator.get("/gaps/cover/").context["page"].paginator.count == 0
    assert coordinator.get("/gaps/cover/?show=over").context["page"].paginator.count == 1


def test_a_place_of_others_is_named_as_such(client: Client) -> None:
    sign_in(client, an_account("coordinator", area=XIAOGAN, line="supplies"))
    a_response()
    a_place(JIANGAN)
    answer = client.post("/gaps/cover/add/", COVER)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["place"])
    assert dt.date(2020, 2, 5) == answer.context["form"].cleaned_data["starts_on"]
