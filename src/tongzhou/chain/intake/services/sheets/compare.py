"""A line beside the desk: new, changed, the same, closed or not to be taken; and what is gone from its table.

The sheet is compared with what it said the last time, not with the record: what a person changed on the desk since is
never overwritten by a cell that did not move, and where both moved a person decides.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Contact, Lead, Need, Offer
from tongzhou.chain.intake.models.imports import (
    ImportBatch,
    ImportIdentity,
    ImportKind,
    ImportRow,
    ImportState,
    Table,
    Verdict,
)
from tongzhou.chain.intake.services.sheets.columns import COMPARED, MODELS, World, columns_of, line_of
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, LeadState
from tongzhou.kernel.access import Actor, allows
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.types import OFFICER
from tongzhou_engines.sheets.text import comparable

__all__ = ["Beside", "Judged", "chunks", "gone_rows", "is_open", "judge", "own_organisation", "values_of"]

T = TypeVar("T")
_CHUNK = 800
_WHO = {Table.NEED: "requester", Table.OFFER: "giver", Table.LEAD: "source_name"}


@dataclass(frozen=True, slots=True)
class Judged:
    """How a line stands. `differences`: ``{column: (desk, sheet)}``; `conflicts`: columns both changed."""

    verdict: str
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    reason: str = ""
    record: Need | Offer | Lead | None = None
    base: ImportRow | None = None
    revive: bool = False


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """`values` in lists of at most `size` (databases limit the length of a statement)."""
    listed = list(values)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def is_open(record: Need | Offer | Lead) -> bool:
    """Whether a record still takes changes from a sheet."""
    if isinstance(record, Need):
        return record.state in OPEN_NEEDS
    if isinstance(record, Offer):
        return record.state in OPEN_OFFERS
    return record.state in (LeadState.NEW, LeadState.CALLED)


def own_organisation(actor: Actor, response_id: uuid.UUID) -> Organisation | None:
    """The organisation whose officer the actor is, when officer is all the actor is here."""
    grants = [
        one for one in actor.grants if one.role in policies.IMPORT_SHEETS.roles and one.response in (None, response_id)
    ]
    if not grants or any(one.role != OFFICER for one in grants):
        return None
    found = {one.organisation for one in grants if one.organisation is not None}
    return Organisation.objects.filter(pk__in=found, withdrawn_at=None).order_by("pk").first()


def values_of(row: ImportRow) -> dict[str, Any]:
    """What a line says after a person's corrections."""
    return {**row.read, **row.fixed}


