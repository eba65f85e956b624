"""Taking a whole import back: what it made is withdrawn, what it changed is as before; later work of people stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Contact, Lead, Need, Offer
from tongzhou.chain.intake.models.imports import ImportBatch, ImportRow, ImportState
from tongzhou.chain.intake.services.sheets.columns import MODELS
from tongzhou.chain.intake.services.sheets.compare import chunks
from tongzhou.chain.intake.services.sheets.rows import keep
from tongzhou.chain.intake.types import LeadState, NeedState, OfferState, Reason
from tongzhou.kernel import audit, changes, clock
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

__all__ = ["KEPT_DAYS", "UNDONE", "take_back"]

#: What an organisation says that an undone import had made; records say `Reason.IMPORT_UNDONE`.
UNDONE = gettext_noop("导入已撤销")
#: Days a contact is kept after its purpose ended.
KEPT_DAYS = 90


def take_back(batch: ImportBatch, actor: Actor) -> ImportBatch:
    """Undo an accepted import inside the caller's transaction. Rows whose record was left say why (`left`)."""
    if batch.state != ImportState.ACCEPTED or batch.audit_group is None:
        raise Refusal("import_over")
    labels = [model._meta.label_lower for model in MODELS.values()]
    entries = AuditEntry.objects.filter(group=batch.audit_group, object_type__in=labels, undoes=None, undone_by=None)
    left: dict[str, str] = {}
    restored = 0
    for some in chunks(entries.order_by("-id")):
        known = _records(some)
        for entry in some:
            record = known.get(entry.object_id)
            why = _take_back(entry, record, actor) if record is not None else "missing"
            if why:
                left[entry.object_id] = why
            else:
                restored += 1
    _say_left(batch, left)
    keep(batch, counts={**batch.counts, "undone": restored, "undo_left": len(left)})
    return changes.apply(
        batch, actor=actor, act=policies.IMPORT_SHEETS, state=ImportState.UNDONE, undone_at=clock.now()
    )


def _records(entries: Sequence[AuditEntry]) -> dict[str, Need | Offer | Lead]:
    found: dict[str, Need | Offer | Lead] = {}
    for model in MODELS.values():
        wanted = [entry.object_id for entry in entries if entry.object_type == model._meta.label_lower]
        found |= {str(pk): record for pk, record in model._default_manager.in_bulk(wanted).items()}
    return found


def _take_back(entry: AuditEntry, record: Need | Offer | Lead, actor: Actor) -> str:
    """Take one change back; why not, when it stays."""
    if not allows(actor, policies.IMPORT_SHEETS, **policies.target_of(record)):
        return "not_yours"
    if "code" not in entry.changes:  # a change of a record that was there before
        try:
            changes.undo(entry, actor=actor, act=policies.IMPORT_SHEETS)
        except Refusal:
            return "edited"
        return ""
    if not _as_made(record, entry) or (isinstance(record, Need) and record.merged.exists()):
        return "edited"
    state: str = LeadState.DROPPED if isinstance(record, Lead) else NeedState.WITHDRAWN
    state = OfferState.WITHDRAWN if isinstance(record, Offer) else state
    changes.apply(
        record,
        actor=actor,
        act=policies.IMPORT_SHEETS,
        undoes=entry,
        state=state,
        state_reason=Reason.IMPORT_UNDONE.value,
    )
    if record.contact_id:
        day = clock.beijing(clock.now()).date() + dt.timedelta(days=KEPT_DAYS)
        Contact.objects.filter(pk=record.contact_id, keep_until=None).update(keep_until=day)
    return ""


def _as_made(record: models.Model, entry: AuditEntry) -> bool:
    """Whether a record says what it said when the import made it."""
    if getattr(record, "version", 0) == 1:
        return True
    since = audit.history(record).filter(id__gt=entry.pk)
    now: dict[str, Any] = {}
    for one in reversed(list(since)):
        now |= {name: pair[1] for name, pair in one.changes.items() if isinstance(pair, list) and len(pair) == 2}
    blank: tuple[Any, ...] = (None, "", [], {})
    return all(
        value == (entry.changes.get(name) or [None, value if value in blank else None])[1]
        for name, value in now.items()
    )


def _say_left(batch: ImportBatch, left: dict[str, str]) -> None:
    for table in MODELS:
        for why in set(left.values()):
            for some in chunks([one for one, reason in left.items() if reason == why]):
                ImportRow.objects.filter(batch=batch, **{f"{table}_id__in": some}).update(left=why)
