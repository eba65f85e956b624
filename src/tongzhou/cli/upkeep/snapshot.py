"""The database as files, all of one moment, and back again: a file for SQLite, one COPY file a table for PostgreSQL.

No program of PostgreSQL is needed, so a backup works on any machine and with any version of the server.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tongzhou.cli.upkeep.trouble import Trouble

__all__ = [
    "applied_in_file",
    "check_sqlite",
    "copy_sqlite",
    "dump_postgres",
    "is_empty",
    "load_postgres",
    "not_ours",
    "place_sqlite",
]

#: Pages of 4 KiB copied at a time: a writer waits for so many at most.
_PAGES = 4096


def applied_in_file(file: Path) -> list[list[str]]:
    """The migrations a SQLite file has, as [app, name], in the order they were applied."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        return [list(row) for row in opened.execute("SELECT app, name FROM django_migrations ORDER BY id")]


def not_ours(migrations: Sequence[Sequence[str]]) -> str:
    """The first of these migrations that belongs to an app of ours and that this program has not; blank when none."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {*loader.graph.nodes, *loader.replacements}
    for app, name in migrations:
        if app in loader.migrated_apps and (app, name) not in known:
            return f"{app}.{name}"
    return ""


def is_empty() -> bool:
    """True when the database holds no table at all."""
    return not connection.introspection.table_names()


def _sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def copy_sqlite(target: Path) -> None:
    """A consistent copy of the SQLite database while others write, readable by this user only."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{_sqlite_file()}?mode=ro", uri=True, timeout=30)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, pages=_PAGES, sleep=0.0)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, no companions
        check_sqlite(target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def check_sqlite(file: Path) -> None:
    """Raise Trouble unless the file is a sound SQLite database."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
            broken = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        found, broken = str(error), None
    if found != "ok" or broken:
        raise Trouble(
            f"数据库文件有损坏（{broken or found}）。请用更早的备份，并检查磁盘。",
            f"the database file is damaged ({broken or found}). Use an older backup and examine the disk.",
            code=1,
        )


def place_sqlite(file: Path) -> None:
    """Put a checked database file into its place, which must be empty."""
    connection.close()
    target = _sqlite_file()
    for name in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        name.unlink(missing_ok=True)  # the caller made sure that it holds no table
    os.replace(file, target)
    with contextlib.closing(sqlite3.connect(target)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")


def _tables(cursor: Any) -> dict[str, list[str]]:
    """Every table of ours with its columns in order."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        " AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        found.setdefault(table, []).append(column)
    return found


def _sequences(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
    return {name: value for name, value in cursor.fetchall() if value is not None}


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


def dump_postgres(folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Write every table to ``folder/<table>.copy``, all as of one moment; what `load_postgres` needs to know."""
    folder.mkdir(mode=0o700, exist_ok=True)
    own = connection.copy()  # a transaction of its own: REPEATABLE READ must be its first word
    rows: dict[str, int] = {}
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            tables = _tables(cursor)
            sequences = _sequences(cursor)
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            migrations = [list(row) for row in cursor.fetchall()]
            for table, columns in tables.items():
                tell(table)
                rows[table] = _copy_out(cursor, table, columns, folder / f"{table}.copy")
    finally:
        own.close()
    return {"tables": tables, "rows": rows, "sequences": sequences, "migrations": migrations}


def _copy_out(cursor: Any, table: str, columns: Sequence[str], target: Path) -> int:
    statement = f"COPY {connection.ops.quote_name(table)} ({_quoted(columns)}) TO STDOUT"
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, cursor.copy(statement) as copy:
        for block in copy:
            out.write(block)
    return int(cursor.rowcount)


def load_postgres(folder: Path, known: dict[str, Any], tell: Callable[[str], None]) -> None:
    """Make the tables as they were at that moment and fill them, in one transaction; the database must be empty."""
    _make_tables(known["migrations"])
    with transaction.atomic(), connection.cursor() as cursor:
        there = _tables(cursor)
        if {table: sorted(columns) for table, columns in there.items()} != {
            table: sorted(columns) for table, columns in known["tables"].items()
        }:
            raise Trouble(
                "备份里的表与这个版本按同样步骤建出的表不同，不能恢复。请用做备份时的版本恢复，再更新。",
                "the tables in the backup differ from those this version makes with the same migrations. Restore with "
                "the version that made the backup, then upgrade.",
                code=1,
            )
        cursor.execute(f"TRUNCATE {_quoted(sorted(there))} RESTART IDENTITY CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, columns in known["tables"].items():
            tell(table)
            count = _copy_in(cursor, table, columns, folder / f"{table}.copy")
            if count != known["rows"][table]:
                raise Trouble(f"{table} 的行数不符", f"{table}: another number of rows", code=1)
        for name, value in known["sequences"].items():
            cursor.execute("SELECT setval(%s, %s)", [connection.ops.quote_name(name), value])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _make_tables(migrations: Sequence[Sequence[str]]) -> None:
    """Apply exactly these migrations."""
    executor = MigrationExecutor(connection)
    last: dict[str, tuple[str, str]] = {}
    for app, name in migrations:
        if (app, name) in executor.loader.graph.nodes:
            last[app] = (app, name)
    executor.migrate(list(last.values()))


def _copy_in(cursor: Any, table: str, columns: Sequence[str], source: Path) -> int:
    statement = f"COPY {connection.ops.quote_name(table)} ({_quoted(columns)}) FROM STDIN"
    with source.open("rb") as rows, cursor.copy(statement) as copy:
        while block := rows.read(1 << 20):
            copy.write(block)
    return int(cursor.rowcount)
