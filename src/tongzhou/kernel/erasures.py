"""Erased stays erased: the list of rows whose key was destroyed, kept outside the database.

A backup made before a row was destroyed still holds the row's key. So each destruction is written into a file beside
the master keys before it is committed, and whatever brings an older database back destroys the listed rows again. The
list only grows. A line is a table, the id of a row and a date: nothing about anybody.
"""

from __future__ import annotations

import os
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import SYSTEM, Act, Actor
from tongzhou.kernel.models import SealedRecord

__all__ = ["AGAIN", "NAME", "Rows", "destroy", "destroy_again", "gather", "list_file", "merge", "read", "readable"]

#: (table, id of the row) -> the day it was destroyed, YYYY-MM-DD.
Rows = dict[tuple[str, str], str]
#: The file, wherever it stands: beside the keys, in a backup, beside the backups.
NAME = "erased.list"
#: The act under which a destruction that had to be repeated stands in the trail.
AGAIN = "erased.again"
_LINE = re.compile(r"(\w+) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\d{4}-\d{2}-\d{2})")
_AT_ONCE = 500


def list_file() -> Path:
    """Where the list of this desk is."""
    folder: Path = settings.ENVIRONMENT.secrets
    return folder / NAME


def read(path: Path) -> tuple[Rows, int]:
    """What a list says, and how many of its lines cannot be read. A missing list is an empty one.

    A line cut off by a power cut belongs to a destruction that was not committed.
    """
    try:
        lines = path.read_text("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return {}, 0
    found = [_LINE.fullmatch(line) for line in lines if line]
    return {(one[1], one[2]): one[3] for one in found if one}, found.count(None)


def merge(rows: Mapping[tuple[str, str], str], into: Path) -> int:
    """Add what a list does not have yet; how many lines that were. They are on the disk when this returns."""
    known, _spoilt = read(into)
    missing = {key: day for key, day in rows.items() if key not in known}
    if missing:
        _append(into, missing)
    return len(missing)


def _append(path: Path, rows: Mapping[tuple[str, str], str]) -> None:
    text = "".join(f"{table} {row} {day}\n" for (table, row), day in sorted(rows.items())).encode()
    is_new = not path.exists()
    # One unbuffered write at the end of the file: lines of several processes do not mix.
    with open(path, "ab+", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            text = b"\n" + text
        if file.write(text) != len(text):
            raise OSError(f"{path} could not be written")
        os.fsync(file.fileno())
    if is_new and os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@transaction.atomic
def destroy(record: SealedRecord, rows: QuerySet[Any], *, actor: Actor, act: Act | str, reason: str = "") -> bool:
    """Forget the key and the ciphertext of one row; False when `rows` (the row, if it is still so) finds nothing.

    The list is written while the row is locked and before the commit: after a crash a listed row may still have its
    key (`destroy_again` finishes it), never the reverse. Raises ``OSError`` when the list cannot be written; then
    nothing was destroyed.
    """
    if not rows.filter(pk=record.pk).update(**_nothing(type(record))):
        return False
    _append(list_file(), {(record._meta.db_table, str(record.pk)): _today()})
    audit.record(actor=actor, act=act, obj=record, reason=reason)
    return True


def _today() -> str:
    return clock.now().date().isoformat()


def _nothing(model: type[SealedRecord]) -> dict[str, Any]:
    """The columns of a destroyed row."""
    blank: dict[str, Any] = dict.fromkeys(model.COMPARED, "")
    sealed: dict[str, Any] = dict.fromkeys(model.SEALED)
    return {"record_key": None, "version": F("version") + 1, "updated_at": clock.now(), **blank, **sealed}


def _sealed_tables() -> dict[str, type[SealedRecord]]:
    """Every table with sealed rows that the database has."""
    there = set(connection.introspection.table_names())
    found = (model for model in apps.get_models() if issubclass(model, SealedRecord))
    return {model._meta.db_table: model for model in found if model._meta.db_table in there}


def gather() -> int:
    """Add to the list what the database knows as destroyed (before there was a list, or by another machine)."""
    rows: Rows = {}
    for table, model in _sealed_tables().items():
        gone = model._default_manager.filter(record_key__isnull=True).values_list("pk", "updated_at")
        rows |= {(table, str(row)): at.date().isoformat() for row, at in gone.iterator(chunk_size=2000)}
    return merge(rows, list_file())


def readable() -> Iterator[tuple[type[SealedRecord], list[uuid.UUID]]]:
    """Listed rows that have a key all the same, some at a time."""
    by_table: dict[str, list[uuid.UUID]] = defaultdict(list)
    for table, row in read(list_file())[0]:
        by_table[table].append(uuid.UUID(row))
    for table, model in _sealed_tables().items():
        listed = by_table[table]
        for start in range(0, len(listed), _AT_ONCE):
            chunk = listed[start : start + _AT_ONCE]
            kept = model._default_manager.filter(pk__in=chunk, record_key__isnull=False)
            if pks := list(kept.values_list("pk", flat=True)):
                yield model, pks


def destroy_again(*, trail: bool = True) -> int:
    """Destroy listed rows that came back with an older database; how many. Called by the tick and by `restore`.

    `trail`: write it into the trail, which takes a database of this version.
    """
    done = 0
    for model, pks in readable():
        with transaction.atomic():
            done += model._default_manager.filter(pk__in=pks).update(**_in_table(model, _nothing(model)))
            if trail:
                named: Any = model  # a row by its id alone: nothing of it is read
                audit.record_many(actor=SYSTEM, act=AGAIN, rows=((named(pk=pk), {}) for pk in pks))
    return done


def _in_table(model: type[SealedRecord], values: dict[str, Any]) -> dict[str, Any]:
    """The values whose columns the table has: a database of an older version may lack some."""
    with connection.cursor() as cursor:
        there = {one.name for one in connection.introspection.get_table_description(cursor, model._meta.db_table)}
    return {name: value for name, value in values.items() if name in there}
