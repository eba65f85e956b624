"""Into the desk's world: its settings and its database, and what state they are in."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tongzhou.cli.upkeep.trouble import Trouble

__all__ = [
    "DEMO_MARK",
    "data_folder",
    "enter",
    "is_demo_folder",
    "pending_migrations",
    "prepare_database",
    "refuse_demo_folder",
    "seed",
    "unknown_migrations",
    "unreachable",
]

#: A file in a data folder that was made for the demo: nothing real may ever be put into it.
DEMO_MARK = "THIS-IS-A-DEMO"


def enter(data: Path | None = None) -> None:
    """Set Django up. `data` names the data folder instead of the environment; must come before the first use."""
    if data is not None:
        os.environ["TONGZHOU_DATA"] = str(data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongzhou.site.settings")
    os.umask(0o077)  # whatever a command of upkeep writes is its user's own business
    try:
        import django

        django.setup()
        # Looking again and again through what stays loaded to the end is a quarter of making the database.
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
    except (OSError, RuntimeError, ValueError) as error:
        raise Trouble(f"设置有误：{error}", f"the settings are not usable: {error}") from error


def default_data() -> Path:
    """The data folder when the environment names none."""
    from tongzhou.launch.start import checkout

    return (checkout() or Path(__file__).resolve().parents[4]) / ".tongzhou" / "data"


def data_folder() -> Path:
    """The folder of the database, secrets and uploads."""
    from django.conf import settings

    return Path(settings.TONGZHOU_DATA)


def is_demo_folder(folder: Path) -> bool:
    """True when a data folder was made for the demo."""
    return (folder / DEMO_MARK).exists()


def refuse_demo_folder() -> None:
    """Raise Trouble when the data folder is the demo's."""
    folder = data_folder()
    if is_demo_folder(folder):
        raise Trouble(
            f"{folder} 是演示用的文件夹，不能用于真实工作。请设 TONGZHOU_DATA 为另一个文件夹。",
            f"{folder} was made for the demo and cannot hold real work. Set TONGZHOU_DATA to another folder.",
        )


def pending_migrations() -> list[str]:
    """Migrations this program has and the database has not, ``app.name``. Raises Trouble when it does not answer."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise unreachable(error) from error
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def unknown_migrations() -> list[str]:
    """Migrations the database has and this program has not: it was used by a newer one."""
    from django.db import DatabaseError, connection
    from django.db.migrations.loader import MigrationLoader

    try:
        loader = MigrationLoader(connection, ignore_no_migrations=True)
    except DatabaseError as error:
        raise unreachable(error) from error
    ours = {label for label, _ in loader.disk_migrations}
    known = {*loader.graph.nodes, *loader.replacements}
    return [f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in known]


def unreachable(error: Exception) -> Trouble:
    """The database did not answer."""
    what = type(error).__name__
    return Trouble(
        f"连不上数据库（{what}）。请检查 DATABASE_URL、数据库服务和 TONGZHOU_DATA；./tongzhou doctor 会说得更细。",
        f"the database cannot be reached ({what}). Check DATABASE_URL, the database server and TONGZHOU_DATA; "
        "./tongzhou doctor says more.",
        code=1,
    )


def prepare_database(tell: Callable[[str], None]) -> int:
    """Apply the missing migrations, telling the name of each; how many there were."""
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    def progress(action: str, migration: Any = None, fake: bool | None = None) -> None:
        if action == "apply_start":
            tell(str(migration))

    try:
        executor = MigrationExecutor(connection, progress_callback=progress)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    except DatabaseError as error:
        raise Trouble(
            f"更新数据库结构时失败：{error}", f"bringing the database up to date failed: {error}", code=1
        ) from error
    if plan:
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")  # Django's content types
    return len(plan)


def seed(tell: Callable[[str], None]) -> None:
    """Put the reference data in, or bring it up to date; safe to repeat."""
    from tongzhou.launch.words import both
    from tongzhou.registers.catalogue.services import seed_catalogue
    from tongzhou.registers.organisations.services import seed_requirements
    from tongzhou.registers.places.services.seeding import seed_places

    tell(both("行政区划", "places"))
    seed_places()
    tell(both("类别目录", "catalogue"))
    seed_catalogue()
    tell(both("单位要核实的材料", "papers of organisations"))
    seed_requirements()