class Beside:
    """The desk's records of a batch's lines, fetched at once."""

    def __init__(self, batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
        self.batch = batch
        self.rounds: dict[str, Need] = {}
        if batch.kind == ImportKind.ROUND:
            for some in chunks(str(row.read["id"]) for row in rows if row.read.get("id")):
                self.rounds |= {str(one.pk): one for one in Need.objects.filter(pk__in=some)}
        keys = [row.key for row in rows if row.table]
        self.identities: dict[str, ImportIdentity] = {}
        self.bases: dict[str, ImportRow] = {}
        for some in chunks(keys):
            found = ImportIdentity.objects.filter(response_id=batch.response_id, key__in=some)
            self.identities |= {one.key: one for one in found.select_related("need", "offer", "lead")}
            said = ImportRow.objects.filter(key__in=some, taken=True, batch__response_id=batch.response_id)
            said = said.filter(batch__state=ImportState.ACCEPTED).exclude(batch=batch)
            self.bases |= {one.key: one for one in said.order_by("batch__accepted_at", "position")}

    def record(self, row: ImportRow) -> Need | Offer | Lead | None:
        """The record a line means, or None."""
        if self.batch.kind == ImportKind.ROUND:
            return self.rounds.get(str(row.read.get("id") or ""))
        identity = self.identities.get(row.key)
        return (identity.need or identity.offer or identity.lead) if identity else None


def judge(row: ImportRow, beside: Beside, world: World, actor: Actor, own: Organisation | None) -> Judged:
    """How one line stands beside the desk, for this actor."""
    if not row.table:
        return Judged(Verdict.ASIDE, reason=row.reason)
    if row.read.get("refused"):
        return Judged(Verdict.BLOCKED, reason=str(row.read["refused"]), record=beside.record(row))
    if beside.batch.kind == ImportKind.ROUND and row.read.get("id"):
        return _judge_round(row, beside.record(row), actor)
    values = values_of(row)
    columns = columns_of(row.table, values, world)
    refused = _refused(row, values, columns, world, actor, own)
    record, base = beside.record(row), beside.bases.get(row.key)
    if record is None:
        return Judged(Verdict.BLOCKED, reason=refused) if refused else Judged(Verdict.NEW)
    if record._meta.model_name != row.table:
        return Judged(Verdict.BLOCKED, reason="other_table", record=record, base=base)
    if refused or not allows(actor, policies.IMPORT_SHEETS, **policies.target_of(record)):
        return Judged(Verdict.BLOCKED, reason=refused or "not_yours", record=record, base=base)
    if base is None:
        # Its import was undone: the record waits, withdrawn, and comes back instead of being made twice.
        if not is_open(record):
            return Judged(Verdict.NEW, record=record, revive=True)
        kept = {name: (getattr(record, name), columns[name]) for name in COMPARED[row.table]}
        kept = {name: pair for name, pair in kept.items() if pair[0] != pair[1]}
        return Judged(Verdict.CONFLICT if kept else Verdict.SAME, kept, tuple(kept), record=record)
    return _moved(row, columns, record, base, world)


def _refused(
    row: ImportRow,
    values: Mapping[str, Any],
    columns: Mapping[str, Any],
    world: World,
    actor: Actor,
    own: Organisation | None,
) -> str:
    if own is not None:
        who = str(values.get(_WHO[Table(row.table)]) or "")
        names = {comparable(name) for name in (own.name, own.short_name) if name}
        if row.table == Table.LEAD or (who and comparable(who) not in names):
            return "not_yours"
        return (
            ""
            if allows(actor, policies.IMPORT_SHEETS, response=world.response.pk, organisation=own.pk)
            else "not_yours"
        )
    category = world.categories.get(str(columns["category_id"] or ""))
    inside = allows(
        actor, policies.IMPORT_SHEETS, line=line_of(category), area=str(columns["place_id"]), response=world.response.pk
    )
    return "" if inside else "outside"


def _judge_round(row: ImportRow, record: Need | Offer | Lead | None, actor: Actor) -> Judged:
    """A need that went out and came back: a cell both edited there and changed here is a conflict."""
    if not isinstance(record, Need) or not allows(actor, policies.IMPORT_SHEETS, **policies.target_of(record)):
        return Judged(Verdict.BLOCKED, reason="not_yours")
    base = dict(row.read.get("base", {}))
    differences: dict[str, tuple[Any, Any]] = {}
    conflicts = []
    for name, value in dict(row.read.get("columns", {})).items():
        new = dt.date.fromisoformat(value) if name == "needed_by" and value else value
        now = getattr(record, name)
        if now == new:
            continue
        differences[name] = (now, new)
        if (now.isoformat() if isinstance(now, dt.date) else now) != base.get(name):
            conflicts.append(name)
    if not differences:
        return Judged(Verdict.SAME, record=record)
    if not is_open(record):
        return Judged(Verdict.CLOSED, differences, (), "closed", record)
    return Judged(Verdict.CONFLICT if conflicts else Verdict.CHANGED, differences, tuple(conflicts), "", record)


def _moved(
    row: ImportRow, columns: Mapping[str, Any], record: Need | Offer | Lead, base: ImportRow, world: World
) -> Judged:
    """Columns where the sheet says something else than the last time (or a person corrected the line now)."""
    before = columns_of(row.table, base.read, world)
    stood = columns_of(row.table, values_of(base), world)
    plain = columns_of(row.table, row.read, world)
    differences: dict[str, tuple[Any, Any]] = {}
    conflicts: list[str] = []
    for name in COMPARED[row.table]:
        if before[name] == plain[name] and columns[name] == plain[name]:
            continue
        now = getattr(record, name)
        if now == columns[name]:
            continue
        differences[name] = (now, columns[name])
        if now != stood[name]:
            conflicts.append(name)
    if row.read.get("contact", "") != base.read.get("contact", ""):
        differences["contact"] = ("", "")
    if not differences:
        return Judged(Verdict.SAME, record=record, base=base)
    if not is_open(record):
        return Judged(Verdict.CLOSED, differences, (), "closed", record, base)
    verdict = Verdict.CONFLICT if conflicts else Verdict.CHANGED
    return Judged(verdict, differences, tuple(conflicts), "", record, base)


def gone_rows(batch: ImportBatch, keys: Iterable[str]) -> list[ImportRow]:
    """The newest accepted lines of this source that the table no longer has, whose records are still open."""
    there = set(keys)
    said = ImportRow.objects.filter(
        Q(batch__response_id=batch.response_id, batch__source=batch.source, batch__state=ImportState.ACCEPTED),
        taken=True,
    ).exclude(batch=batch)
    if batch.organisation_id:
        said = said.filter(batch__organisation_id=batch.organisation_id)
    newest = {one.key: one for one in said.order_by("batch__accepted_at", "position")}
    missing = [one for key, one in newest.items() if key not in there]
    for table, model in MODELS.items():
        ids = [getattr(one, f"{table}_id") for one in missing if one.table == table]
        records: dict[Any, Any] = {}
        for some in chunks(ids):
            records |= model._default_manager.in_bulk([one for one in some if one])
        for one in missing:
            if one.table == table:
                setattr(one, table, records.get(getattr(one, f"{table}_id")))
    return [one for one in missing if one.record is not None and is_open(one.record)]


def contacts_of(records: Iterable[Need | Offer | Lead]) -> dict[uuid.UUID, Contact]:
    """The contacts of these records by id."""
    found: dict[uuid.UUID, Contact] = {}
    for some in chunks({record.contact_id for record in records if record.contact_id}):
        found |= Contact.objects.in_bulk(some)
    return found
