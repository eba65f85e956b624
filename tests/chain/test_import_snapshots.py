"""Two real snapshots in turn: what changed is right by name, nothing is doubled, the second undone leaves the first.

What is expected is worked out from the raw JSON here, without the engine and without the desk.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import builders as b
from tongzhou.chain.intake.models import Contact, ImportBatch, ImportIdentity, Lead, Need, Offer
from tongzhou.chain.intake.models.imports import ImportState, Verdict
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.flows.accept_import import accept_import
from tongzhou.flows.undo_import import undo_import
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.services import seed_places
from tongzhou_engines.base.datafiles import data_path

pytestmark = pytest.mark.django_db
LATER = Path(__file__).parents[1] / "data" / "imports" / "2020-02-10"
#: Columns every row has; they may move without anything having changed.
HOUSEKEEPING = {"version", "updated_at", "state_since"}


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / "hospital").rglob("*.json")):
            archive.write(path, path.relative_to(folder))
    return out.getvalue()


def bring(actor: Actor, name: str, content: bytes, **more: Any) -> ImportBatch:
    batch = rows.open_batch(actor=actor, response=b.a_response(), kind="sheet", name=name, content=content, **more)
    return rows.read_batch(actor=actor, batch=batch)


def state() -> dict[str, dict[str, Any]]:
    """Every column of every record but the housekeeping ones."""
    found = {}
    for model in (Need, Offer, Lead):
        for record in model.objects.all():
            said = {one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}
            found[str(record.pk)] = {name: value for name, value in said.items() if name not in HOUSEKEEPING}
    return found


def raw(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """{(file, name): the row} from the raw files; names that stand twice are left out."""
    seen: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in sorted((folder / "hospital" / "hubei").glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            seen.setdefault((path.name, row["name"].strip()), []).append(row)
    return {key: found[0] for key, found in seen.items() if len(found) == 1}


def asked(row: dict[str, Any]) -> set[str]:
    return {one["key"] for one in row["supplies"]}


def test_two_snapshots_in_turn_and_the_second_undone() -> None:
    seed_places(["42"])
    actor = b.an_actor("coordinator")
    first_folder = Path(data_path("wuhan2020/2020-02-06"))
    first = bring(actor, "wuhan2020 2020-02-06.zip", zipped(first_folder))
    assert (first.state, first.source, str(first.as_of)) == (ImportState.READY, "wuhan2020", "2020-02-06")
    first = accept_import(actor=actor, batch_id=first.pk)
    assert first.counts["taken_new"] == first.counts["new"] == Need.objects.count() == 2070
    before, contacts = state(), Contact.objects.count()
    organisations = set(Organisation.objects.filter(withdrawn_at=None).values_list("name", flat=True))

    second = bring(actor, "wuhan2020 2020-02-10.zip", zipped(LATER))
    one, two = raw(first_folder), raw(LATER)
    _changes_are_right(second, one, two)
    second = accept_import(actor=actor, batch_id=second.pk)
    assert Need.objects.count() == 2070 + second.counts["new"]
    assert ImportIdentity.objects.count() == Need.objects.count()  # one identity each: none doubled
    assert second.counts["taken_changed"] == second.counts["changed"]

    # The same sheet once more: nothing is new, nothing changes.
    again = bring(actor, "wuhan2020 2020-02-10 (1).zip", zipped(LATER))
    assert {"new", "changed", "conflict"} & again.counts.keys() == set()
    rows.discard(actor=actor, batch=again)

    undone = undo_import(actor=actor, batch_id=second.pk)
    assert undone.state == ImportState.UNDONE
    assert undone.counts["undo_left"] == 0
    after = state()
    assert {key: after[key] for key in before} == before
    made_since = [said for key, said in after.items() if key not in before]
    assert len(made_since) == second.counts["new"]
    assert {said["state"] for said in made_since} == {"withdrawn"}
    assert set(Organisation.objects.filter(withdrawn_at=None).values_list("name", flat=True)) == organisations
    assert not Contact.objects.filter(keep_until=None)[contacts:].exists()
    assert audit.verify() == []

    # Brought in again it comes back, and the withdrawn records are taken up instead of made twice.
    third = bring(actor, "wuhan2020 2020-02-10 (2).zip", zipped(LATER))
    assert third.counts["new"] == second.counts["new"]
    assert third.counts["changed"] == second.counts["changed"]
    accept_import(actor=actor, batch_id=third.pk)
    assert Need.objects.count() == len(after)
    assert {said["state"] for said in state().values()} == {"received"}


def _changes_are_right(batch: ImportBatch, one: dict[Any, Any], two: dict[Any, Any]) -> None:
    """Gone, new and changed hospitals by name, against the raw files."""
    shown: dict[str, set[str]] = {}
    for row in batch.rows.all():
        shown.setdefault(row.verdict, set()).add(row.read.get("requester", ""))
    assert shown[Verdict.GONE] == {name for _, name in one.keys() - two.keys()}
    added = {name for key, row in two.items() for name in [key[1]] if key not in one or asked(row) - asked(one[key])}
    assert shown[Verdict.NEW] == added
    texts = ("remark", "url")
    moved = {
        key[1] for key in one.keys() & two.keys()
        if any((one[key].get(name) or "").strip() != (two[key].get(name) or "").strip() for name in texts)
        or any(
            (new["value"], new.get("specification")) != (old["value"], old.get("specification"))
            for new in two[key]["supplies"] for old in one[key]["supplies"] if new["key"] == old["key"]
        )
    }  # fmt: skip
    # 金银潭's remark differs by a removed name only, 武汉儿童医院's null became a bare 1: both say the same.
    changed = shown[Verdict.CHANGED]
    assert changed <= moved
    assert moved - changed <= {"武汉市金银潭医院", "武汉儿童医院"}
    union = batch.rows.filter(verdict=Verdict.CHANGED, read__requester="华中科技大学同济医学院附属协和医院").first()
    assert union is not None
    assert set(union.differences) == {"note"}
    assert "geO3CCd0" in union.differences["note"][0]
    assert "whuh.com" in union.differences["note"][1]


def test_the_trail_of_an_import_is_one_group() -> None:
    seed_places(["4201"])
    actor = b.an_actor("coordinator")
    batch = bring(actor, "表.csv", "需求单位,物资名称,数量,单位\n武汉市测试医院,医用外科口罩,200,只\n".encode())
    done = accept_import(actor=actor, batch_id=batch.pk)
    written = AuditEntry.objects.filter(group=done.audit_group)
    assert {entry.object_type for entry in written} == {"intake.need", "intake.importbatch"}
    assert {entry.actor_id for entry in written} == {actor.account_id}
