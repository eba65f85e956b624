"""The way back: one change, or a bulk act as a whole, unless somebody has changed the same fields since."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from typing import Any

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import CHANGE_LEAD, CHANGE_NEED, CHANGE_OFFER, target_of
from tongzhou.chain.intake.services.editing import change_act, refresh_search
from tongzhou.chain.intake.types import LeadState
from tongzhou.flows.promote_lead import demote_lead
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import audit, changes, clock, ids
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry, Record

__all__ = ["can_undo", "find", "offer_undo", "undo"]

_MODELS: dict[str, type[Any]] = {"intake.need": Need, "intake.offer": Offer, "intake.lead": Lead}
#: Plain edits of the desk. Outcomes of verification, merges and imports have their own way back.
_ACTS = {CHANGE_NEED.name, CHANGE_OFFER.name, CHANGE_LEAD.name}


def offer_undo(session: MutableMapping[str, Any], what: AuditEntry | uuid.UUID, text: str) -> None:
    """Show the undo bar on the next pages, until it is used or put away. `what`: one change, or a group of them."""
    key = f"g{what}" if isinstance(what, uuid.UUID) else str(what.pk)
    session["undo"] = {"entry": key, "text": text}


def newest(record: Record) -> AuditEntry | None:
    """The last change of a record."""
    return audit.history(record).exclude(changes={}).first()


def find(key: str) -> AuditEntry | uuid.UUID:
    """What an undo bar or a history line names; ``Refusal("not_found")`` for anything else."""
    if key.startswith("g") and (group := ids.parse_id(key[1:])):
        return group
    if key.isascii() and key.isdigit() and len(key) < 19:
        entry = AuditEntry.objects.filter(pk=int(key)).first()
        if entry is not None:
            return entry
    raise Refusal("not_found")


def can_undo(actor: Actor, entry: AuditEntry, record: Need | Offer | Lead) -> bool:
    """True when this line of the history can be offered with an undo button (it may still turn out too late)."""
    plain = entry.act in _ACTS and entry.undoes_id is None and bool(entry.changes) and "looked" not in entry.changes
    created = (
        all(isinstance(pair, list) and pair[0] is None for pair in entry.changes.values()) and "code" in entry.changes
    )
    return plain and not created and allows(actor, change_act(record), **target_of(record))


@transaction.atomic
def undo(*, actor: Actor, what: AuditEntry | uuid.UUID) -> int:
    """Take it back, all or nothing; how many records. Raises ``not_found`` (not the actor's), ``undo_stale``."""
    if isinstance(what, AuditEntry):
        _undo_one(actor, what)
        return 1
    entries = list(AuditEntry.objects.filter(group=what, undoes=None).order_by("-id"))
    plain = [entry for entry in entries if entry.act in _ACTS]
    if not plain:
        raise Refusal("not_found")
    for entry in plain:
        _undo_one(actor, entry)
    return len({entry.object_id for entry in plain})


def _undo_one(actor: Actor, entry: AuditEntry) -> None:
    model = _MODELS.get(entry.object_type)
    record = model._default_manager.filter(pk=entry.object_id).first() if model else None
    if record is None or not can_undo(actor, entry, record):
        raise Refusal("not_found")
    if isinstance(record, Lead) and entry.changes.get("state", ["", ""])[1] == LeadState.PROMOTED:
        demote_lead(actor=actor, entry=entry)
        return
    changed = changes.undo(entry, actor=actor)
    refresh_search(changed)  # type: ignore[type-var]
    if isinstance(changed, Need | Offer):
        keep_in_step(record=changed, actor=actor, now=clock.now())
