"""Accepting an import: every line that was judged to be taken becomes or changes a record, in one audit group."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Subquery

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Contact, Lead, Need, Offer, Submission
from tongzhou.chain.intake.models.imports import (
    Decision,
    ImportBatch,
    ImportIdentity,
    ImportKind,
    ImportRow,
    ImportState,
    Table,
    Verdict,
)
from tongzhou.chain.intake.services import amounts, submit
from tongzhou.chain.intake.services.sheets import columns as cols
from tongzhou.chain.intake.services.sheets import compare, rows
from tongzhou.chain.intake.services.sheets.columns import MODELS, World
from tongzhou.chain.intake.services.sheets.compare import Judged, chunks
from tongzhou.chain.intake.types import Channel, LeadState, NeedState, OfferState, Reason, SolvedBy
from tongzhou.kernel import changes, clock, crypto, ids
from tongzhou.kernel.access import Actor
from tongzhou.registers.organisations.models import Organisation

__all__ = ["Plan", "named", "plan_of", "take"]

#: Who asks, by name and place: what an organisation is found or made by.
Named = tuple[str, str]
_CHANNELS = {ImportKind.SHEET: Channel.SHEET, ImportKind.PASTE: Channel.PASTE, ImportKind.ROUND: Channel.SHEET}


@dataclass
class Plan:
    """What accepting a batch will do, worked out as the desk stands now."""

    batch: ImportBatch
    actor: Actor
    world: World
    own: Organisation | None
    lines: list[tuple[ImportRow, Judged]]
    gone: list[ImportRow]
    now: dt.datetime = field(default_factory=clock.now)

    @property
    def taken(self) -> list[tuple[ImportRow, Judged]]:
        """The lines that are taken: new and changed ones unless a person left them, conflicts only when told so."""
        return [
            (row, judged) for row, judged in self.lines
            if (judged.verdict in (Verdict.NEW, Verdict.CHANGED) and row.decision != Decision.LEAVE)
            or (judged.verdict == Verdict.CONFLICT and row.decision == Decision.TAKE)
        ]  # fmt: skip


def plan_of(batch: ImportBatch, actor: Actor) -> Plan:
    """Judge every line anew. Call it inside the transaction that accepts."""
    listed, judged, world = rows.judged_rows(batch, actor)
    gone = list(
        batch.rows.filter(verdict=Verdict.GONE, decision=Decision.WITHDRAW).select_related("need", "offer", "lead")
    )
    own = compare.own_organisation(actor, batch.response_id)
    return Plan(batch, actor, world, own, list(zip(listed, judged, strict=True)), gone)


def named(plan: Plan) -> dict[Named, None]:
    """The institutions that the taken needs name, in their order: (name, division code)."""
    found: dict[Named, None] = {}
    for row, _ in plan.taken:
        if row.table == Table.NEED:
            said = rows.columns_now(row, plan.world)
            if said["requester"]:
                found[(said["requester"], said["place_id"])] = None
    return found


def take(plan: Plan, organisations: Mapping[Named, Organisation]) -> ImportBatch:
    """Write what the plan says. `organisations`: those of `named`. The batch is accepted; its audit group is whole."""
    group = ids.new_id()
    for one in [*organisations.values(), *([plan.own] if plan.own else [])]:
        plan.world.organisations[one.pk] = one
    writer = _Writer(plan, organisations, group)
    writer.write()
    batch = plan.batch
    for some in chunks([row.pk for row, _ in plan.taken]):
        ImportRow.objects.filter(pk__in=some).update(taken=True)
    for table in MODELS:
        meant = ImportIdentity.objects.filter(response_id=batch.response_id, key=OuterRef("key")).values(table)[:1]
        blank = {f"{table}__isnull": True}
        ImportRow.objects.filter(batch=batch, table=table, taken=True, **blank).update(**{table: Subquery(meant)})
    rows.keep(
        batch,
        counts={
            **batch.counts,
            "taken_new": writer.made,
            "taken_changed": writer.changed,
            "taken_gone": len(plan.gone),
        },
    )
    return changes.apply(
        batch, actor=plan.actor, act=policies.IMPORT_SHEETS, group=group, state=ImportState.ACCEPTED, audit_group=group,
        accepted_at=plan.now, accepted_by=plan.actor.name,
    )  # fmt: skip


class _Writer:
    """Writes the lines of a plan."""

    def __init__(self, plan: Plan, organisations: Mapping[Named, Organisation], group: uuid.UUID) -> None:
        self.plan, self.organisations, self.group = plan, organisations, group
        self.private = rows.private_of(plan.batch)
        self.contacts: dict[tuple[str, str, int], Contact] = {}
        self.made = self.changed = 0
        self.act: dict[str, Any] = {"actor": plan.actor, "act": policies.IMPORT_SHEETS, "group": group}

    def write(self) -> None:
        taken = self.plan.taken
        self._make_contacts(taken)
        fresh = [(row, judged) for row, judged in taken if judged.record is None]
        codes = _free_codes(len(fresh))
        for table in MODELS:
            made = [self._record(row, codes) for row, _ in fresh if row.table == table]
            changes.create_many(made, **self.act)
            self._identify([row for row, _ in fresh if row.table == table], made)
            self.made += len(made)
        for row, judged in taken:
            if judged.record is not None:
                self._change(row, judged)
        for row in self.plan.gone:
            self._withdraw(row)

    def _make_contacts(self, taken: Sequence[tuple[ImportRow, Judged]]) -> None:
        """One sealed contact for each source row whose lines need one."""
        wanted: dict[tuple[str, str, int], dict[str, str]] = {}
        for row, judged in taken:
            private = self.private.get(str(row.position))
            if private and (judged.record is None or judged.revive or "contact" in judged.differences):
                wanted.setdefault((row.file, row.sheet, row.row), private)
        scope = submit.scope_of(self.plan.batch.response_id)
        for where, private in wanted.items():
            contact = Contact(response_id=self.plan.batch.response_id)
            crypto.prepare(contact, scope)
            crypto.seal(contact, **private)
            contact.phone_index = crypto.phone_index(private.get("phone", ""), scope)
            contact.address_index = submit.address_index(private.get("address", ""), scope)
            self.contacts[where] = contact
        changes.create_many(list(self.contacts.values()), **self.act)

    def _columns(self, row: ImportRow) -> dict[str, Any]:
        """Every column a line fills, with those that follow, its organisation and its contact."""
        plan, values = self.plan, compare.values_of(row)
        said = cols.columns_of(row.table, values, plan.world)
        said |= cols.derive(row.table, said, values, plan.world, person=bool(values.get("person")))
        if row.table == Table.NEED:
            found = plan.own or self.organisations.get((said["requester"], said["place_id"]))
            said["organisation_id"] = found.pk if found else None
            said["requester"] = said["requester"] or (found.name if found and not values.get("person") else "")
        elif plan.own is not None:
            said["organisation_id"] = plan.own.pk
            if row.table == Table.OFFER:
                said["giver"] = said["giver"] or plan.own.name
        return said

    def _record(self, row: ImportRow, codes: list[str]) -> Need | Offer | Lead:
        plan = self.plan
        said = self._columns(row)
        contact = self.contacts.get((row.file, row.sheet, row.row))
        record = MODELS[row.table](
            code=codes.pop(), response_id=plan.batch.response_id, channel=_CHANNELS[ImportKind(plan.batch.kind)],
            contact_id=contact.pk if contact else None, synthetic=plan.batch.synthetic, **said,
        )  # fmt: skip
        if isinstance(record, Need):
            category = plan.world.categories.get(record.category_id or "")
            record.stale_at, record.expires_at = submit.lifetimes(category, record.urgency_order, plan.now)
        cols.searchable(record, plan.world)
        return record

    def _identify(self, listed: Sequence[ImportRow], made: Sequence[Need | Offer | Lead]) -> None:
        ImportIdentity.objects.bulk_create(
            [
                ImportIdentity(response_id=self.plan.batch.response_id, key=row.key, **{row.table: record})
                for row, record in zip(listed, made, strict=True)
            ],
            batch_size=500,
        )

    def _change(self, row: ImportRow, judged: Judged) -> None:
        """Change the record of a line: the columns that differ and what follows from them."""
        record = judged.record
        assert record is not None
        full = self._columns(row) if "columns" not in row.read else self._written(row, judged)
        fields = dict(full) if judged.revive else {name: full[name] for name in judged.differences if name != "contact"}
        if not judged.revive:
            fields |= self._following(row, fields, full)
        else:
            fields |= _reopened(record) | self._lifetimes(record, full)
            self.made += 1
        contact = self.contacts.get((row.file, row.sheet, row.row))
        if contact is not None and ("contact" in judged.differences or judged.revive):
            fields["contact_id"] = contact.pk
        shadow = MODELS[row.table](
            **{one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}
        )
        for name, value in fields.items():
            setattr(shadow, name, value)
        fields["search"] = cols.searchable(shadow, self.plan.world)
        changes.apply(record, **self.act, **{name.removesuffix("_id"): value for name, value in fields.items()})
        self.changed += not judged.revive

    def _written(self, row: ImportRow, judged: Judged) -> dict[str, Any]:
        """The columns of a need that came back from Excel: what it says on the desk, with the edited cells."""
        record = judged.record
        assert isinstance(record, Need)
        full = {one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}
        full |= {name: new for name, (_now, new) in judged.differences.items()}
        category = self.plan.world.categories.get(full["category_id"] or "")
        full["line"] = cols.line_of(category)
        full["quantity_flag"] = str(amounts.plausibility(full["quantity_asked"], category, record.for_whom))
        return full

    def _following(self, row: ImportRow, fields: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
        follows: dict[str, Any] = {}
        if "category_id" in fields:
            follows["line"] = full["line"]
        if row.table == Table.NEED:
            if {"quantity_asked", "category_id", "unit"} & fields.keys():
                follows["quantity_flag"] = full["quantity_flag"]
            if "urgency_said" in fields and row.need is not None and row.need.urgency is None:
                follows["urgency_order"] = full["urgency_order"]
            if "urgency" in fields:
                follows["urgency_order"] = fields["urgency"]
            if "place_id" in fields:
                follows["place_certain"] = full["place_certain"] if "columns" not in row.read else True
            if "state" in fields:
                follows |= {"state_reason": Reason.SHEET_CHANGED.value}
                follows |= {"solved_by": SolvedBy.OTHER} if fields["state"] == NeedState.SOLVED else {}
            if {"requester", "place_id"} & fields.keys() and full.get("organisation_id"):
                follows["organisation_id"] = full["organisation_id"]
        elif row.table == Table.OFFER and "category_id" in fields:
            follows["remote"] = full["remote"]
        return follows

    def _lifetimes(self, record: Need | Offer | Lead, full: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(record, Need):
            return {}
        category = self.plan.world.categories.get(full["category_id"] or "")
        stale_at, expires_at = submit.lifetimes(category, full["urgency_order"], self.plan.now)
        return {"stale_at": stale_at, "expires_at": expires_at}

    def _withdraw(self, row: ImportRow) -> None:
        record = row.record
        if record is not None and compare.is_open(record):
            changes.apply(record, **self.act, state=_closed(record), state_reason=Reason.SHEET_WITHOUT.value)


def _reopened(record: Need | Offer | Lead) -> dict[str, Any]:
    state: str = NeedState.RECEIVED if isinstance(record, Need) else OfferState.RECEIVED
    return {"state": LeadState.NEW if isinstance(record, Lead) else state, "state_reason": ""}


def _closed(record: Need | Offer | Lead) -> str:
    if isinstance(record, Lead):
        return LeadState.DROPPED
    return NeedState.WITHDRAWN if isinstance(record, Need) else OfferState.WITHDRAWN


def _free_codes(count: int) -> list[str]:
    """So many codes that nothing uses yet."""
    found: set[str] = set()
    while len(found) < count:
        found |= {ids.new_code() for _ in range(count - len(found))}
        for some in chunks(found):
            for model in (Submission, Need, Offer, Lead):
                found -= set(model._default_manager.filter(code__in=some).values_list("code", flat=True))
    return list(found)
