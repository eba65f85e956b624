"""The audit trail: who did what, and who looked at what, in the same transaction as the effect.

Each row carries a keyed hash, so a changed row is found; the tick seals rows in chained groups, so a removed row is
found.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from tongzhou.kernel import clock, context, crypto
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.models import AuditEntry, AuditSeal

__all__ = ["history", "label_of", "looked", "record", "record_many", "seal_new", "verify"]

#: A row this old is no longer inside a running transaction worth waiting for.
SEAL_AFTER = dt.timedelta(seconds=60)
SEAL_ROWS = 5_000


def label_of(obj: models.Model) -> str:
    """``app.model`` of an object."""
    return obj._meta.label_lower


def _mac_of(entry: AuditEntry) -> str:
    said = [
        str(entry.uid), entry.at.astimezone(dt.UTC).isoformat(), str(entry.actor_id or ""), entry.actor_name, entry.act,
        entry.object_type, entry.object_id, entry.changes, entry.reason, entry.request_id, str(entry.group or ""),
        entry.undoes_id,
    ]  # fmt: skip
    return crypto.mac("audit", json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def _entry(actor: Actor, act: Act | str, obj: models.Model | None, **more: Any) -> AuditEntry:
    entry = AuditEntry(
        actor_id=actor.account_id,
        actor_name=actor.name,
        act=act if isinstance(act, str) else act.name,
        object_type=label_of(obj) if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        request_id=context.request_id.get(),
        at=clock.now(),
        **more,
    )
    entry.mac = _mac_of(entry)
    return entry


def record(
    *,
    actor: Actor,
    act: Act | str,
    obj: models.Model | None = None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
    group: uuid.UUID | None = None,
    undoes: AuditEntry | None = None,
) -> AuditEntry:
    """Write one row. `changes` is ``{field: [before, after]}`` in JSON values.

    `group` ties the rows of one bulk act.
    """
    entry = _entry(actor, act, obj, changes=changes or {}, reason=reason[:500], group=group, undoes=undoes)
    entry.save(force_insert=True)
    return entry


def record_many(
    *,
    actor: Actor,
    act: Act | str,
    rows: Iterable[tuple[models.Model, dict[str, Any]]],
    reason: str = "",
    group: uuid.UUID | None = None,
) -> list[AuditEntry]:
    """Write one row per object in few statements."""
    entries = [_entry(actor, act, obj, changes=changes, reason=reason[:500], group=group) for obj, changes in rows]
    return AuditEntry.objects.bulk_create(entries, batch_size=500)


def looked(*, actor: Actor, act: Act | str, obj: models.Model, fields: Sequence[str], reason: str = "") -> AuditEntry:
    """Log that somebody was shown sensitive fields of `obj` (the names of the fields, never their content)."""
    return record(actor=actor, act=act, obj=obj, changes={"looked": list(fields)}, reason=reason)


def history(obj: models.Model) -> QuerySet[AuditEntry]:
    """Every row about `obj`, newest first."""
    return AuditEntry.objects.filter(object_type=label_of(obj), object_id=str(obj.pk)).order_by("-id")


@transaction.atomic
def seal_new(now: dt.datetime | None = None) -> int:
    """Seal the rows that are old enough; how many. Called by the tick, repeated until nothing is left."""
    last = AuditSeal.objects.select_for_update().order_by("-id").first()
    before = (now or clock.now()) - SEAL_AFTER
    rows = list(AuditEntry.objects.filter(seal=None, at__lt=before).order_by("id")[:SEAL_ROWS])
    if not rows:
        return 0
    seal = AuditSeal(count=len(rows), previous_mac=last.mac if last else "", sealed_at=now or clock.now())
    seal.mac = _seal_mac(seal, [row.mac for row in rows])
    seal.save(force_insert=True)
    AuditEntry.objects.filter(pk__in=[row.pk for row in rows]).update(seal=seal)
    return len(rows)


def _seal_mac(seal: AuditSeal, macs: list[str]) -> str:
    said = "\n".join([seal.previous_mac, str(seal.count), seal.sealed_at.astimezone(dt.UTC).isoformat(), *macs])
    return crypto.mac("audit-seal", said.encode())


def verify() -> list[str]:
    """Every sign of tampering found, in words a log can keep; empty when the trail is whole."""
    found = []
    for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2000):
        if entry.mac != _mac_of(entry):
            found.append(f"audit row {entry.pk} was changed")
    previous = ""
    for seal in AuditSeal.objects.order_by("id").iterator(chunk_size=500):
        macs = list(AuditEntry.objects.filter(seal=seal).order_by("id").values_list("mac", flat=True))
        if seal.previous_mac != previous:
            found.append(f"a seal before seal {seal.pk} was changed or removed")
        if len(macs) != seal.count or seal.mac != _seal_mac(seal, macs):
            found.append(f"rows of seal {seal.pk} were removed, added or changed")
        previous = seal.mac
    return found
