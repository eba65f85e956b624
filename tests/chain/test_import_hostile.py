"""Hostile and broken files: each its clear answer, nothing lost, nothing run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import builders as b
from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import ImportState
from tongzhou.chain.intake.services.sheets import files, rows
from tongzhou.flows.accept_import import accept_import

pytestmark = pytest.mark.django_db


def bring(name: str, content: bytes) -> ImportBatch:
    b.a_place("420103")
    actor = b.an_actor("coordinator")
    batch = rows.open_batch(actor=actor, response=b.a_response(), kind="sheet", name=name, content=content)
    return rows.read_batch(actor=actor, batch=batch)


def failed(name: str, content: bytes) -> str:
    batch = bring(name, content)
    assert batch.state == ImportState.FAILED
    assert batch.failure["zh"]
    assert batch.failure["todo_en"]
    assert not batch.rows.exists()
    return str(batch.failure["code"])


def workbook(write: Any = None, **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        page = book.add_worksheet()
        for at, row in enumerate(
            (("需求单位", "物资名称", "数量", "单位", "地址"), ("武汉市测试医院", "口罩", 5, "只", "武汉市江汉区"))
        ):
            page.write_row(at, 0, row)
        if write:
            write(page)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("表.xlsx", b"<html><body><table><tr><td>x</td></tr></table></body></html>", "file_kind"),
        ("表.xlsx", b"MZ\x90\x00" + b"\x00" * 200, "file_kind"),
        ("表.csv", b"PK\x03\x04" + b"\x00" * 200, "file_kind"),
        ("表.xls", b"%PDF-1.7 ...", "file_kind"),
        ("表.exe", b"MZ", "file_kind"),
        ("表", b"abc", "file_kind"),
        ("表.xlsm", workbook(), "file_kind"),
        ("表.csv", b"", "no_rows"),
        ("表.csv", b" \n\n", "no_rows"),
        ("表.csv", "甲,乙\n1,2\n".encode(), "sheet_layout"),
        ("表.json", b"{", "file_unreadable"),
        ("表.json", b'{"a": 1}', "sheet_layout"),
        ("表.xlsx", workbook()[:400], "file_unreadable"),
        ("表.csv", b"\xff\xfe\x00\x00\x01", "encoding"),
        ("表.zip", b"PK\x03\x04" + b"\x00" * 50, "file_unreadable"),
    ],
)
def test_refused_with_a_reason(name: str, content: bytes, code: str) -> None:
    got = failed(name, content)
    assert got == code or (code == "encoding" and got in ("encoding", "file_unreadable"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b"[" + b" " * (80 * 2**20) + b"]")
    assert failed("表.zip", out.getvalue()) == "file_bomb"


def test_a_workbook_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in good.namelist():
            archive.writestr(part, good.read(part))
        archive.writestr("xl/media/image1.png", b"\x00" * (100 * 2**20))
    assert failed("表.xlsx", out.getvalue()) == "file_bomb"


def test_paths_in_a_zip_stay_inside_its_folder(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../outside.csv", "物资名称,数量\n口罩,5\n")
        archive.writestr("/abs.csv", "物资名称,数量\n口罩,5\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    files.lay_down("表.zip", out.getvalue(), inner)
    assert not (tmp_path / "outside.csv").exists()
    assert all(inner in path.parents for path in tmp_path.rglob("*.csv"))


def test_an_encrypted_workbook_says_so() -> None:
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
    )
    assert failed("表.xlsx", content) == "file_encrypted"


def test_macros_hidden_in_an_xlsx_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as good, zipfile.ZipFile(out, "w") as archive:
        for part in good.namelist():
            archive.writestr(part, good.read(part))
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert failed("表.xlsx", out.getvalue()) == "file_kind"


def test_a_hundred_megabytes_are_refused() -> None:
    assert failed("表.csv", b"a" * (files.LARGEST_BYTES + 1)) == "file_too_large"


def test_formula_cells_count_as_what_they_show_and_nothing_runs() -> None:
    def write(page: Any) -> None:
        page.write_row(2, 0, ("武汉市测试医院", "护目镜"))
        page.write_formula(2, 2, "=3+4", None, 7)
        page.write_string(3, 0, "武汉市测试医院")
        page.write_string(3, 1, '=HYPERLINK("http://evil.example","手套")')
        page.write_number(3, 2, 2)

    batch = bring("表.xlsx", workbook(write, strings_to_formulas=False))
    accept_import(actor=b.an_actor("coordinator"), batch_id=batch.pk)
    assert Need.objects.get(item="护目镜").quantity_asked == 7
    assert Need.objects.filter(item__startswith="=HYPERLINK").count() == 1  # text, shown as text


def test_merged_cells_lose_no_row() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ("需求单位", "物资名称", "数量", "单位", "地址"),
        ("武汉市测试医院", "口罩", 5, "只", "武汉市江汉区"),
        (None, "护目镜", 7, "个", None),
    ):
        page.append(row)
    page.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    batch = bring("表.xlsx", out.getvalue())
    assert batch.rows.count() == 2  # the second keeps its goods; whose it is, a person says


def test_script_in_cells_stays_text() -> None:
    batch = bring(
        "表.csv", "需求单位,物资名称,数量,地址\n<script>alert(1)</script>医院,<b>口罩</b>,5,武汉市江汉区\n".encode()
    )
    assert batch.state == ImportState.READY
    accept_import(actor=b.an_actor("coordinator"), batch_id=batch.pk)
    assert Need.objects.count() == 1


def test_a_table_without_end_of_columns_and_strange_names() -> None:
    wide = ",".join(f"列{number}" for number in range(2000))
    assert failed("../../etc/passwd.csv", f"{wide}\n{wide}\n".encode()) == "sheet_layout"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("医院需求 2020-02-06.xlsx", "医院需求"),
        ("医院需求2月.xlsx", "医院需求2月"),
        ("needs_20200206 (1).csv", "needs"),
        ("需求 副本.csv", "需求"),
        ("2020-02-06.csv", "2020-02-06"),
    ],
)
def test_a_table_is_known_by_its_name_without_date(name: str, source: str) -> None:
    assert files.source_name(name) == source


def test_dates_in_names() -> None:
    assert str(files.date_in("wuhan2020 2020-02-10.zip")) == "2020-02-10"
    assert str(files.date_in("表 2026-11-24 06.32.tsv")) == "2026-11-24"
    assert str(files.date_in("表20200206.csv")) == "2020-02-06"
    assert files.date_in("表.csv") is None
