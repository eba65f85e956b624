"""`tongzhou backup`: one encrypted file with the database and the uploads, of one moment; the keys only when asked."""

from __future__ import annotations

import getpass
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from tongzhou import __version__
from tongzhou.cli.console import both, note, say, working
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["backup_command"]

_OUT = both("备份文件（默认在数据文件夹的 backups/ 里）", "the backup file (default: in backups/ of the data folder)")
_TO = both("加密给谁：age 收件人 age1…，可以多次", "encrypt to this age recipient (age1...), may be repeated")
_PASSPHRASE = both("口令所在的文件（第一行）", "a file whose first line is the passphrase")
_WITH_KEYS = both(
    "连主密钥一起备份（放进同一个保险柜之前请三思）", "include the master keys (think twice: everything in one file)"
)
_NEW_KEY = both("只生成一个 age 密钥文件，并给出收件人", "only make an age identity file and print its recipient")
_KEEP = both("backups/ 里只留最新的几份", "keep only so many of the newest in backups/")


def backup_command(
    out: Annotated[Path | None, typer.Option("--out", help=_OUT, metavar="FILE")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help=_TO, metavar="AGE1")] = None,
    passphrase_file: Annotated[Path | None, typer.Option("--passphrase-file", help=_PASSPHRASE, metavar="FILE")] = None,
    with_keys: Annotated[bool, typer.Option("--with-keys", help=_WITH_KEYS)] = False,
    keep: Annotated[int, typer.Option("--keep", help=_KEEP, min=0)] = 0,
    new_key: Annotated[Path | None, typer.Option("--new-key", help=_NEW_KEY, metavar="FILE")] = None,
) -> int:
    """加密备份 / make an encrypted backup."""
    if new_key is not None:
        from tongzhou.cli.upkeep.archive import make_identity

        print(make_identity(new_key))
        note(
            f"私钥在 {new_key}：请放到别的机器上保管，恢复时要用它。",
            f"The private key is in {new_key}: keep it on another machine, restoring needs it.",
        )
        return 0
    desk.enter()
    if missing := desk.pending_migrations():
        raise Trouble(
            f"数据库还没有就绪（缺 {missing[0]}），没有可备份的内容。",
            f"the database is not ready ({missing[0]} is missing): nothing to back up.",
            code=1,
        )
    lock = _lock(to or [], passphrase_file)
    target = out or _default_target()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with working("备份", "backup") as progress:
        size = _make(target, lock, with_keys, progress.say)
    _forget_old(target, keep if out is None else 0)
    say(f"备份在 {target}（{size / 1e6:.1f} MB）", f"The backup is {target} ({size / 1e6:.1f} MB)")
    if not with_keys:
        note(
            f"主密钥不在备份里。请另外保管 {_keys_file()}：没有它，联系方式无法恢复。",
            f"The master keys are not in it. Keep {_keys_file()} elsewhere too: without it no contact can be read.",
        )
    return 0


def _keys_file() -> Path:
    from django.conf import settings

    from tongzhou.site.environment import Environment

    environment: Environment = settings.ENVIRONMENT
    return environment.secrets / "master.keys"


def _default_target() -> Path:
    return desk.data_folder() / "backups" / f"tongzhou-{time.strftime('%Y%m%d-%H%M%S')}.tar.gz.age"


def _forget_old(target: Path, keep: int) -> None:
    for old in sorted(target.parent.glob("tongzhou-*.tar.gz.age"))[:-keep] if keep else []:
        old.unlink()


def _lock(to: list[str], passphrase_file: Path | None) -> Any:
    from tongzhou.cli.upkeep.archive import Lock

    if to and passphrase_file:
        raise Trouble("--to 和 --passphrase-file 只能用一种。", "use --to or --passphrase-file, not both.")
    if to:
        return Lock(tuple(to))
    return Lock(passphrase=read_passphrase(passphrase_file, twice=True))


def read_passphrase(file: Path | None, *, twice: bool = False) -> str:
    """The passphrase from the first line of a file, else asked for at the terminal. Raises Trouble without either."""
    if file is not None:
        try:
            text = file.read_text("utf-8").split("\n")[0].strip()
        except OSError as error:
            raise Trouble(f"读不了 {file}（{error.strerror}）。", f"cannot read {file} ({error.strerror}).") from error
    elif sys.stdin.isatty():
        text = getpass.getpass(both("备份口令：", "Passphrase of the backup: "))
        if twice and getpass.getpass(both("再输入一次：", "Once more: ")) != text:
            raise Trouble("两次输入的口令不同。", "the two passphrases differ.")
    else:
        raise Trouble(
            "备份一定要加密：请给 --to 收件人，或 --passphrase-file 口令文件。",
            "a backup is always encrypted: give --to a recipient, or --passphrase-file a file.",
        )
    if twice and len(text) < 12:
        raise Trouble("口令至少 12 个字符。", "the passphrase needs 12 characters or more.")
    return text


def _make(target: Path, lock: Any, with_keys: bool, tell: Any) -> int:
    """Write the archive; its size in bytes."""
    from django.conf import settings
    from django.db import connection

    from tongzhou.cli.upkeep import snapshot
    from tongzhou.cli.upkeep.archive import write_archive
    from tongzhou.cli.upkeep.keys import fingerprints
    from tongzhou.kernel import clock

    about: dict[str, Any] = {
        "format": 1,
        "program": __version__,
        "made_at": clock.now().isoformat(),
        "database": connection.vendor,
        "keys": fingerprints(settings.TONGZHOU_MASTER_KEYS),
        "demo": desk.is_demo_folder(desk.data_folder()),
    }
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=desk.data_folder()) as folder:
        room = Path(folder)
        files: list[tuple[str, Path]] = []
        tell(both("数据库", "database"))
        if connection.vendor == "sqlite":
            snapshot.copy_sqlite(room / "tongzhou.sqlite3")
            files.append(("database/tongzhou.sqlite3", room / "tongzhou.sqlite3"))
            about["migrations"] = snapshot.applied_in_file(room / "tongzhou.sqlite3")
        else:
            about |= snapshot.dump_postgres(room / "tables", tell)
            files += [(f"database/{path.name}", path) for path in sorted((room / "tables").iterdir())]
        files += [*_erased(room), *media_files()]
        if with_keys:
            files.append(("secrets/master.keys", _keys_file()))
        tell(both("加密并写入", "encrypting and writing"))
        write_archive(target, files, about, lock)
    _lay_beside(target)
    return target.stat().st_size


def _erased(room: Path) -> list[tuple[str, Path]]:
    """The list of what was destroyed, with what only the database knows of; none when nothing ever was."""
    from tongzhou.kernel import erasures

    erasures.gather()
    if not erasures.list_file().exists():
        return []
    copy = room / erasures.NAME  # the original may grow while it is packed
    shutil.copyfile(erasures.list_file(), copy)
    return [(erasures.NAME, copy)]


def _lay_beside(target: Path) -> None:
    """Keep the newest list beside the backups too: an older one restored from there learns what was destroyed since."""
    from tongzhou.kernel import erasures

    rows, _spoilt = erasures.read(erasures.list_file())
    erasures.merge(rows, target.parent / erasures.NAME)


def media_files() -> list[tuple[str, Path]]:
    """Every uploaded file, as (name in the archive, path)."""
    from django.conf import settings

    if not settings.MEDIA_ROOT:
        return []
    root = Path(settings.MEDIA_ROOT)
    found = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [(f"media/{path.relative_to(root).as_posix()}", path) for path in found]
