"""`tongzhou migrate`: make the database or bring it up to date, with its reference data."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.console import both, note, say, working
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["migrate_command"]

_NO_COPY = both(
    "更新 SQLite 之前不另存一份（默认会存在数据文件夹的 before-migrate/ 里）",
    "keep no copy of a SQLite database first (by default one is kept in before-migrate/ of the data folder)",
)
_CHECK = both("只看有没有要更新的", "only say whether anything is to be done")
#: Copies of the database that are kept beside it; older ones are removed.
KEPT = 3


def migrate_command(
    no_copy: Annotated[bool, typer.Option("--no-copy", help=_NO_COPY)] = False,
    check: Annotated[bool, typer.Option("--check", help=_CHECK)] = False,
) -> int:
    """建立或更新数据库 / make the database or bring it up to date."""
    desk.enter()
    if newer := desk.unknown_migrations():
        raise Trouble(
            f"数据库由更新的版本用过（{newer[0]}），这个版本不能动它。请换回那个版本。",
            f"the database was used by a newer version ({newer[0]}); this one must not touch it. Go back to that one.",
            code=1,
        )
    missing = desk.pending_migrations()
    if check:
        for name in missing:
            print(name)
        return 1 if missing else 0
    with working("更新数据库", "database") as progress:
        kept = None if no_copy or not missing else _keep_copy()
        done = desk.prepare_database(progress.say)
        desk.seed(progress.say)
    if kept:
        note(f"更新之前的数据库在 {kept}", f"the database as it was is in {kept}")
    say(f"数据库已就绪（更新了 {done} 步）。", f"The database is ready ({done} steps taken).")
    return 0


def _keep_copy() -> Path | None:
    """A consistent copy of a SQLite database that has content; None when there is nothing to copy."""
    from django.db import connection

    from tongzhou.cli.upkeep.snapshot import copy_sqlite

    if connection.vendor != "sqlite" or not connection.introspection.table_names():
        return None
    folder = desk.data_folder() / "before-migrate"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"tongzhou-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3"
    copy_sqlite(target)
    for old in sorted(folder.glob("tongzhou-*.sqlite3"))[:-KEPT]:
        old.unlink()
    return target
