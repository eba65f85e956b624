"""The backup file: a gzipped tar inside age, written in one go and never readable on the way.

``age -d -i key backup.tar.gz.age | tar xz`` opens it without this program. Its last member, manifest.json, lists every
other with size and SHA-256, so that an archive that was cut off or changed is noticed (age itself notices changes too).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["Lock", "Unlock", "make_identity", "read_archive", "write_archive"]

MANIFEST = "manifest.json"
#: age's passphrase mode works in memory.
_LARGEST_WITH_PASSPHRASE = 2 << 30
#: What age says when it thinks this machine too slow for a passphrase, and how often it is asked to look again.
_TOO_SLOW, _LOOKS = "Excessive work", 8


@dataclass(frozen=True, slots=True)
class Lock:
    """To whom a backup is closed: age recipients (``age1...``), or one passphrase."""

    recipients: tuple[str, ...] = ()
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """What opens a backup: the text of an age identity file, or the passphrase."""

    identities: str = ""
    passphrase: str = ""


def make_identity(path: Path) -> str:
    """Write a new age identity to `path` (0600, never over a file); its recipient."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Trouble(f"{path} 已经有了，不会覆盖。", f"{path} exists and will not be overwritten.") from error
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(f"# public key: {recipient}\n{identity}\n")
    return recipient


def _recipients(lock: Lock) -> list[Any]:
    found = []
    for text in lock.recipients:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as error:
            raise Trouble(
                f"“{text[:20]}…”不是 age 的收件人（应以 age1 开头）。",
                f"“{text[:20]}...” is no age recipient (they begin with age1).",
            ) from error
    return found


class _Hashed(io.RawIOBase):
    """A file being read, its digest and size growing with it."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest, self.size = source, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, count: int = -1) -> bytes:
        block = self.source.read(count)
        self.digest.update(block)
        self.size += len(block)
        return block


def _pack(out: IO[bytes], files: Sequence[tuple[str, Path]], manifest: dict[str, Any]) -> None:
    """Write the tar: the files in order, then the manifest with what was really written."""
    listed: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=out, mode="w|gz") as tar:
        for name, path in files:
            with path.open("rb") as source:
                about = tarfile.TarInfo(name)
                about.size = os.fstat(source.fileno()).st_size
                about.mode = 0o600
                hashed = _Hashed(source)
                tar.addfile(about, hashed)
            listed[name] = {"size": hashed.size, "sha256": hashed.digest.hexdigest()}
        content = json.dumps({**manifest, "files": listed}, ensure_ascii=False, indent=1).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(content), 0o600
        tar.addfile(about, io.BytesIO(content))


@contextmanager
def _pipe(write: Any) -> Iterator[IO[bytes]]:
    """What `write` writes in a thread, for reading here; its error is raised here."""
    read_end, write_end = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(write_end, "wb") as out:
                write(out)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    source = os.fdopen(read_end, "rb")
    thread.start()
    try:
        yield source
    finally:
        source.close()
        thread.join()
        # What broke at the writing end is why the reading end found too little.
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0]


def write_archive(target: Path, files: Sequence[tuple[str, Path]], manifest: dict[str, Any], lock: Lock) -> None:
    """Write the encrypted archive: beside its place first, moved there when it is whole and on the disk (0600)."""
    recipients = _recipients(lock)
    waiting = target.with_name(f".{target.name}.part")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            if recipients:
                with _pipe(lambda pipe: _pack(pipe, files, manifest)) as source:
                    pyrage.encrypt_io(source, out, recipients)
            else:
                out.write(_with_passphrase(files, manifest, lock.passphrase))
            out.flush()
            os.fsync(out.fileno())
        os.replace(waiting, target)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise


def _with_passphrase(files: Sequence[tuple[str, Path]], manifest: dict[str, Any], passphrase: str) -> bytes:
    if sum(path.stat().st_size for _, path in files) > _LARGEST_WITH_PASSPHRASE:
        raise Trouble(
            "数据超过 2 GB，口令方式要全部放进内存。请用 --to 加收件人（./tongzhou backup --new-key 可生成）。",
            "more than 2 GB: a passphrase needs all of it in memory. Use --to with a recipient (--new-key makes one).",
        )
    buffer = io.BytesIO()
    _pack(buffer, files, manifest)
    return bytes(pyrage.passphrase.encrypt(buffer.getvalue(), passphrase))


def read_archive(source: Path, folder: Path, unlock: Unlock) -> dict[str, Any]:
    """Open the archive into `folder` and check every file against the manifest, which comes back.

    Raises Trouble for a wrong key and for anything missing, changed or not listed.
    """
    try:
        if unlock.passphrase:
            _unpack(io.BytesIO(_opened(source, unlock.passphrase)), folder)
        else:
            identities = _identities(unlock.identities)
            with source.open("rb") as file, _pipe(lambda out: pyrage.decrypt_io(file, out, identities)) as pipe:
                _unpack(pipe, folder)
    except pyrage.DecryptError as error:
        raise Trouble(
            f"打不开 {source.name}：密钥或口令不对，或者文件不完整。",
            f"{source.name} does not open: wrong key or passphrase, or the file is incomplete.",
        ) from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Trouble(
            f"{source.name} 不完整或不是同舟的备份（{error}）。", f"{source.name} is incomplete or no backup ({error})."
        ) from error
    return _verified(folder, source.name)


def _opened(source: Path, passphrase: str) -> bytes:
    """What a passphrase locked. Raises pyrage.DecryptError, and Trouble when this machine is too slow for it.

    age measures once, for milliseconds, how fast this machine is, and refuses what it would need too long for. On a
    busy machine that one look misleads, so it looks again; the right passphrase must not be called wrong.
    """
    content = source.read_bytes()
    for _look in range(_LOOKS):
        try:
            return bytes(pyrage.passphrase.decrypt(content, passphrase))
        except pyrage.DecryptError as error:
            if _TOO_SLOW not in str(error):
                raise
    raise Trouble(
        f"打不开 {source.name}：这台机器太慢或太忙，算不动口令的密钥。请停下别的程序再试，或换一台机器。",
        f"{source.name} does not open: this machine is too slow or too busy for its passphrase. "
        "Stop other programs and try again, or use another machine.",
    )


def _identities(text: str) -> list[Any]:
    found = []
    for line in text.splitlines():
        if line.strip().startswith("AGE-SECRET-KEY-"):
            found.append(pyrage.x25519.Identity.from_str(line.strip()))
    if not found:
        raise Trouble("密钥文件里没有 AGE-SECRET-KEY- 开头的一行。", "the key file has no line AGE-SECRET-KEY-...")
    return found


def _unpack(source: IO[bytes], folder: Path) -> None:
    with tarfile.open(fileobj=source, mode="r|gz") as tar:
        tar.extractall(folder, filter="data")
    while source.read(1 << 16):  # what follows the tar: age checks its last block only when it is read
        pass


def _verified(folder: Path, name: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        listed: dict[str, dict[str, Any]] = manifest["files"]
    except (OSError, ValueError, KeyError) as error:
        raise Trouble(f"{name} 里没有清单，不完整。", f"{name} has no manifest: it is incomplete.") from error
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    wrong = sorted(there ^ listed.keys())
    for each in sorted(there & listed.keys()):
        with (folder / each).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != listed[each]["sha256"]:
                wrong.append(each)
    if wrong:
        raise Trouble(f"{name} 的内容与清单不符：{wrong[0]}", f"{name} differs from its manifest: {wrong[0]}")
    return manifest
