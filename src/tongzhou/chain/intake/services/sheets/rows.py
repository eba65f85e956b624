"""A batch from its file to its preview: opened, read, its lines laid down and judged, corrected, decided."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models.imports import (
    Decision,
    ImportBatch,
    ImportKind,
    ImportRow,
    ImportState,
    Verdict,
)
from tongzhou.chain.intake.services.sheets import compare, files
from tongzhou.chain.intake.services.sheets.columns import World, columns_of
from tongzhou.chain.intake.services.sheets.compare import Beside, Judged
from tongzhou.chain.intake.services.sheets.lines import Line, Reading, read_table
from tongzhou.chain.intake.services.submit import scope_of
from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import COORDINATOR
from tongzhou.registers.responses.models import Response
from tongzhou_engines.base.errors import InputError

__all__ = [
    "columns_now",
    "content_of",
    "decide",
    "discard",
    "judge_again",
    "judged_rows",
    "keep",
    "lay_lines",
    "may_see",
    "name_columns",
    "open_batch",
    "private_of",
    "read_batch",
    "shown_difference",
]

_TAKEN_AS = {Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT}


def may_see(actor: Actor, batch: ImportBatch) -> bool:
    """Whoever brought it, whoever coordinates in its response, and the officers of its organisation."""
    if not actor.signed_in and not actor.is_system:
        return False
    if actor.is_system or allows(
        actor, policies.IMPORT_SHEETS, response=batch.response_id, organisation=batch.organisation_id
    ):
        return True
    held = [one for one in actor.grants if one.role == COORDINATOR and one.response in (None, batch.response_id)]
    return bool(held) and not actor.lacks_second_factor and actor.scopes is None


@transaction.atomic
def open_batch(
    *,
    actor: Actor,
    response: Response,
    kind: str,
    name: str,
    content: bytes,
    source: str = "",
    as_of: dt.date | None = None,
    synthetic: bool = False,
) -> ImportBatch:
    """Keep a table that was sent in, sealed, as a batch to be read. Raises ``Refusal`` response_closed, not_found."""
    if not actor.is_system and not any(one.role in policies.IMPORT_SHEETS.roles for one in actor.grants):
        raise Refusal("not_found")
    if not response.is_open:
        raise Refusal("response_closed")
    own = compare.own_organisation(actor, response.pk)
    batch = ImportBatch(
        response=response,
        organisation=own,
        kind=kind,
        file_name=name[-200:],
        file_size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        source=(source.strip() or files.source_name(name))[:120],
        as_of=as_of or files.date_in(name),
        by_id=actor.account_id,
        by_name=actor.name,
        synthetic=synthetic,
    )
    crypto.prepare(batch, scope_of(response.pk))
    batch.content = crypto.seal_bytes(batch, "content", content)
    return changes.create(batch, actor=actor, act=policies.IMPORT_SHEETS)


def content_of(batch: ImportBatch) -> bytes:
    """The file as it came in."""
    if batch.content is None:
        raise Refusal("shredded")
    return crypto.unseal_bytes(batch, "content", bytes(batch.content))


def private_of(batch: ImportBatch) -> dict[str, dict[str, str]]:
    """What is personal in the batch's rows, by position; empty when there is nothing."""
    text = crypto.unseal(batch, "private")
    return dict(json.loads(text)) if text else {}


