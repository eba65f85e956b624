"""What a reader takes for granted: goods are named as shipped, rows left out are said, 0 asked is not 0 confirmed."""

import openpyxl
import pytest
from reporting_world import NEEDS, OFFERS, world

from tongzhou_engines.reporting import plan_html, report_html, terminal_summary, write_workbook
from tongzhou_engines.reporting import rowsheet as rows
from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.groups import move_groups

GOGGLES = [("a", "420103", "goggles", 1, 100, None, "某医院", ""), ("b", "420103", "goggles", 1, 0, None, "乙院", "")]
SHIELDS = [
    ("o", "某厂", "420103", "face_shield", 60, "42", 0, "", "", ""),
    ("p", "某店", "420103", "goggles", 15, "42", 0, "", "", ""),
]


@pytest.fixture(scope="module")
def shields():
    return world(GOGGLES, SHIELDS)


def test_moves_are_named_by_what_is_shipped(shields):
    groups = move_groups(Figures(shields))
    got = {(r["category"], r["need_category"]): r["quantity"] for r in groups.iter_rows(named=True)}
    assert got == {("face_shield", "goggles"): 60, ("goggles", "goggles"): 15}
    shield = shields.catalogue.categories["face_shield"].name_zh
    goggles = shields.catalogue.categories["goggles"].name_zh
    line = next(x for x in str(terminal_summary(shields)).splitlines() if " 60 " in x and "→" in x)
    assert line.strip().startswith(shield[:4])
    assert line.endswith(f"(代替 {goggles})")
    assert "in place of" in str(terminal_summary(shields, "en"))
    page = report_html(shields)
    assert f"代替 {goggles}" in page
    assert shield in page
    assert f"{shield} (代替 {goggles})" in plan_html(shields)


def test_asked_for_nothing_is_not_confirmed_as_nothing(shields):
    text = str(terminal_summary(shields, "en"))
    assert "1 more asked for 0 (not confirmed) and is not counted." in text
    assert "needing nothing" not in text
    assert "1 more was confirmed as needing nothing" in str(terminal_summary(world(), "en"))


def test_rows_left_out_are_in_the_headline(tmp_path):
    needs = [*NEEDS, ("n15", "420103", "没有", 1, 5, None, "某院", ""), ("n16", "不知", "没有", 1, 5, None, "某院", "")]
    plan = world(needs, OFFERS)
    assert Figures(plan).set_aside == 3
    assert "另有 3 行没能进入计划：见数据问题。" in str(terminal_summary(plan))
    assert "3 further rows could not be planned: see data problems." in report_html(plan).split("<nav")[0]
    write_workbook(plan, tmp_path / "plan.xlsx")
    summary = openpyxl.load_workbook(tmp_path / "plan.xlsx")["总览 Summary"]
    assert any("另有 3 行没能进入计划" in str(c.value) for c in summary["A"][:8])


def test_terminal_says_how_the_mean_counts(shields):
    assert "每项需求算一次，数量不相加" in str(terminal_summary(shields))
    assert "each need counts once; units not added" in str(terminal_summary(shields, "en"))


def test_gaps_give_the_need_its_own_amounts(shields, tmp_path):
    write_workbook(shields, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["缺口 Gaps"]
    heads = [str(c.value).split("\n")[-1] for c in sheet[1]]
    at = heads.index("Planned")
    assert heads[at : at + 3] == ["Planned", "Assigned", "Lacking"]
    assert [c.value for c in sheet[2][at : at + 3]] == [100, 75, 25]


def test_english_report_opens_in_english(shields):
    page = report_html(shields, lang="en")
    assert '<html lang="en">' in page
    assert "<title>Tongzhou plan report</title>" in page
    assert 'value="en" autocomplete="off" checked' in page
    assert 'value="zh" autocomplete="off" checked' not in page


def test_texts_beyond_the_table_stand_in_their_cells(shields, tmp_path, monkeypatch):
    def cells(name):
        write_workbook(shields, tmp_path / name)
        return [[c.value for row in s.iter_rows() for c in row] for s in openpyxl.load_workbook(tmp_path / name)]

    shared = cells("a.xlsx")
    monkeypatch.setattr(rows, "MOST_SHARED", 3)
    assert cells("b.xlsx") == shared


def test_long_texts_are_cut_by_what_the_format_counts():
    assert len(rows.safe_text("字" * 40_000)) == 32_001
    assert len(rows.safe_text("😷" * 40_000)) == 16_001
    assert rows.safe_text("=1") == "'=1"
