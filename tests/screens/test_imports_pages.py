"""The pages of imports: upload, preview, correction in place and on its own page, acceptance, undo, who sees what."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import builders as b
from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import ImportState
from tongzhou.chain.intake.services.sheets.files import LARGEST_BYTES
from tongzhou.kernel import changes
from tongzhou.kernel.access import SYSTEM

pytestmark = pytest.mark.django_db
TABLE = (
    "需求单位,物资名称,数量,单位,地址,联系电话\n"
    "武汉市测试医院,医用外科口罩,200,只,武汉市江汉区测试路1号,19000000001\n"
    "武汉市测试医院,一次性手套,两箱多一点,,武汉市江汉区测试路1号,19000000001\n"
)


@pytest.fixture
def coordinator(client: Client) -> Client:
    b.a_place("420103")
    b.a_response()
    return b.sign_in(client, b.an_account("coordinator", area=b.HUBEI, name="湖北协调员"))


def a_file(text: str | bytes = TABLE, name: str = "医院的表.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def upload(client: Client, **more: Any) -> ImportBatch:
    answer = client.post("/imports/upload/", {"file": a_file(**more), "source": ""})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return ImportBatch.objects.order_by("-created_at")[0]


def test_from_the_file_to_the_needs_and_back(coordinator: Client) -> None:
    batch = upload(coordinator)
    page = coordinator.get(f"/imports/{batch.pk}/").content.decode()
    assert "收下 2 条" in page
    assert "两箱多一点" in page
    assert "19000000001" not in page
    coordinator.post(f"/imports/{batch.pk}/accept/")
    coordinator.post(f"/imports/{batch.pk}/accept/")  # a double click, or a phone that tries again after a cut
    assert Need.objects.filter(state="received").count() == 2
    page = coordinator.get(f"/imports/{batch.pk}/").content.decode()
    assert "新增 2 条" in page
    changes.apply(Need.objects.get(item="医用外科口罩"), actor=SYSTEM, act="test", note="有人写的")
    coordinator.post(f"/imports/{batch.pk}/undo/")
    page = coordinator.get(f"/imports/{batch.pk}/").content.decode()
    assert "有 1 条在导入之后有人改过" in page
    assert Need.objects.filter(state="received").count() == 1


def test_a_row_is_corrected_without_scripts(coordinator: Client) -> None:
    batch = upload(coordinator)
    row = batch.rows.get(read__item="一次性手套")
    path = f"/imports/{batch.pk}/rows/{row.position}/?show=problem"
    page = coordinator.get(path)
    assert "两箱多一点" in page.content.decode()
    said = {
        "table": "need", "who": "武汉市测试医院", "item": "一次性手套", "category": "", "amount": "很多很多",
        "unit": "双", "place": "武汉市江汉区", "specification": "", "urgency": "", "due": "", "note": "写下的话",
        "version": str(row.version),
    }  # fmt: skip
    wrong = coordinator.post(path, said)
    assert wrong.status_code == 422
    assert "写下的话" in wrong.content.decode()  # nothing typed is lost
    assert "数量看不懂" in wrong.content.decode()
    right = coordinator.post(path, said | {"amount": "120"})
    assert right.status_code == 302
    row.refresh_from_db()
    assert row.fixed["quantity"] == 120
    stale = coordinator.post(path, said | {"amount": "130"})
    assert stale.status_code == 422
    assert "别人已经改过" in stale.content.decode()
    coordinator.post(f"/imports/{batch.pk}/accept/")
    assert Need.objects.get(item="一次性手套").quantity_asked == 120


def test_a_row_is_corrected_in_place(coordinator: Client) -> None:
    batch = upload(coordinator)
    row = batch.rows.get(read__item="一次性手套")
    path = f"/imports/{batch.pk}/rows/{row.position}/"
    form = coordinator.get(path, headers={"HX-Request": "true"}).content.decode()
    assert form.startswith(f'<tr id="row-{row.position}">'), form[:100]
    said = {
        "table": "need", "who": "武汉市测试医院", "item": "一次性手套", "amount": "120 双", "place": "武汉市江汉区",
        "version": row.version,
    }  # fmt: skip
    done = coordinator.post(path, said, headers={"HX-Request": "true"}).content.decode()
    assert "120 双" in done
    assert "<html" not in done
    back = coordinator.post(path, {"undo": "yes", "version": row.version + 1}, headers={"HX-Request": "true"})
    assert "未写明" in back.content.decode()


def test_what_is_refused_stands_beside_the_field(coordinator: Client) -> None:
    answer = coordinator.post("/imports/upload/", {"file": a_file("<html></html>", "表.xlsx"), "source": ""})
    assert answer.status_code == 422
    assert "里面却是网页" in answer.content.decode()
    assert not ImportBatch.objects.exists()
    empty = coordinator.post("/imports/upload/", {"source": "医院的表"})
    assert empty.status_code == 422
    assert 'value="医院的表"' in empty.content.decode()
    unread = upload(coordinator, text="甲,乙\n1,2\n", name="怪表.csv")
    page = coordinator.get(f"/imports/{unread.pk}/").content.decode()
    assert "认不出表头" in page
    english = Client()
    english.cookies.update(coordinator.cookies)
    english.cookies["lang"] = "en"
    assert "the headings are not recognised" in english.get(f"/imports/{unread.pk}/").content.decode()


def test_a_hundred_megabytes_are_refused_unread(coordinator: Client) -> None:
    answer = coordinator.post("/imports/upload/", {"file": a_file()}, CONTENT_LENGTH=str(100 * 2**20))
    assert answer.status_code == 413
    assert "20 MB" in answer.content.decode()
    assert coordinator.post("/imports/table/back/", {"file": a_file()}, CONTENT_LENGTH="x").status_code == 413
    assert LARGEST_BYTES == 20 * 2**20


def test_the_upload_needs_its_token(db: None) -> None:
    b.a_response()
    strict = b.sign_in(Client(enforce_csrf_checks=True), b.an_account("coordinator"))
    for path in ("/imports/upload/", "/imports/table/back/", "/imports/paste/"):
        assert strict.post(path, {"file": a_file(), "text": "x"}).status_code == 403
    assert not ImportBatch.objects.exists()


def test_the_paste_keeps_what_was_typed_and_lets_columns_be_named(coordinator: Client) -> None:
    empty = coordinator.post("/imports/paste/", {"text": " ", "source": "我的表"})
    assert empty.status_code == 422
    assert 'value="我的表"' in empty.content.decode()
    coordinator.post("/imports/paste/", {"text": "甲\t乙\t丙\n武汉市测试医院\t护目镜\t30\n", "source": ""})
    batch = ImportBatch.objects.get()
    page = coordinator.get(f"/imports/{batch.pk}/").content.decode()
    assert "每一列是什么" in page
    said = {
        "headed": "yes",
        "column-0": "需求单位",
        "column-1": "物资名称",
        "column-2": "数量",
        "column-3": "; drop table",
    }
    coordinator.post(f"/imports/{batch.pk}/columns/", said)
    batch.refresh_from_db()
    assert batch.state == ImportState.READY
    coordinator.post(f"/imports/{batch.pk}/accept/")
    assert Need.objects.get().quantity_asked == 30


def test_changes_and_rows_gone_are_shown_by_name(coordinator: Client) -> None:
    coordinator.post(f"/imports/{upload(coordinator).pk}/accept/")
    batch = upload(coordinator, text=TABLE.split("武汉市测试医院,一次性手套")[0].replace("200", "500"))
    changed = coordinator.get(f"/imports/{batch.pk}/?show=changed").content.decode()
    assert '<del class="cell--was">200</del>' in changed
    assert '<ins class="cell--now">500</ins>' in changed
    gone = coordinator.get(f"/imports/{batch.pk}/?show=gone").content.decode()
    assert "一次性手套" in gone
    position = batch.rows.get(verdict="gone").position
    coordinator.post(f"/imports/{batch.pk}/choices/", {f"d-{position}": "withdraw", "show": "gone", "page": "1"})
    coordinator.post(f"/imports/{batch.pk}/accept/")
    assert Need.objects.get(item="一次性手套").state == "withdrawn"


def test_the_table_goes_out_and_comes_back(coordinator: Client) -> None:
    need = b.a_need(place="420103")
    b.a_need(place="4209")
    page = coordinator.get("/imports/table/?place=4201").content.decode()
    assert "导出 1 条" in page
    out = coordinator.post("/imports/table/out/", {"query": "place=4201"})
    assert out["Content-Type"].endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(out.content))
    assert book["needs"]["A2"].value == str(need.pk)
    assert book["needs"]["A3"].value is None
    book["needs"].cell(2, 9).value = 777
    content = io.BytesIO()
    book.save(content)
    coordinator.post("/imports/table/back/", {"file": a_file(content.getvalue(), "改好.xlsx")})
    batch = ImportBatch.objects.get()
    assert "777" in b.words_of(coordinator.get(f"/imports/{batch.pk}/").content.decode())
    coordinator.post(f"/imports/{batch.pk}/accept/")
    need.refresh_from_db()
    assert need.quantity_asked == 777
    foreign = coordinator.post("/imports/table/back/", {"file": a_file(b"PK\x03\x04", "别的.xlsx")})
    assert foreign.status_code == 422
    other = io.BytesIO()
    openpyxl.Workbook().save(other)
    foreign = coordinator.post("/imports/table/back/", {"file": a_file(other.getvalue(), "别的.xlsx")})
    assert "这不是从同舟导出的需求表" in foreign.content.decode()


@pytest.mark.parametrize(
    "query", ["?place=%00", "?place=xx&urgency=9&category=%00&state=nope&q=%00", "?urgency=0&urgency=1&category=none"]
)
def test_strange_filters_do_no_harm(coordinator: Client, query: str) -> None:
    assert coordinator.get(f"/imports/table/{query}").status_code == 200


def test_who_may_open_it(coordinator: Client) -> None:
    batch = upload(coordinator)
    paths = ["/imports/", "/imports/paste/", "/imports/table/", f"/imports/{batch.pk}/", f"/imports/{batch.pk}/rows/1/"]
    for role in ("verifier", "liaison", "volunteer", "analyst", "admin"):
        other = b.sign_in(Client(), b.an_account(role))
        assert {other.get(path).status_code for path in paths} == {404}, role
    hospital = b.an_organisation("别家测试医院")
    clerk = b.sign_in(Client(), b.an_account("officer", organisation=hospital))
    assert clerk.get("/imports/").status_code == 200
    assert clerk.get(f"/imports/{batch.pk}/").status_code == 404
    for act in ("accept", "undo", "discard", "choices", "columns"):
        assert clerk.post(f"/imports/{batch.pk}/{act}/").status_code == 404
    assert Client().get("/imports/").status_code == 302


def test_the_preview_does_not_ask_the_database_more_for_more_rows(
    coordinator: Client, django_assert_max_num_queries: Any
) -> None:
    lines = [f"武汉市第{number}测试医院,医用外科口罩,{number},只,武汉市江汉区,\n" for number in range(2, 42)]
    batch = upload(coordinator, text=TABLE.splitlines()[0] + "\n" + "".join(lines))
    with django_assert_max_num_queries(20):
        coordinator.get(f"/imports/{batch.pk}/")


def test_script_in_a_table_is_shown_as_text(coordinator: Client) -> None:
    batch = upload(
        coordinator, text=TABLE + "<script>alert(1)</script>医院,<img src=x onerror=alert(1)>,5,只,武汉市江汉区,\n"
    )
    page = coordinator.get(f"/imports/{batch.pk}/?show=new").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
