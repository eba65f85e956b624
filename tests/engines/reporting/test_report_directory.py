"""The plan directory: whole or not at all, the same bytes, and tiles that stand where they should."""

import csv
import json
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from page_reader import read_page, tables
from reporting_world import NEEDS, OFFERS, world

from tongzhou_engines.allocation import plan
from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.gazetteer.places import PLACEHOLDERS, PlaceTree
from tongzhou_engines.reporting import directory, report_html, write_plan
from tongzhou_engines.reporting.areas import Areas, tiles_of


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_everything_is_there_and_rows_in_another_order_give_the_same_outputs(tmp_path):
    first = files(write_plan(world(), tmp_path / "a"))
    again = files(write_plan(world(), tmp_path / "b"))
    assert first == again
    assert {"plan.xlsx", "report.html", "plan.json", "certificate.json", "assignments.csv", "cells.csv", "unmet.csv",
            "holds.csv", "problems.csv", "inputs/needs.csv", "inputs/offers.csv"} <= first.keys()  # fmt: skip
    turned = files(write_plan(world(NEEDS[::-1], OFFERS[::-1]), tmp_path / "c"))
    assert {n for n in first if first[n] != turned[n]} <= {"problems.csv", "plan.xlsx", "report.html"}  # row numbers


def test_nothing_is_left_when_a_part_fails(tmp_path, monkeypatch):
    def fail(*_args, **_more):
        raise OSError("disk full")

    write_plan(world(), tmp_path / "out")
    before = files(tmp_path)
    monkeypatch.setattr(directory, "write_report", fail)
    for name in ("out", "other"):
        with pytest.raises(OSError, match="disk full"):
            write_plan(world(), tmp_path / name)
    assert files(tmp_path) == before


def test_other_peoples_files_are_never_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="output_exists"):
        write_plan(world(), tmp_path)
    assert files(tmp_path) == {"mine.txt": b"keep"}


