"""plan.xlsx: opened again by another library."""

import io
import zipfile

import openpyxl
import pytest
from reporting_world import NEEDS, OFFERS, world

from tongzhou_engines.reporting import workbook, write_workbook

NAMES = ["总览 Summary", "派单 Assignments", "缺口 Gaps", "暂缓 Holds", "需求 Needs", "供给 Offers", "覆盖 Coverage",
         "问题 Problems", "说明 Readme"]  # fmt: skip


@pytest.fixture(scope="module")
def plan():
    return world()


@pytest.fixture(scope="module")
def book(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(plan, path)
    return openpyxl.load_workbook(path)


def column(sheet, heading):
    """Values below the heading whose English second line is `heading`."""
    for cells in sheet.iter_cols(min_row=1):
        if str(cells[0].value).split("\n")[-1] == heading:
            return [c.value for c in cells[1:]]
    raise AssertionError(f"no column {heading} in {sheet.title}")


def test_sheets(book):
    assert book.sheetnames == NAMES


def test_assignments_are_all_there(book, plan):
    sheet = book["派单 Assignments"]
    got = sorted(zip(*(column(sheet, h) for h in ("Offer id", "Need id")), strict=True))
    assert got == sorted(plan.assignments.select("offer_id", "need_id").rows())
    quantity = dict(zip(column(sheet, "Offer id"), column(sheet, "Quantity"), strict=True))
    assert quantity["o05"] == 20
    assert quantity["o08"] == pytest.approx(10000.50)  # money in yuan
    marks = dict(zip(column(sheet, "Offer id"), column(sheet, "Synthetic"), strict=True))
    assert {o for o, m in marks.items() if m} == {"o02", "o04"}
    assert all(m == "合成\nsynthetic" for m in marks.values() if m)


def test_room_to_fill_in(book):
    sheet = book["派单 Assignments"]
    assert set(column(sheet, "Status (fill in)")) == set(column(sheet, "Notes (fill in)")) == {None}
    (rule,) = sheet.data_validations.dataValidation
    assert "已送达 arrived" in rule.formula1


def test_gaps_holds_and_problems_say_both_languages(book, plan):
    why = dict(zip(column(book["缺口 Gaps"], "Need id"), column(book["缺口 Gaps"], "Why"), strict=True))
    for r in plan.unmet.iter_rows(named=True):
        assert why[r["need_id"]] == f"{r['text_zh']}\n{r['text_en']}"
    assert len(column(book["暂缓 Holds"], "Why")) == plan.holds.height
    assert "未知\nunknown" in column(book["暂缓 Holds"], "Held")
    assert len(column(book["问题 Problems"], "Explanation")) == plan.problems.height


def test_asked_beside_planned(book):
    sheet = book["需求 Needs"]
    asked, planned = (dict(zip(column(sheet, "Need id"), column(sheet, h), strict=True)) for h in ("Asked", "Planned"))
    assert (asked["n04"], planned["n04"]) == (1000000, 210000)
    assert asked["n06"] == "未知\nunknown"


def test_ready_to_work_and_to_print(book):
    for name in NAMES[1:-1]:
        sheet = book[name]
        assert sheet.freeze_panes[1:] == "2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is the default
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        for cell in sheet[1]:
            assert "\n" in cell.value, f"{name} {cell.coordinate} is not in both languages"


def test_nothing_runs(tmp_path):
    evil = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "http://example.org/x", "<script>"]
    offers = [(f"x{i}", e, "420602", "vegetables", 10, "42", 0, "", "", "") for i, e in enumerate(evil)]
    needs = [(*NEEDS[0][:6], "=HYPERLINK(1)", ""), *NEEDS[1:]]
    path = tmp_path / "plan.xlsx"
    write_workbook(world(needs, OFFERS + offers), path)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert cell.hyperlink is None
                assert not str(cell.value or "").startswith(("=", "+", "@", "\t"))
    names = column(book["供给 Offers"], "Organisation")
    assert {"'=1+1", "'+cmd", "'-2", "'@SUM(A1)", "<script>"} <= set(names)


def test_same_plan_same_bytes(plan, tmp_path, monkeypatch):
    for name in ("a", "b"):
        write_workbook(plan, tmp_path / name)
        monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with zipfile.ZipFile(io.BytesIO((tmp_path / "a").read_bytes())) as archive:
        assert b"2020-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_what_a_sheet_cannot_hold_is_said(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    write_workbook(plan, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["派单 Assignments"]
    assert column(sheet, "Offer id")[:4].count(None) == 0
    assert f"{plan.assignments.height - 4} 行见 assignments.csv" in sheet.cell(6, 1).value