def read_batch(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Read the file of a batch and judge its lines. What cannot be read leaves the batch failed, with the reason."""
    if batch.state != ImportState.READING:
        return batch
    _progress(batch, 15)
    own = str(batch.organisation_id or "")
    as_of = batch.as_of.isoformat() if batch.as_of else None
    try:
        reading = read_table(
            batch.file_name, _as_mapped(batch), response=batch.response_id, source=batch.source, as_of=as_of, own=own
        )
        if not reading.lines:
            raise InputError(
                "no_rows",
                "表里没有一行内容",
                "the table holds no row",
                "请检查是不是选错了文件",
                "Check that it is the right file",
            )
    except InputError as error:
        return _fail(actor, batch, error)
    _progress(batch, 60)
    return lay_lines(actor=actor, batch=batch, reading=reading)


def _as_mapped(batch: ImportBatch) -> bytes:
    """The file, its headings replaced where a person said what a column means (pasted tables only)."""
    if batch.kind != ImportKind.PASTE:
        return content_of(batch)
    from tongzhou.chain.intake.services.paste import with_headings

    return with_headings(content_of(batch), batch.mapping)


def _progress(batch: ImportBatch, percent: int) -> None:
    keep(batch, progress=percent)


def _fail(actor: Actor, batch: ImportBatch, error: InputError) -> ImportBatch:
    place = error.where
    failure = {
        "code": error.code,
        "zh": error.zh,
        "en": error.en,
        "todo_zh": error.todo_zh,
        "todo_en": error.todo_en,
        "sheet": place.sheet,
        "row": place.row or 0,
        "column": place.column,
    }
    return changes.apply(
        batch, actor=actor, act=policies.IMPORT_SHEETS, state=ImportState.FAILED, failure=failure, progress=100
    )


@transaction.atomic
def lay_lines(*, actor: Actor, batch: ImportBatch, reading: Reading) -> ImportBatch:
    """Lay the lines of a reading down as rows, judged; the batch is ready to be looked at."""
    ImportRow.objects.filter(batch=batch).delete()  # a reading before this one, of the same file: nothing was accepted
    rows = [_row(batch, position, line) for position, line in enumerate(reading.lines, 1)]
    private = {
        str(row.position): dict(line.private) for row, line in zip(rows, reading.lines, strict=True) if line.private
    }
    response = batch.response
    own = compare.own_organisation(actor, batch.response_id)
    for row in rows:
        if own is not None and row.table and not row.read.get("place"):
            row.read["place"] = own.place_id  # a hospital need not write in its own table where it is
            row.problems = [one for one in row.problems if one["problem"] != "place_unresolved"]
    world = World.around(response, [row.read for row in rows])
    beside = Beside(batch, rows)
    for row in rows:
        base = beside.bases.get(row.key)
        if base is not None and base.fixed:
            row.fixed = {name: value for name, value in base.fixed.items() if base.read.get(name) == row.read.get(name)}
        _set(row, compare.judge(row, beside, world, actor, own))
    if batch.kind != ImportKind.ROUND:
        rows += _gone(batch, rows)
    ImportRow.objects.bulk_create(rows, batch_size=500)
    crypto.seal(batch, private=json.dumps(private, ensure_ascii=False) if private else "")
    keep(
        batch,
        counts=_counts(rows, reading),
        problems=list(reading.problems),
        headings=list(reading.headings),
        private=batch.private,
    )
    return changes.apply(
        batch, actor=actor, act=policies.IMPORT_SHEETS, state=ImportState.READY, progress=100, failure={}
    )


def keep(batch: ImportBatch, **fields: Any) -> None:
    """Set columns of a batch that the trail need not hold a second time."""
    ImportBatch.objects.filter(pk=batch.pk).update(**fields)
    for name, value in fields.items():
        setattr(batch, name, value)


def _row(batch: ImportBatch, position: int, line: Line) -> ImportRow:
    read = dict(line.read)
    if line.private:
        said = json.dumps(dict(line.private), ensure_ascii=False, sort_keys=True)
        read["contact"] = crypto.mac("import-contact", f"{batch.response_id}|{said}".encode())[:32]
    return ImportRow(
        batch=batch,
        position=position,
        table=line.table,
        key=line.key,
        file=line.file[:300],
        sheet=line.sheet[:100],
        row=line.row,
        column=line.column[:200],
        read=read,
        problems=[dict(one) for one in line.problems],
        verdict=Verdict.ASIDE,
        reason=line.reason,
    )


def shown_difference(value: Any) -> Any:
    """A column's value as it is kept in a row: JSON."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _set(row: ImportRow, judged: Judged) -> None:
    row.verdict, row.reason = judged.verdict, judged.reason
    row.differences = {
        name: [shown_difference(now), shown_difference(new)] for name, (now, new) in judged.differences.items()
    }
    row.conflicts = list(judged.conflicts)
    if judged.record is not None:
        setattr(row, str(judged.record._meta.model_name), judged.record)


def _gone(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[ImportRow]:
    found: list[ImportRow] = []
    for old in compare.gone_rows(batch, (row.key for row in rows)):
        found.append(
            ImportRow(
                batch=batch,
                position=len(rows) + len(found) + 1,
                table=old.table,
                key=old.key,
                file=old.file,
                sheet=old.sheet,
                row=old.row,
                column=old.column,
                read={**old.read, **old.fixed},
                verdict=Verdict.GONE,
                need=old.need,
                offer=old.offer,
                lead=old.lead,
            )
        )
    return found


def _counts(rows: Iterable[ImportRow], reading: Reading | None) -> dict[str, int]:
    listed = list(rows)
    found: dict[str, int] = dict(Counter(str(row.verdict) for row in listed))
    found |= {
        f"table_{table}": count for table, count in Counter(str(row.table) for row in listed if row.table).items()
    }
    found["problem_rows"] = sum(bool(row.problems) and not row.fixed for row in listed)
    if reading is not None:
        found["problems"], found["rows"] = len(reading.problems), reading.rows
    return found


def judged_rows(batch: ImportBatch, actor: Actor) -> tuple[list[ImportRow], list[Judged], World]:
    """Every line judged as the desk stands now (rows gone from the table are not lines)."""
    rows = list(batch.rows.exclude(verdict=Verdict.GONE).select_related("need", "offer", "lead").order_by("position"))
    for row in rows:
        row.batch = batch
    world = World.around(batch.response, [compare.values_of(row) for row in rows])
    beside = Beside(batch, rows)
    own = compare.own_organisation(actor, batch.response_id)
    return rows, [compare.judge(row, beside, world, actor, own) for row in rows], world


def judge_again(*, actor: Actor, row: ImportRow) -> ImportRow:
    """Judge one line after it was corrected, and bring the batch's figures up to date."""
    batch = row.batch
    world = World.around(batch.response, [compare.values_of(row)])
    own = compare.own_organisation(actor, batch.response_id)
    _set(row, compare.judge(row, Beside(batch, [row]), world, actor, own))
    row.save(update_fields=["verdict", "reason", "differences", "conflicts", "need", "offer", "lead"])
    kept = {name: batch.counts[name] for name in ("problems", "rows") if name in batch.counts}
    figures = _counts(ImportRow.objects.filter(batch=batch).only("verdict", "table", "problems", "fixed"), None)
    keep(batch, counts=figures | kept)
    return row


@transaction.atomic
def decide(*, actor: Actor, batch: ImportBatch, decisions: Mapping[str, str]) -> int:
    """Say what becomes of lines, ``{position: decision}``; how many. Raises ``Refusal`` not_found, import_over."""
    _own(actor, batch)
    said = {int(position): decision for position, decision in decisions.items() if position.isdigit()}
    rows = {row.position: row for row in batch.rows.filter(position__in=list(said))}
    count = 0
    for position, decision in said.items():
        row = rows.get(position)
        if row is None or decision not in ("", *Decision.values) or row.decision == decision:
            continue
        if decision == Decision.WITHDRAW and row.verdict != Verdict.GONE:
            continue
        changes.apply(row, actor=actor, act=policies.IMPORT_SHEETS, decision=decision)
        count += 1
    return count


def name_columns(*, actor: Actor, batch: ImportBatch, mapping: Mapping[str, Any]) -> ImportBatch:
    """Read a pasted table again with the headings a person chose; corrections of its rows begin anew.

    Raises ``Refusal`` not_found, import_over.
    """
    if not may_see(actor, batch) or batch.kind != ImportKind.PASTE:
        raise Refusal("not_found")
    if batch.state not in (ImportState.READY, ImportState.FAILED):
        raise Refusal("import_over")
    changes.apply(
        batch, actor=actor, act=policies.IMPORT_SHEETS, state=ImportState.READING, mapping=dict(mapping), progress=0
    )
    return read_batch(actor=actor, batch=batch)


def discard(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Put an import away without taking anything of it."""
    if not may_see(actor, batch):
        raise Refusal("not_found")
    if batch.state not in (ImportState.READY, ImportState.FAILED, ImportState.READING):
        raise Refusal("import_over")
    return changes.apply(batch, actor=actor, act=policies.IMPORT_SHEETS, state=ImportState.DISCARDED)


def _own(actor: Actor, batch: ImportBatch) -> None:
    if not may_see(actor, batch):
        raise Refusal("not_found")
    if batch.state != ImportState.READY:
        raise Refusal("import_over")


def columns_now(row: ImportRow, world: World) -> dict[str, Any]:
    """The columns a line fills after corrections."""
    return columns_of(row.table, compare.values_of(row), world)
