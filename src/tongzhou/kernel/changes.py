"""The one door for writing records: a conditional UPDATE by version, with its audit row; and the way back.

The trail keeps ``{field: [before, after]}``; that is a record's history and what undo works from. Sealed fields stand
in it as ciphertext (which dies with the row's key), never as text.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import models, transaction

from tongzhou.kernel import audit, clock, ids
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry, Record

__all__ = ["apply", "apply_many", "apply_same", "create", "create_many", "said_value", "says", "undo", "undo_group"]

R = TypeVar("R", bound=Record)

#: Columns every row has; they are not part of what somebody changed.
_HOUSEKEEPING = {"id", "version", "created_at", "updated_at", "state_since", "record_key", "key_scope", "key_version"}


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return "sealed:" + base64.b64encode(bytes(value)).decode()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value


def _from_json(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, str) and value.startswith("sealed:") and isinstance(field, models.BinaryField):
        return base64.b64decode(value.removeprefix("sealed:"))
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def says(obj: Record, name: str, said: Any) -> bool:
    """True when the column `name` still has the value that stands as `said` in the trail."""
    return bool(_to_json(getattr(obj, name)) == said)


def said_value(obj: Record, name: str, said: Any) -> Any:
    """The value that stands as `said` in the trail, as the column `name` takes it."""
    field = obj._meta.get_field(name)
    return None if said is None or not isinstance(field, models.Field) else _from_json(field, said)


def _columns(obj: Record) -> dict[str, Any]:
    hidden = _HOUSEKEEPING.union(getattr(obj, "NOT_IN_TRAIL", ()))  # password and secret hashes
    return {f.attname: getattr(obj, f.attname) for f in obj._meta.concrete_fields if f.name not in hidden}


def _first_values(obj: Record) -> dict[str, Any]:
    """What a new row says: ``{field: [None, value]}`` for everything not blank."""
    return {name: [None, _to_json(value)] for name, value in _columns(obj).items() if value not in (None, "", [], {})}


@transaction.atomic
def create(obj: R, *, actor: Actor, act: Act | str, reason: str = "", group: uuid.UUID | None = None) -> R:
    """Insert a new record with its audit row."""
    obj.save(force_insert=True)
    audit.record(actor=actor, act=act, obj=obj, changes=_first_values(obj), reason=reason, group=group)
    return obj


@transaction.atomic
def create_many(
    objs: Sequence[R], *, actor: Actor, act: Act | str, reason: str = "", group: uuid.UUID | None = None
) -> None:
    """Insert new records of one model with their audit rows, in few statements."""
    if objs:
        type(objs[0])._default_manager.bulk_create(objs, batch_size=500)
        audit.record_many(actor=actor, act=act, rows=((o, _first_values(o)) for o in objs), reason=reason, group=group)


@transaction.atomic
def apply(
    obj: R,
    *,
    actor: Actor,
    act: Act | str,
    expect: int | None = None,
    reason: str = "",
    group: uuid.UUID | None = None,
    undoes: AuditEntry | None = None,
    **fields: Any,
) -> R:
    """Change `fields` of a record if it still has version `expect` (default: the version `obj` was read with).

    Returns `obj` with the new values. Nothing is written and no row appears when nothing differs. Raises
    ``Refusal("version_stale")`` when somebody else was first.
    """
    before = _columns(obj)
    expected = obj.version if expect is None else expect
    changed = _changed(obj, before, fields)
    if not changed:
        if expected != obj.version:
            raise Refusal("version_stale")
        return obj
    now = clock.now()
    values = {name: new for name, (_, new) in changed.items()}
    rows = type(obj)._default_manager.filter(pk=obj.pk, version=expected)
    if rows.update(version=models.F("version") + 1, **_moments(obj, changed, now), **values) != 1:
        raise Refusal("version_stale")
    obj.refresh_from_db()
    said = {name: [_to_json(old), _to_json(new)] for name, (old, new) in changed.items()}
    audit.record(actor=actor, act=act, obj=obj, changes=said, reason=reason, group=group, undoes=undoes)
    return obj


def _moments(obj: Record, changed: Iterable[str], now: dt.datetime) -> dict[str, dt.datetime]:
    """When it changed, and for a record that keeps it (`state_since`) when its state moved."""
    moves = "state" in changed and hasattr(obj, "state_since")
    return {"updated_at": now, "state_since": now} if moves else {"updated_at": now}


def _changed(obj: Record, before: dict[str, Any], fields: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    changed = {}
    for name, value in fields.items():
        column = obj._meta.get_field(name)
        if not isinstance(column, models.Field) or column.attname not in before:
            raise ValueError(f"{name} cannot be changed this way")
        new = value.pk if isinstance(value, models.Model) else value
        new = column.target_field.to_python(new) if isinstance(column, models.ForeignKey) else new
        old = before[column.attname]
        old = bytes(old) if isinstance(old, memoryview) else old
        if old != new:
            changed[column.attname] = (old, new)
    return changed


@transaction.atomic
def apply_many(objs: Iterable[R], *, actor: Actor, act: Act | str, reason: str = "", **fields: Any) -> uuid.UUID:
    """The same change to many records, all or none; the group id, which `undo_group` takes back."""
    group = ids.new_id()
    for obj in objs:
        apply(obj, actor=actor, act=act, reason=reason, group=group, **fields)
    return group


@transaction.atomic
def apply_same(objs: Sequence[R], *, actor: Actor, act: Act | str, reason: str = "", **fields: Any) -> None:
    """Set the same `fields` on many records of one model in few statements, each by the version it was read with.

    All or none: ``Refusal("version_stale")`` when somebody changed one of them. The objects have the new values.
    """
    now = clock.now()
    alike: dict[tuple[int, bool], list[R]] = {}
    said = []
    for obj in objs:
        if changed := _changed(obj, _columns(obj), fields):
            alike.setdefault((obj.version, "state" in changed), []).append(obj)
            said.append((obj, {name: [_to_json(old), _to_json(new)] for name, (old, new) in changed.items()}))
    for (version, moves), some in alike.items():
        rows = type(some[0])._default_manager.filter(pk__in=[obj.pk for obj in some], version=version)
        moments = _moments(some[0], ("state",) if moves else (), now)
        if rows.update(version=models.F("version") + 1, **moments, **fields) != len(some):
            raise Refusal("version_stale")
        for obj in some:
            obj.version = version + 1
            for name, value in {**moments, **fields}.items():
                setattr(obj, name, value)
    audit.record_many(actor=actor, act=act, rows=said, reason=reason)


@transaction.atomic
def undo(entry: AuditEntry, *, actor: Actor, act: Act | str = "undo", reason: str = "") -> Record:
    """Take one change back: every field it set returns to its value before, if it still has the value after.

    Raises ``Refusal("undo_stale")`` when a later change touched one of the fields, or it was undone already.
    """
    from django.apps import apps

    model = apps.get_model(entry.object_type)
    obj: Record = model._default_manager.get(pk=entry.object_id)
    back: dict[str, Any] = {}
    for name, pair in entry.changes.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise Refusal("undo_stale")
        field = model._meta.get_field(name)
        before, after = (_from_json(field, value) for value in pair)
        present = getattr(obj, name)
        present = bytes(present) if isinstance(present, memoryview) else present
        if present != after or entry.undone_by.exists():
            raise Refusal("undo_stale")
        back[name] = before
    return apply(obj, actor=actor, act=act, reason=reason, undoes=entry, **back)


@transaction.atomic
def undo_group(group: uuid.UUID, *, actor: Actor, act: Act | str = "undo", reason: str = "") -> int:
    """Take every change of a bulk act back, all or none; how many."""
    entries = list(AuditEntry.objects.filter(group=group, undoes=None).order_by("-id"))
    for entry in entries:
        undo(entry, actor=actor, act=act, reason=reason)
    return len(entries)
