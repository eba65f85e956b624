"""`tongzhou restore`: a backup into an empty place, checked before, while and after it is put there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from tongzhou.cli.backup import read_passphrase
from tongzhou.cli.console import both, note, say, working
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["restore_command"]

_FILE = both("备份文件", "the backup file")
_IDENTITY = both("age 密钥文件（备份时 --to 的那一把）", "age identity file (of the --to the backup was made with)")
_PASSPHRASE = both("口令所在的文件（第一行）", "a file whose first line is the passphrase")
_DATA = both("恢复到哪个数据文件夹（默认 TONGZHOU_DATA）", "the data folder to restore into (default TONGZHOU_DATA)")


def restore_command(
    file: Annotated[Path, typer.Argument(help=_FILE, metavar="FILE")],
    identity: Annotated[Path | None, typer.Option("--identity", help=_IDENTITY, metavar="FILE")] = None,
    passphrase_file: Annotated[Path | None, typer.Option("--passphrase-file", help=_PASSPHRASE, metavar="FILE")] = None,
    data: Annotated[Path | None, typer.Option("--data", help=_DATA, metavar="DIR")] = None,
) -> int:
    """把备份恢复到空的地方 / restore a backup into an empty place."""
    if not file.is_file():
        raise Trouble(f"没有 {file} 这个文件。", f"there is no file {file}.")
    unlock = _unlock(identity, passphrase_file)
    had_keys = _secrets_folder(data).joinpath("master.keys").exists()
    desk.enter(data)
    _refuse_full_place()
    with working("恢复", "restore") as progress:
        try:
            about = _restore(file, unlock, had_keys, progress.say)
        except BaseException:
            if not had_keys:  # the keys made a moment ago belong to nothing
                _secrets_folder(data).joinpath("master.keys").unlink(missing_ok=True)
            raise
    say(
        f"已恢复 {about['made_at']} 的备份。接着检查：",
        f"Restored the backup of {about['made_at']}. Now the examination:",
    )
    sys.stdout.flush()
    subprocess.run([sys.executable, "-P", "-m", "tongzhou", "doctor"], env=os.environ, check=False)
    return 0


def _secrets_folder(data: Path | None) -> Path:
    """Where the keys are, before the settings are loaded (loading them makes missing keys)."""
    chosen = data or Path(os.environ.get("TONGZHOU_DATA") or desk.default_data())
    return Path(os.environ.get("TONGZHOU_SECRETS") or chosen / "secrets").absolute()


def _unlock(identity: Path | None, passphrase_file: Path | None) -> Any:
    from tongzhou.cli.upkeep.archive import Unlock

    if identity is None:
        return Unlock(passphrase=read_passphrase(passphrase_file))
    try:
        return Unlock(identities=identity.read_text("utf-8"))
    except OSError as error:
        raise Trouble(
            f"读不了 {identity}（{error.strerror}）。", f"cannot read {identity} ({error.strerror})."
        ) from error


def _refuse_full_place() -> None:
    from django.conf import settings
    from django.db import DatabaseError, connection

    from tongzhou.cli.upkeep import snapshot

    desk.refuse_demo_folder()
    try:
        empty = snapshot.is_empty()
    except DatabaseError as error:
        raise desk.unreachable(error) from error
    finally:
        connection.close()
    media = Path(settings.MEDIA_ROOT) if settings.MEDIA_ROOT else None
    if not empty or (media is not None and media.is_dir() and any(media.iterdir())):
        raise Trouble(
            "这里已经有数据，不会覆盖。请恢复到空的数据库和空的数据文件夹（--data）。",
            "there is data here already, and it will not be overwritten. Restore into an empty database and an empty "
            "data folder (--data).",
            code=1,
        )


def _restore(file: Path, unlock: Any, had_keys: bool, tell: Any) -> dict[str, Any]:
    from django.db import connection

    from tongzhou.cli.upkeep import snapshot
    from tongzhou.cli.upkeep.archive import read_archive

    folder = desk.data_folder()
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as name:
        room = Path(name)
        tell(both("解密并核对", "decrypting and checking"))
        about = read_archive(file, room, unlock)
        _refuse_wrong_kind(about, connection.vendor)
        _settle_keys(about, room, had_keys)
        _merge_lists(room, file)
        tell(both("数据库", "database"))
        if connection.vendor == "sqlite":
            snapshot.check_sqlite(room / "database" / "tongzhou.sqlite3")
            snapshot.place_sqlite(room / "database" / "tongzhou.sqlite3")
        else:
            snapshot.load_postgres(room / "database", about, tell)
        _destroy_again()
        _place_media(room)
    return about


def _merge_lists(room: Path, file: Path) -> None:
    """What was destroyed, as this place, the backup and the folder of the backup know it: the union of all three."""
    from tongzhou.kernel import erasures

    for source in (room / erasures.NAME, file.parent / erasures.NAME):
        erasures.merge(erasures.read(source)[0], erasures.list_file())


def _destroy_again() -> None:
    """A backup older than a destruction brought the key back: it goes again, before anybody can read with it."""
    from tongzhou.kernel import erasures

    if done := erasures.destroy_again(trail=not desk.pending_migrations()):
        note(
            f"备份之后已销毁的 {done} 条联系方式和原话，照名单重新销毁了。",
            f"{done} contacts and raw forms that were destroyed after the backup were destroyed again.",
        )


def _refuse_wrong_kind(about: dict[str, Any], vendor: str) -> None:
    if about.get("format") != 1:
        raise Trouble("备份的格式比这个版本新。", "the backup's format is newer than this version.", code=1)
    if about["demo"]:
        raise Trouble(
            "这是演示数据的备份，不能恢复成真实的台面。", "this is a backup of the demo; it cannot become a real desk."
        )
    if about["database"] != vendor:
        raise Trouble(
            f"备份来自 {about['database']}，这里是 {vendor}。请设好 DATABASE_URL 再恢复。",
            f"the backup is of {about['database']}, this is {vendor}. Set DATABASE_URL accordingly.",
        )
    from tongzhou.cli.upkeep import snapshot

    if newer := snapshot.not_ours(about["migrations"]):
        raise Trouble(
            f"备份由更新的版本做成（{newer}），这个版本不能恢复它。",
            f"the backup was made by a newer version ({newer}); this one cannot restore it.",
            code=1,
        )


def _settle_keys(about: dict[str, Any], room: Path, had_keys: bool) -> None:
    """The master keys here must be those the backup was sealed with; put them here when the backup brought them."""
    from django.conf import settings

    from tongzhou.cli.upkeep.keys import fingerprints, keys_in

    target: Path = settings.ENVIRONMENT.secrets / "master.keys"
    brought = room / "secrets" / "master.keys"
    if brought.exists() and not had_keys:
        shutil.copyfile(brought, target)
        target.chmod(0o600)
        settings.TONGZHOU_MASTER_KEYS = keys_in(target)  # not those made a moment ago, when the settings were loaded
        return
    here = fingerprints(keys_in(target)) if had_keys else {}
    if not about["keys"].items() <= here.items():
        raise Trouble(
            f"主密钥不是做备份时的那一份。请先把当时的 master.keys 放到 {target}（只有 --with-keys 的备份里才有）。",
            f"the master keys are not those of the backup. First put the master.keys of that time at {target} "
            "(a backup holds them only when made with --with-keys).",
            code=1,
        )


def _place_media(room: Path) -> None:
    from django.conf import settings

    media = room / "media"
    if media.is_dir() and settings.MEDIA_ROOT:
        target = Path(settings.MEDIA_ROOT)
        if target.is_dir():
            target.rmdir()  # empty: looked at before
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(media, target)
        note(f"上传的文件在 {target}", f"Uploaded files are in {target}")
