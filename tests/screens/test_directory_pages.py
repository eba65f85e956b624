"""The directory of help for everybody and at its desk; the API of bulletins and directory."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from builders import WUHAN, a_place, an_account, sign_in
from builders_bulletins import a_bulletin, a_service
from tongzhou.desks.bulletins.models import Service

pytestmark = pytest.mark.django_db
FORM = {
    "agency": "市心理援助中心", "name": "心理援助热线", "topic": "mental", "phones": "12356", "area": "武汉市",
    "status": "active",
    "source": "国家卫健委公告", "opens_at": "00:00", "closes_at": "24:00",
}  # fmt: skip


def text_of(page: str) -> str:
    """What a page says, tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def signed(role: str) -> Client:
    return sign_in(Client(), an_account(role, area=WUHAN))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def test_crisis_numbers_stand_first_with_their_source(client: Client) -> None:
    a_service("急救", agency="急救中心", phone="120", place="0", topic="emergency", source="公共号码")
    line = a_service("全国统一心理援助热线", phone="12356", place="0")
    told = client.get("/directory/").content.decode()
    assert told.index("tel:120") < told.index("tel:12356")
    assert "有生命危险，现在就打" in told
    assert "政府网站" in page(client, f"/directory/{line.pk}/")


def test_an_entry_nobody_verified_is_not_public(client: Client) -> None:
    row = a_service()
    Service.objects.filter(pk=row.pk).update(verified_at=None)
    assert client.get(f"/directory/{row.pk}/").status_code == 404
    assert row.name not in page(client, "/directory/")
    assert json.loads(client.get("/directory/hsds.json").content)["contents"] == []


def test_search_keeps_what_was_typed_and_says_when_nothing_is_found(client: Client) -> None:
    a_place(WUHAN)
    a_service()
    assert "没有找到" in page(client, "/directory/?q=没有这样的&place=武汉市&group=older&topic=mental")
    told = client.get("/directory/?q=热线&place=武汉市").content.decode()
    assert 'value="热线"' in told
    assert "心理援助热线" in told
    assert client.get("/directory/?q=%00&place=%00&page=x&group=y").status_code == 200


def test_the_sheet_runs_no_formula(client: Client) -> None:
    a_service("=HYPERLINK(1)", agency="@agency")
    rows = list(csv.reader(io.StringIO(client.get("/directory/directory.csv").content.decode("utf-8-sig"))))
    assert rows[1][1:3] == ["'@agency", "'=HYPERLINK(1)"]


def test_the_desk_writes_verifies_and_withdraws() -> None:
    a_place(WUHAN)
    author, reviewer = signed("author"), signed("reviewer")
    assert author.post("/directory/desk/new/", FORM).status_code == 302
    row = Service.objects.get()
    at = f"/directory/desk/{row.pk}/"
    assert "是您写的" in page(author, at)
    assert author.post(f"{at}verify/", {"verify-words": "我写的没错", "verify-version": 1}).status_code == 422
    assert row.name in page(reviewer, "/directory/desk/")
    reviewer.post(f"{at}verify/", {"verify-words": "打通了，时间没变", "verify-version": row.version})
    told = page(Client(), f"/directory/{row.pk}/")
    assert "24 小时" in told
    assert "武汉市" in told
    again = author.get(f"{at}edit/").content.decode()
    assert 'value="12356"' in again
    row.refresh_from_db()
    author.post(f"{at}withdraw/", {"withdraw-words": "单位说已停办", "withdraw-version": row.version})
    assert Client().get(f"/directory/{row.pk}/").status_code == 404


def test_a_persons_mobile_number_is_refused_and_nothing_typed_is_lost() -> None:
    a_place(WUHAN)
    answer = signed("author").post("/directory/desk/new/", FORM | {"phones": "19000000001"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "不写手机号" in text
    assert "国家卫健委公告" in text


def test_a_file_is_brought_in_with_what_could_not_be_read() -> None:
    author = signed("author")
    told = json.dumps([{"id": "x", "name": "坏的一条", "status": "active", "organization": {}}]).encode()
    answer = author.post("/directory/desk/import/", {"file": SimpleUploadedFile("a.json", told)})
    assert "坏的一条" in answer.content.decode()
    answer = author.post("/directory/desk/import/", {"file": SimpleUploadedFile("a.json", b"{")})
    assert answer.status_code == 422


def api(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_api_lists_what_is_public(client: Client) -> None:
    row, _draft, service = a_bulletin(), a_bulletin(state="draft"), a_service()
    (one,) = api(client, f"/api/v1/bulletins?place={WUHAN}&kind=notice")["items"]
    assert (one["code"], one["showing"], one["places"], one["card"]) == (
        row.code,
        "current",
        [WUHAN],
        f"/b/{row.code}/",
    )
    assert api(client, f"/api/v1/bulletins/{row.code}")["title"] == row.title
    assert client.get("/api/v1/bulletins/12").status_code == 404
    (one,) = api(client, "/api/v1/directory?q=热线")["items"]
    assert (one["id"], one["phones"], one["stale"]) == (str(service.pk), ["12356"], False)
    assert api(client, f"/api/v1/directory/{service.pk}")["agency"] == "市心理援助中心"
