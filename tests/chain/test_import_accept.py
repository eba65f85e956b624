"""Accepting and undoing: the same sheet tomorrow, people's work in between, whose rows they are, two at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import close_old_connections

import builders as b
from tongzhou.chain.intake.models import Contact, ImportBatch, ImportRow, Lead, Need, Offer
from tongzhou.chain.intake.models.imports import ImportState, Verdict
from tongzhou.chain.intake.services.sheets import fix, rows
from tongzhou.chain.intake.services.sheets.lines import is_institution
from tongzhou.flows.accept_import import accept_import, kind_of
from tongzhou.flows.fix_import_row import fix_import_row
from tongzhou.flows.undo_import import undo_import
from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal

HEAD = "需求单位,物资名称,数量,单位,地址,联系人,联系电话,备注\n"
MASKS = "武汉市测试医院,医用外科口罩,{},只,武汉市江汉区测试路1号,某联系人,19000000001,\n"
SUITS = "武汉市测试医院,医用防护服,50,套,武汉市江汉区测试路1号,某联系人,19000000001,\n"


def bring(actor: Actor, text: str, name: str = "医院的表.csv", **more: Any) -> ImportBatch:
    batch = rows.open_batch(
        actor=actor, response=b.a_response(), kind="sheet", name=name, content=text.encode(), **more
    )
    return rows.read_batch(actor=actor, batch=batch)


def verdicts(batch: ImportBatch) -> dict[str, str]:
    return {row.read.get("item", ""): row.verdict for row in batch.rows.all()}


def mask() -> Need:
    return Need.objects.get(item="医用外科口罩")


@pytest.fixture
def actor(db: None) -> Actor:
    b.a_place("420103")
    return b.an_actor("coordinator")


def test_the_same_sheet_tomorrow_updates_and_never_doubles(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200) + SUITS, "医院的表 2月6日.csv").pk)
    need = mask()
    assert (need.quantity_asked, need.unit, need.place_id, need.for_whom) == (200, "只", "420103", "facility")
    assert need.organisation is not None
    assert (need.organisation.name, need.organisation.kind) == ("武汉市测试医院", "hospital")
    assert need.stale_at is not None
    assert need.expires_at is not None
    assert need.expires_at > need.stale_at
    tomorrow = bring(actor, HEAD + SUITS + MASKS.format(500))  # rows may move
    assert verdicts(tomorrow) == {"医用外科口罩": "changed", "医用防护服": "same"}
    changed = tomorrow.rows.get(verdict="changed")
    assert changed.differences == {"quantity_asked": [200, 500]}
    accept_import(actor=actor, batch_id=tomorrow.pk)
    assert Need.objects.count() == 2
    assert mask().quantity_asked == 500
    assert mask().organisation_id == need.organisation_id


def test_contacts_go_into_the_sealed_contact_and_nowhere_else(actor: Actor) -> None:
    batch = bring(actor, HEAD + MASKS.format(200) + "某个人,大米,1,袋,武汉市江汉区测试路2号,,19000000002,急\n")
    accept_import(actor=actor, batch_id=batch.pk)
    contact = mask().contact
    assert contact is not None
    assert crypto.unseal(contact, "phone") == "19000000001"
    assert crypto.unseal(contact, "name") == "某联系人"
    assert crypto.unseal(contact, "address") == "武汉市江汉区测试路1号"
    person = Need.objects.get(item="大米")
    assert (person.for_whom, person.requester, person.organisation) == ("other", "", None)
    assert person.contact is not None
    assert crypto.unseal(person.contact, "name") == "某个人"
    plain = str([*ImportRow.objects.values_list("read", "fixed", "problems", "key"), batch.problems])
    assert "19000000" not in plain
    assert "某个人" not in plain
    assert "测试路" not in plain


def test_a_changed_contact_is_shown_and_replaced(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200)).pk)
    first = mask().contact_id
    second = bring(actor, HEAD + MASKS.format(200).replace("19000000001", "19000000009"))
    assert second.rows.get().differences == {"contact": ["", ""]}
    accept_import(actor=actor, batch_id=second.pk)
    contact = mask().contact
    assert contact is not None
    assert contact.pk != first
    assert crypto.unseal(contact, "phone") == "19000000009"
    undo_import(actor=actor, batch_id=second.pk)
    assert mask().contact_id == first


def test_what_a_person_changed_is_not_overwritten(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200)).pk)
    changes.apply(mask(), actor=actor, act="test", quantity_asked=300)
    same = bring(actor, HEAD + MASKS.format(200))
    assert verdicts(same) == {"医用外科口罩": "same"}  # the cell did not move: the person's word stands
    rows.discard(actor=actor, batch=same)
    both = bring(actor, HEAD + MASKS.format(900))
    row = both.rows.get()
    assert (row.verdict, row.conflicts, row.differences) == (
        Verdict.CONFLICT, ["quantity_asked"], {"quantity_asked": [300, 900]},
    )  # fmt: skip
    rows.decide(actor=actor, batch=both, decisions={"1": "take"})
    accept_import(actor=actor, batch_id=both.pk)
    assert mask().quantity_asked == 900


def test_undo_leaves_what_was_edited_since_and_says_so(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200) + SUITS).pk)
    second = bring(
        actor, HEAD + MASKS.format(500) + SUITS.replace("50,套", "80,套") + "武汉市测试医院,护目镜,9,个,,,,\n"
    )
    accept_import(actor=actor, batch_id=second.pk)
    changes.apply(mask(), actor=actor, act="test", quantity_asked=444)
    undone = undo_import(actor=actor, batch_id=second.pk)
    assert undone.counts["undo_left"] == 1
    assert mask().quantity_asked == 444
    assert Need.objects.get(item="医用防护服").quantity_asked == 50
    assert Need.objects.get(item="护目镜").state == "withdrawn"
    left = second.rows.exclude(left="").get()
    assert (left.need_id, left.left) == (mask().pk, "edited")


def test_a_verified_need_of_an_undone_import_stays(actor: Actor) -> None:
    batch = accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200) + SUITS).pk)
    changes.apply(mask(), actor=actor, act="test", state="verified", urgency=1, urgency_order=1)
    undo_import(actor=actor, batch_id=batch.pk)
    assert mask().state == "verified"
    assert Need.objects.get(item="医用防护服").state == "withdrawn"
    # Brought in again: the withdrawn one comes back, the other is there.
    again = bring(actor, HEAD + MASKS.format(200) + SUITS)
    assert verdicts(again) == {"医用外科口罩": "same", "医用防护服": "new"}
    accept_import(actor=actor, batch_id=again.pk)
    assert Need.objects.count() == 2


def test_rows_gone_are_shown_and_a_person_decides(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200) + SUITS).pk)
    batch = bring(actor, HEAD + MASKS.format(200))
    gone = batch.rows.get(verdict="gone")
    assert gone.need == Need.objects.get(item="医用防护服")
    accept_import(actor=actor, batch_id=batch.pk)
    assert Need.objects.get(item="医用防护服").state == "received"  # nobody decided: left alone
    again = bring(actor, HEAD + MASKS.format(200))
    position = again.rows.get(verdict="gone").position
    rows.decide(actor=actor, batch=again, decisions={str(position): "withdraw"})
    accept_import(actor=actor, batch_id=again.pk)
    assert Need.objects.get(item="医用防护服").state == "withdrawn"
    undo_import(actor=actor, batch_id=again.pk)
    assert Need.objects.get(item="医用防护服").state == "received"


def test_another_table_does_not_make_rows_gone(actor: Actor) -> None:
    accept_import(actor=actor, batch_id=bring(actor, HEAD + MASKS.format(200)).pk)
    other = bring(actor, HEAD + "另一家测试医院,护目镜,9,个,武汉市江汉区,,,\n", "别的表.csv")
    assert set(verdicts(other).values()) == {"new"}


def test_a_row_with_a_bad_cell_is_kept_and_can_be_corrected(actor: Actor) -> None:
    batch = bring(actor, HEAD + MASKS.format("三四百") + SUITS)
    row = batch.rows.get(read__item="医用外科口罩")
    assert row.problems
    assert row.read["quantity"] is None
    said = {"who": "武汉市测试医院", "item": "医用外科口罩", "category": "", "unit": "只", "place": "420103"}
    with pytest.raises(Refusal, match="bad_form"):
        fix_import_row(actor=actor, row=row, expect=row.version, table="need", amount="许多", **said)
    row = fix_import_row(actor=actor, row=row, expect=row.version, table="need", amount="350", **said)
    assert row.fixed["quantity"] == 350
    with pytest.raises(Refusal, match="version_stale"):
        fix_import_row(actor=actor, row=row, expect=1, table="need", amount="1", **said)
    accept_import(actor=actor, batch_id=batch.pk)
    assert mask().quantity_asked == 350
    # The same bad cell tomorrow: the correction still counts.
    tomorrow = bring(actor, HEAD + MASKS.format("三四百") + SUITS)
    assert verdicts(tomorrow) == {"医用外科口罩": "same", "医用防护服": "same"}


def test_a_row_set_aside_can_be_made_a_need(actor: Actor) -> None:
    batch = bring(actor, HEAD + MASKS.format(200) + "武汉市测试医院,,30,,,,,\n")
    aside = batch.rows.get(verdict="aside")
    fix_import_row(
        actor=actor, row=aside, expect=aside.version, table="need", who="武汉市测试医院", item="护目镜", category="",
        amount="30 个", unit="", place="420103",
    )  # fmt: skip
    accept_import(actor=actor, batch_id=batch.pk)
    assert Need.objects.get(item="护目镜").quantity_asked == 30


def test_a_correction_is_taken_back(actor: Actor) -> None:
    batch = bring(actor, HEAD + MASKS.format("三四百"))
    row = batch.rows.get()
    row = fix_import_row(
        actor=actor, row=row, expect=row.version, table="need", who="武汉市测试医院", item="医用外科口罩", category="",
        amount="350", unit="只", place="420103",
    )  # fmt: skip
    row = fix.unfix_row(actor=actor, row=row, expect=row.version)
    assert row.fixed == {}


def test_who_may_bring_what(actor: Actor) -> None:
    wuhan = b.an_actor("coordinator", "supplies", "4201")
    b.a_place("420902")
    batch = bring(wuhan, HEAD + MASKS.format(200) + "孝感市测试医院,护目镜,9,个,孝感市孝南区,,,\n")
    assert verdicts(batch) == {"医用外科口罩": "new", "护目镜": "blocked"}
    accept_import(actor=wuhan, batch_id=batch.pk)
    assert Need.objects.count() == 1
    for role in ("verifier", "liaison", "volunteer", "analyst", "admin"):
        with pytest.raises(Refusal, match="not_found"):
            bring(b.an_actor(role), HEAD + SUITS)
    with pytest.raises(Refusal, match="not_found"):
        accept_import(actor=b.an_actor("liaison"), batch_id=batch.pk)
    with pytest.raises(Refusal, match="not_found"):
        undo_import(actor=ANONYMOUS, batch_id=batch.pk)


def test_a_clerk_brings_the_own_hospitals_sheet_only(actor: Actor) -> None:
    hospital = b.an_organisation("武汉市测试医院", place=b.a_place("420103"))
    other = b.an_organisation("别家测试医院", place=b.a_place("420103"))
    clerk = b.an_actor("officer", organisation=hospital)
    text = "物资名称,数量,单位\n医用外科口罩,200,只\n"
    batch = bring(clerk, text, "缺的东西.csv")
    accept_import(actor=clerk, batch_id=batch.pk)
    need = mask()
    assert (need.organisation, need.requester, need.for_whom) == (hospital, "武汉市测试医院", "facility")
    mixed = bring(clerk, HEAD + MASKS.format(300) + "别家测试医院,护目镜,9,个,武汉市江汉区,,,\n")
    assert verdicts(mixed) == {"医用外科口罩": "new", "护目镜": "blocked"}
    # Another hospital's nameless sheet has lines of its own.
    rival = b.an_actor("officer", organisation=other)
    theirs = bring(rival, text, "缺的东西.csv")
    assert verdicts(theirs) == {"医用外科口罩": "new"}
    with pytest.raises(Refusal, match="not_found"):
        accept_import(actor=rival, batch_id=mixed.pk)


def test_offers_and_leads_come_in_too(actor: Actor) -> None:
    batch = bring(
        actor,
        "捐赠单位,物资名称,数量,单位,服务范围,地址\n测试慈善基金会,医用外科口罩,3000,只,湖北省,武汉市江汉区\n",
        "捐赠.csv",
        synthetic=True,
    )
    accept_import(actor=actor, batch_id=batch.pk)
    offer = Offer.objects.get()
    assert (offer.giver, offer.quantity, offer.may_go, offer.synthetic) == ("测试慈善基金会", 3000, ["42"], True)
    assert not Lead.objects.exists()


def test_a_second_press_finds_it_done(actor: Actor) -> None:
    batch = bring(actor, HEAD + MASKS.format(200))
    first = accept_import(actor=actor, batch_id=batch.pk)
    second = accept_import(actor=b.an_actor("coordinator"), batch_id=batch.pk)
    assert (first.audit_group, second.accepted_by) == (second.audit_group, first.accepted_by)
    assert Need.objects.count() == 1
    undo_import(actor=actor, batch_id=batch.pk)
    assert undo_import(actor=actor, batch_id=batch.pk).state == ImportState.UNDONE
    with pytest.raises(Refusal, match="import_over"):
        accept_import(actor=actor, batch_id=batch.pk)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_need() -> None:
    """The same batch accepted twice at once, and two batches of one sheet: one need each way."""
    b.a_place("420103")
    actor = b.an_actor("coordinator")
    batches = [bring(actor, HEAD + MASKS.format(200)), bring(actor, HEAD + MASKS.format(200))]
    faults: list[BaseException] = []
    start = threading.Barrier(4)

    def press(batch: ImportBatch) -> None:
        try:
            start.wait(20)
            accept_import(actor=actor, batch_id=batch.pk)
        except BaseException as error:
            faults.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=press, args=(batch,)) for batch in batches * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert faults == []
    assert Need.objects.count() == 1
    assert Contact.objects.count() == 1
    assert ImportBatch.objects.filter(state=ImportState.ACCEPTED).count() == 2


def test_an_institution_is_what_its_name_says() -> None:
    assert kind_of("武汉市第一医院") == "hospital"
    assert kind_of("某某慈善基金会") == "foundation"
    assert kind_of("合成社区居委会") == "committee"
    assert kind_of("某社区卫生服务中心") == "hospital"
    assert kind_of("湖北省疾病预防控制中心") == "public_body"
    assert kind_of("曾都区红十字会") == "association"
    assert kind_of("某某") == "other"


@pytest.mark.parametrize("name", ["某人", "王会", "欧阳小院", "Vincent", "张学会"])
def test_a_persons_name_is_not_an_institutions(name: str) -> None:
    assert not is_institution(name)


@pytest.mark.parametrize(
    "name", ["武汉市第一医院", "合成企业04", "合成社会团体02", "广水市红十字会", "Acme Inc", "黄陂区卫健局"]
)
def test_an_institutions_name_is(name: str) -> None:
    assert is_institution(name)