@pytest.fixture(scope="module")
def shipped():
    with data_path("places/tiles.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tiles_hold_every_division_once(shipped):
    tree = PlaceTree.builtin()
    for scope, count in (("CN", 34), ("42", 17)):
        tiles = [t for t in shipped if t["scope"] == scope]
        assert len({(t["column"], t["row"]) for t in tiles}) == len({t["code"] for t in tiles}) == count
        children = {c for c in tree.codes if tree.parent(c) == scope and tree.name(c) not in PLACEHOLDERS}
        for holder in (c for c in tree.codes if tree.parent(c) == scope and tree.name(c) in PLACEHOLDERS):
            children |= {c for c in tree.codes if tree.parent(c) == holder}
        assert {t["code"] for t in tiles} == children
        for t in tiles:
            assert tree.name(t["code"]).startswith(t["short_zh"])


#: Pairs (west or north one first) as any atlas shows them.
WEST_OF = [("65", "62"), ("51", "50"), ("50", "42"), ("42", "34"), ("4228", "4205"), ("4205", "4201"), ("4201", "4207"),
           ("4208", "4209"), ("4203", "4206"), ("429005", "429004")]  # fmt: skip
NORTH_OF = [("23", "22"), ("22", "21"), ("41", "42"), ("42", "43"), ("43", "44"), ("32", "33"), ("4206", "4208"),
            ("4201", "4212"), ("4203", "429021"), ("429006", "429004")]  # fmt: skip


def test_tiles_follow_the_lie_of_the_land(shipped):
    at = {t["code"]: (int(t["column"]), int(t["row"])) for t in shipped}
    assert all(at[a][0] < at[b][0] for a, b in WEST_OF)
    assert all(at[a][1] < at[b][1] for a, b in NORTH_OF)


def test_nation_view_shows_every_province():
    needs = pl.DataFrame(
        {"need_id": ["a", "b"], "place": ["31", "420103"], "category": ["surgical_mask"] * 2, "quantity": ["5", "5"]}
    )
    offers = pl.DataFrame({"offer_id": ["o"], "place": ["44"], "category": ["surgical_mask"], "quantity": ["6"]})
    page = read_page(report_html(plan(needs, offers)))
    assert len(list(next(page.all("svg", role="img")).all("g"))) == 34
    assert {r[0] for r in tables(page)["各地满足情况，最缺的在前"]} == {"上海市", "湖北省"}


@pytest.mark.parametrize(("codes", "scope", "areas"), [
    (["420103", "420602"], "42", ("4201", "4206")),
    (["420103", "429021"], "42", ("4201", "429021")),
    (["420103", "420106"], "4201", ("420103", "420106")),
    (["110101", "110105"], "11", ("110101", "110105")),  # past the placeholder 市辖区
    (["42", "420103"], "42", ("4201", "42")),  # a need that names only the province
    (["420103"], "420103", ("420103",)),
    (["31", "420103"], "CN", ("31", "42")),
])  # fmt: skip
def test_areas(codes, scope, areas):
    found = Areas.around(PlaceTree.builtin(), codes)
    assert (found.scope, found.codes) == (scope, areas)


def test_another_tree_gets_a_plain_grid():
    tree = PlaceTree.from_table(
        pl.DataFrame({"code": ["CN", "42", "11"], "parent": ["", "CN", "CN"], "name": ["岛", "东村", "西村"]})
    )
    tiles, geographic = tiles_of(Areas.around(tree, ["42", "11"]))
    assert not geographic
    assert [(t.code, t.column, t.row) for t in tiles] == [("11", 0, 0), ("42", 1, 0)]


def test_a_large_plan_is_cut_with_its_counts():
    places = [c for c in PlaceTree.builtin().codes if len(c) == 6]
    count = 6000
    needs = pl.DataFrame({
        "need_id": [f"n{i:05d}" for i in range(count)],
        "place": [places[i * 7 % len(places)] for i in range(count)],
        "category": [("surgical_mask", "protective_suit", "goggles", "soap")[i % 4] for i in range(count)],
        "urgency": [str(i % 3) for i in range(count)],
        "quantity": [str(10 + i % 90) for i in range(count)],
    })  # fmt: skip
    offers = pl.DataFrame({
        "offer_id": [f"o{i:04d}" for i in range(600)],
        "place": [places[i * 11 % len(places)] for i in range(600)],
        "category": [("surgical_mask", "protective_suit", "goggles", "soap")[i % 4] for i in range(600)],
        "quantity": ["100"] * 600,
        "coverage": [places[i * 11 % len(places)][:2] for i in range(600)],
    })  # fmt: skip
    made = plan(needs, offers)
    html = report_html(made)
    assert len(html.encode()) < 1_000_000
    page = read_page(html)
    groups = next(c for c in tables(page) if c.startswith("派单归并表"))
    listed, total = (int(n.replace(",", "")) for n in groups.split("（")[1].split(" 组")[0].split(" / "))
    assert listed == len(tables(page)[groups]) == 100
    assert f"还有 {total - listed:,} 行没有列出，全部在 plan.xlsx“派单 Assignments”表。" in page.text()


def test_the_reference_page_names_every_file_and_column(tmp_path):
    page = (Path(__file__).parents[3] / "docs/reference/plan-directory.md").read_text(encoding="utf-8")
    sections = {}
    for part in re.split(r"^##+ ", page, flags=re.M)[1:]:
        heading = part.split("\n")[0]
        for name in re.findall(r"[\w/]+\.(?:csv|json|xlsx|html)", heading):
            sections[name] = part
    pins = pl.DataFrame({"need_id": ["n12"], "offer_id": ["o06"], "quantity": [0]})
    previous = pl.DataFrame({"offer_id": ["o01"], "need_id": ["n01"], "quantity": [1]})
    written = files(write_plan(world(pins=pins, previous=previous), tmp_path / "out"))
    assert written.keys() == sections.keys()
    for name, content in written.items():
        if name.endswith(".csv"):
            for column in content.decode().split("\n")[0].split(","):
                assert f"`{column}`" in sections[name], f"{name}: {column}"
    for key in json.loads(written["plan.json"]):
        assert f"`{key}`" in sections["plan.json"], key
    for sheet in openpyxl.load_workbook(tmp_path / "out/plan.xlsx").sheetnames:
        assert sheet in sections["plan.xlsx"]
