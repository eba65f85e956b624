"""A table pasted from Excel: headings guessed, columns named by a person, rows corrected one by one."""

from __future__ import annotations

import pytest

import builders as b
from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import ImportState
from tongzhou.chain.intake.services import paste
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.flows.accept_import import accept_import
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou_engines.base.errors import InputError

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    b.a_place("420103")
    return b.an_actor("coordinator")


def pasted(actor: Actor, text: str) -> ImportBatch:
    batch = rows.open_batch(
        actor=actor, response=b.a_response(), kind="paste", name="粘贴.tsv", content=paste.as_table(text), source="粘贴"
    )
    return rows.read_batch(actor=actor, batch=batch)


def test_chinese_headings_are_known(actor: Actor) -> None:
    text = "需求单位\t品名\t需求数量\t单位\t地址\t电话\r\n"
    text += "武汉市测试医院\t医用外科口罩\t2,000\t只\t武汉市江汉区\t19000000003\r\n"
    batch = pasted(actor, text)
    accept_import(actor=actor, batch_id=batch.pk)
    need = Need.objects.get()
    assert (need.quantity_asked, need.category_id, need.channel, need.requester) == (
        2000,
        "surgical_mask",
        "paste",
        "武汉市测试医院",
    )


def test_goods_as_columns(actor: Actor) -> None:
    batch = pasted(actor, "医院名\t口罩(只)\t防护服(套)\n武汉市测试医院\t200\t0\n")
    assert batch.state in (ImportState.READY, ImportState.FAILED)
    batch = pasted(actor, "医院\t医用外科口罩(只)\t医用防护服(套)\n武汉市测试医院\t200\t0\n")
    assert [row.read["quantity"] for row in batch.rows.filter(table="need")] == [200]


def test_a_person_names_the_columns(actor: Actor) -> None:
    batch = pasted(actor, "甲\t乙\t丙\n武汉市测试医院\t医用外科口罩\t300\n")
    assert batch.state == ImportState.FAILED
    assert [one.heading for one in paste.columns_of(rows.content_of(batch), batch.mapping)] == ["甲", "乙", "丙"]
    named = {"headed": True, "columns": {"0": "需求单位", "1": "物资名称", "2": "数量"}}
    batch = rows.name_columns(actor=actor, batch=batch, mapping=named)
    assert batch.state == ImportState.READY
    row = batch.rows.get()
    assert (row.read["requester"], row.read["item"], row.read["quantity"]) == ("武汉市测试医院", "医用外科口罩", 300)


def test_a_table_without_headings(actor: Actor) -> None:
    batch = pasted(actor, "武汉市测试医院\t医用外科口罩\t300\n武汉市测试医院\t护目镜\t20\n")
    named = {"headed": False, "columns": {"0": "需求单位", "1": "物资名称", "2": "数量"}}
    batch = rows.name_columns(actor=actor, batch=batch, mapping=named)
    assert [row.read["quantity"] for row in batch.rows.order_by("position")] == [300, 20]


def test_a_column_is_left_out(actor: Actor) -> None:
    batch = pasted(actor, "需求单位\t物资名称\t数量\t备注\n武汉市测试医院\t护目镜\t20\t口罩500只\n")
    named = {"headed": True, "columns": {"3": "-"}}
    batch = rows.name_columns(actor=actor, batch=batch, mapping=named)
    assert batch.rows.get().read["note"] == ""


def test_only_a_paste_has_columns_to_name(actor: Actor) -> None:
    batch = rows.open_batch(actor=actor, response=b.a_response(), kind="sheet", name="a.csv", content=b"x")
    with pytest.raises(Refusal, match="not_found"):
        rows.name_columns(actor=actor, batch=batch, mapping={})


def test_cells_with_line_breaks_and_quotes(actor: Actor) -> None:
    batch = pasted(actor, '需求单位\t物资名称\t数量\t备注\n武汉市测试医院\t护目镜\t20\t"第一行\n第二行 ""急"""\n')
    assert batch.rows.get().read["note"].startswith("第一行")


def test_five_hundred_rows(actor: Actor) -> None:
    lines = [f"武汉市第{number}测试医院\t医用外科口罩\t{number}\t只\t武汉市江汉区" for number in range(1, 501)]
    batch = pasted(actor, "\n".join(["需求单位\t物资名称\t数量\t单位\t地址", *lines]))
    # A bare 1 with its unit is one; every row is there.
    assert sorted(row.read["quantity"] for row in batch.rows.all()) == list(range(1, 501))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_rows"),
        (" \n\t\n", "no_rows"),
        ("a\tb\n" * 2500, "file_too_large"),
        ("a" * (2 * 2**20 + 1), "file_too_large"),
        ("a\t" + "b" * 40_000, "cell_too_long"),
    ],
)
def test_what_cannot_be_pasted(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        paste.as_table(text)
    assert caught.value.code == code
