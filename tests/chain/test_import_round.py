"""The needs table out to Excel and back: locked ids, differences cell by cell, conflicts, new and deleted rows."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

import builders as b
from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import Verdict
from tongzhou.chain.intake.services.roundtrip.back import table_back
from tongzhou.chain.intake.services.roundtrip.export import editable, table_out
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.flows.accept_import import accept_import
from tongzhou.flows.undo_import import undo_import
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
STATE, URGENCY, CATEGORY, ITEM, SPECIFICATION, QUANTITY, UNIT, PLACE, WHO, DUE, NOTE = range(4, 15)


@pytest.fixture
def actor() -> Actor:
    return b.an_actor("coordinator")


def out(actor: Actor) -> openpyxl.Workbook:
    response = b.a_response()
    needs = editable(actor, response).order_by("created_at")
    return openpyxl.load_workbook(io.BytesIO(table_out(actor=actor, response=response, needs=needs, said="place=4201")))


def back(actor: Actor, book: openpyxl.Workbook, name: str = "改好.xlsx") -> ImportBatch:
    content = io.BytesIO()
    book.save(content)
    return table_back(actor=actor, response=b.a_response(), name=name, content=content.getvalue())


def test_what_goes_out(actor: Actor) -> None:
    contact = b.a_contact("19000000077", name="某人", address="测试路 1 号")
    need = b.a_need(contact=contact, item="=1+1", note="-2", requester="", for_whom="self")
    book = out(actor)
    page = book["needs"]
    assert page["A2"].value == str(need.pk)
    assert page["B2"].value == 1
    assert page.protection.sheet
    assert page["A2"].protection.locked
    assert page["B2"].protection.locked
    assert not page.cell(2, QUANTITY).protection.locked
    assert page.cell(2, ITEM).value == "'=1+1"
    assert page.cell(2, ITEM).data_type == "s"
    assert page.cell(2, NOTE).value == "'-2"
    lists = [one for one in page.data_validations.dataValidation if one.type == "list"]
    assert len(lists) == 3
    assert book["_tongzhou"].sheet_state == "veryHidden"
    raw = io.BytesIO(table_out(actor=actor, response=b.a_response(), needs=editable(actor, b.a_response())))
    with zipfile.ZipFile(raw) as archive:
        said = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "ignore")
    assert "19000000077" not in said
    assert "测试路" not in said
    entry = AuditEntry.objects.filter(act="need.table_out").first()
    assert entry is not None
    assert entry.changes["export"] == {"filter": "place=4201", "rows": 1}


def test_unchanged_comes_back_unchanged(actor: Actor) -> None:
    b.a_need(item="=1+1", note="-2")
    batch = back(actor, out(actor))
    assert [row.verdict for row in batch.rows.all()] == ["same"]


def test_cells_edited_are_the_only_differences(actor: Actor) -> None:
    need = b.a_need()
    b.a_place("420103")
    book = out(actor)
    page = book["needs"]
    for column, value in (
        (QUANTITY, 350),
        (NOTE, "门口有人接"),
        (URGENCY, "紧急"),
        (PLACE, "湖北省武汉市江汉区"),
        (DUE, "2020/2/8"),
    ):
        page.cell(2, column).value = value
    batch = back(actor, book)
    row = batch.rows.get()
    assert row.verdict == Verdict.CHANGED
    assert {name: pair[1] for name, pair in row.differences.items()} == {
        "quantity_asked": 350, "note": "门口有人接", "urgency": 1, "place_id": "420103", "needed_by": "2020-02-08",
    }  # fmt: skip
    before = {one.attname: getattr(need, one.attname) for one in need._meta.concrete_fields}
    accept_import(actor=actor, batch_id=batch.pk)
    need.refresh_from_db()
    assert (need.quantity_asked, need.urgency, need.urgency_order, need.place_id) == (350, 1, 1, "420103")
    assert str(need.needed_by) == "2020-02-08"
    undo_import(actor=actor, batch_id=batch.pk)
    need.refresh_from_db()
    after = {one.attname: getattr(need, one.attname) for one in need._meta.concrete_fields}
    for name in ("version", "updated_at"):
        before.pop(name), after.pop(name)
    assert after == before


def test_what_somebody_else_changed_meanwhile_stands_side_by_side(actor: Actor) -> None:
    need = b.a_need()
    book = out(actor)
    changes.apply(need, actor=actor, act="test", quantity_asked=999, note="别人写的")
    book["needs"].cell(2, QUANTITY).value = 350
    batch = back(actor, book)
    row = batch.rows.get()
    assert (row.verdict, row.conflicts, row.differences) == (
        Verdict.CONFLICT,
        ["quantity_asked"],
        {"quantity_asked": [999, 350]},
    )
    rows.decide(actor=actor, batch=batch, decisions={"1": "take"})
    accept_import(actor=actor, batch_id=batch.pk)
    need.refresh_from_db()
    assert (need.quantity_asked, need.note) == (350, "别人写的")  # the cell nobody touched in the table stays


def test_by_default_a_conflict_changes_nothing(actor: Actor) -> None:
    need = b.a_need()
    book = out(actor)
    changes.apply(need, actor=actor, act="test", quantity_asked=999)
    book["needs"].cell(2, QUANTITY).value = 350
    accept_import(actor=actor, batch_id=back(actor, book).pk)
    need.refresh_from_db()
    assert need.quantity_asked == 999


def test_chosen_rows_only(actor: Actor) -> None:
    first, second = b.a_need(), b.a_need()
    book = out(actor)
    for row in (2, 3):
        book["needs"].cell(row, QUANTITY).value = 77
    batch = back(actor, book)
    position = next(row.position for row in batch.rows.all() if row.read["id"] == str(second.pk))
    rows.decide(actor=actor, batch=batch, decisions={str(position): "leave"})
    accept_import(actor=actor, batch_id=batch.pk)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.quantity_asked, second.quantity_asked) == (77, 200)


def test_rows_added_below_and_rows_deleted(actor: Actor) -> None:
    kept, deleted = b.a_need(), b.a_need()
    book = out(actor)
    page = book["needs"]
    page.delete_rows(3)
    for column, value in ((ITEM, "护目镜"), (QUANTITY, 30), (PLACE, "4201"), (WHO, "武汉市测试医院")):
        page.cell(5, column).value = value
    batch = back(actor, book)
    assert batch.counts["absent"] == 1
    assert sorted(row.verdict for row in batch.rows.all()) == ["new", "same"]
    accept_import(actor=actor, batch_id=batch.pk)
    made = Need.objects.get(item="护目镜")
    assert (made.quantity_asked, made.place_id, made.requester) == (30, "4201", "武汉市测试医院")
    deleted.refresh_from_db(), kept.refresh_from_db()
    assert deleted.state == kept.state == "received"
    undo_import(actor=actor, batch_id=batch.pk)
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_solved_and_withdrawn_can_be_written_other_states_not(actor: Actor) -> None:
    one, two, three = b.a_need(), b.a_need(), b.a_need()
    book = out(actor)
    at = {book["needs"].cell(row, 1).value: row for row in (2, 3, 4)}
    for need, word in ((one, "已解决"), (two, "已撤回"), (three, "已核实")):
        book["needs"].cell(at[str(need.pk)], STATE).value = word
    batch = back(actor, book)
    bad = next(row for row in batch.rows.all() if row.read["id"] == str(three.pk))
    assert (bad.verdict, bad.problems[0]["column"]) == (Verdict.BLOCKED, "状态")
    accept_import(actor=actor, batch_id=batch.pk)
    for need in (one, two, three):
        need.refresh_from_db()
    assert (one.state, one.solved_by, two.state, three.state) == ("solved", "other", "withdrawn", "received")
    undo_import(actor=actor, batch_id=batch.pk)
    one.refresh_from_db()
    assert (one.state, one.solved_by, one.state_reason) == ("received", "", "")


@pytest.mark.parametrize("value", ["很多", "-3", "5盒"])
def test_a_cell_that_is_not_understood_is_shown_and_not_taken(actor: Actor, value: Any) -> None:
    need = b.a_need()
    book = out(actor)
    book["needs"].cell(2, QUANTITY).value = value
    batch = back(actor, book)
    assert batch.rows.get().verdict == Verdict.BLOCKED
    assert batch.rows.get().problems
    accept_import(actor=actor, batch_id=batch.pk)
    need.refresh_from_db()
    assert need.quantity_asked == 200


def test_changed_and_doubled_ids_are_refused(actor: Actor) -> None:
    b.a_need(), b.a_need()
    stranger = b.a_need(response=b.a_response("other"))
    book = out(actor)
    page = book["needs"]
    page["A2"].value = str(stranger.pk)
    page["A4"].value = page["A3"].value
    page.cell(4, QUANTITY).value = 5
    batch = back(actor, book)
    assert sorted((row.verdict, row.reason) for row in batch.rows.all()) == [
        ("blocked", "id_twice"), ("blocked", "id_unknown"), ("same", ""),
    ]  # fmt: skip


def test_foreign_files_are_refused(actor: Actor) -> None:
    b.a_need()
    stranger = openpyxl.Workbook()
    with pytest.raises(Refusal, match="import_foreign"):
        back(actor, stranger)
    book = out(actor)
    del book["_tongzhou"]
    with pytest.raises(Refusal, match="import_foreign"):
        back(actor, book)
    book = out(actor)
    book["_tongzhou"]["A2"].value = str(book["_tongzhou"]["A2"].value).replace("200", "201")
    with pytest.raises(Refusal, match="import_foreign"):
        back(actor, book)
    book = out(actor)
    book["needs"].cell(1, QUANTITY).value = "别的名字"
    with pytest.raises(Refusal, match="import_columns"):
        back(actor, book)
    book = out(actor)
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(Refusal, match="import_other_response"):
        table_back(actor=actor, response=b.a_response("second"), name="x.xlsx", content=content.getvalue())


def test_columns_moved_and_sheet_sorted_still_fit(actor: Actor) -> None:
    first, second = b.a_need(quantity_asked=11), b.a_need(quantity_asked=22)
    book = out(actor)
    page = book["needs"]
    page.move_range(f"B1:O{page.max_row}", cols=1)  # somebody put a column of their own in between
    page["B1"].value = "我的记号"
    page.cell(2, QUANTITY + 1).value = 12
    batch = back(actor, book)
    changed = batch.rows.get(verdict="changed")
    assert changed.read["id"] == str(first.pk)
    assert not batch.rows.filter(verdict="changed", read__id=str(second.pk)).exists()


def test_an_english_export_comes_back_on_a_chinese_page(actor: Actor) -> None:
    b.a_need()
    with override("en"):
        book = out(actor)
    batch = back(actor, book)
    assert [row.verdict for row in batch.rows.all()] == ["same"]


def test_only_the_own_needs_go_out(actor: Actor) -> None:
    b.a_need(place="4209")
    wuhan = b.an_actor("coordinator", "supplies", "4201")
    assert editable(wuhan, b.a_response()).count() == 0
    assert editable(b.an_actor("liaison"), b.a_response()).count() == 0
    book = out(actor)
    book["needs"].cell(2, QUANTITY).value = 5
    batch = back(wuhan, book)
    assert batch.rows.get().reason == "id_unknown"  # as if it did not exist
