"""Lists: facets, search, cursor, export, permalink; nothing beyond what the reader may see."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from builders import (
    HUBEI,
    JIANGAN,
    WUHAN,
    XIAOGAN,
    a_lead,
    a_need,
    a_response,
    an_account,
    an_offer,
    an_organisation,
    sign_in,
)
from tongzhou.chain.intake.models import Need
from tongzhou.kernel import ids
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI))


def codes(page: Any) -> list[str]:
    return [row.key for row in page.context["sheet"].rows]


def figures(page: Any, facet: str) -> dict[str, str]:
    shown = next(one for one in page.context["sheet"].facets if one.key == facet)
    return {one.value: one.count for one in shown.picks}


def test_the_most_urgent_and_longest_waiting_stand_first(coordinator: Client) -> None:
    routine, life, first = a_need(urgency=3), a_need(urgency=0), a_need(urgency=1)
    second = a_need(urgency=1)
    assert codes(coordinator.get("/needs/")) == [life.code, first.code, second.code, routine.code]


def test_closed_needs_are_not_in_the_list_unless_asked_for(coordinator: Client) -> None:
    open_one, closed = a_need(), a_need(state="solved")
    assert codes(coordinator.get("/needs/")) == [open_one.code]
    assert codes(coordinator.get("/needs/?state=solved")) == [closed.code]
    assert set(codes(coordinator.get("/needs/?state=all"))) == {open_one.code, closed.code}


def test_facets_narrow_and_count_what_the_other_filters_leave(coordinator: Client) -> None:
    wanted = a_need(urgency=0, place=JIANGAN)
    a_need(urgency=0, place=XIAOGAN)
    a_need(urgency=2, place=JIANGAN)
    page = coordinator.get(f"/needs/?urgency=0&place={WUHAN}")
    assert codes(page) == [wanted.code]
    # Urgency: its own filter does not count. Place: what lies below Wuhan.
    assert figures(page, "urgency") == {"0": "1", "1": "0", "2": "1", "3": "0"}
    assert figures(page, "place")[JIANGAN] == "1"
    assert [chip.value for chip in page.context["sheet"].chips if chip.value in ("0", WUHAN)] == ["0", WUHAN]


def test_a_two_character_word_is_found(coordinator: Client) -> None:
    a_need(item="医用外科口罩")
    gown = a_need(item="防护服", category="protective_suit")
    assert codes(coordinator.get("/needs/?q=防护")) == [gown.code]
    assert codes(coordinator.get("/needs/?q=护目")) == []


def test_the_cursor_walks_every_row_once_in_both_directions(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongzhou.screens.records import tables

    monkeypatch.setattr(tables, "PAGE_SIZE", 3)
    for number in range(8):
        a_need(urgency=number % 3, state="verified" if number % 2 else "received")
    whole, seen, address = [], [], "/needs/"
    expected = list(Need.objects.order_by("urgency_order", "created_at", "id").values_list("code", flat=True))
    while address:
        page = coordinator.get(address)
        seen.append(codes(page))
        whole += codes(page)
        older = page.context["sheet"].older
        address = f"/needs/{older}" if older else ""
    assert whole == expected
    assert [len(one) for one in seen] == [3, 3, 2]
    back = coordinator.get(f"/needs/{page.context['sheet'].newer}")
    assert codes(back) == seen[1]
    assert codes(coordinator.get(f"/needs/{back.context['sheet'].newer}")) == seen[0]


@pytest.mark.parametrize(
    "address", ["?at=xx", "?at=WzBd", "?sort=password", "?state=nonsense", "?place=99", "?urgency=9", "?q=%00"]
)
def test_an_odd_address_is_answered_with_the_list_and_says_so(coordinator: Client, address: str) -> None:
    a_need()
    page = coordinator.get(f"/needs/{address}")
    assert page.status_code == 200
    assert len(codes(page)) == 1


def test_queries_do_not_grow_with_rows(coordinator: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert coordinator.get(path).status_code == 200
        return len(seen)

    for _number in range(5):
        a_need(organisation=an_organisation(), urgency=1, place=JIANGAN)
        an_offer()
        a_lead()
    paths = ["/needs/", f"/needs/?urgency=1&place={WUHAN}&q=口罩", "/offers/", "/leads/"]
    few = [count(path) for path in paths]
    for _number in range(45):
        a_need(organisation=an_organisation(), urgency=1, place=JIANGAN)
        an_offer()
        a_lead()
    assert [count(path) for path in paths] == few


def test_csv_is_what_is_seen(coordinator: Client) -> None:
    a_need(item="=HYPERLINK(1)", urgency=0)
    a_need(item="口罩", urgency=2)
    page = coordinator.post("/needs/export/?urgency=0&col=urgency&col=asked", {"as": "csv"})
    text = b"".join(page.streaming_content)
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows == [["紧急程度", "需要什么", "要多少"], ["危及生命", "'=HYPERLINK(1)", "200"]]
    entry = AuditEntry.objects.get(act="need.export")
    assert entry.changes["export"]["rows"] == 1
    assert "urgency=0" in entry.changes["export"]["view"]


def test_xlsx_is_what_is_seen(coordinator: Client) -> None:
    need = a_need(item="+口罩")
    page = coordinator.post("/needs/export/", {"as": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(page.streaming_content)))
    rows = list(book.active.values)
    assert rows[0][1:3] == ("需要什么", "编号")
    assert rows[1][1] == "'+口罩"
    assert rows[1][2] == ids.format_code(need.code)
    assert rows[1][3] == 200


def test_nobody_sees_a_contact_in_a_list_or_a_file(coordinator: Client) -> None:
    from builders import a_contact

    a_need(contact=a_contact("19000000042", name="某某某", address="某小区3栋"))
    seen = coordinator.get(
        "/needs/?" + "&".join(f"col={key}" for key in ("urgency", "who", "place", "updated"))
    ).content.decode()
    sent = b"".join(coordinator.post("/needs/export/?", {"as": "csv"}).streaming_content).decode()
    for text in ("19000000042", "某某某", "3栋"):
        assert text not in seen
        assert text not in sent


def test_the_area_of_the_role_bounds_the_list(client: Client) -> None:
    here, _there = a_need(place=JIANGAN), a_need(place=XIAOGAN)
    sign_in(client, an_account("coordinator", area=WUHAN))
    page = client.get("/needs/?state=all")
    assert codes(page) == [here.code]
    assert page.context["sheet"].total == "1"
    assert here.code in b"".join(client.post("/needs/export/", {"as": "csv"}).streaming_content).decode().replace(
        "-", ""
    )


def test_a_volunteer_has_no_lists(client: Client) -> None:
    sign_in(client, an_account("volunteer"))
    assert [client.get(path).status_code for path in ("/needs/", "/offers/", "/leads/")] == [404, 404, 404]


def test_another_response_is_chosen_by_name(coordinator: Client) -> None:
    here = a_need()
    other = a_response("flood-2021", name="洪水")
    there = a_need(response=other)
    assert codes(coordinator.get("/needs/?response=flood-2021")) == [there.code]
    assert here.code in codes(coordinator.get("/needs/?response=hubei-2020"))
