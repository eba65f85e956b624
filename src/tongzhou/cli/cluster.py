"""A private PostgreSQL for one run of the tests: its own folder and port, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tongzhou.launch.words import both

__all__ = ["ClusterError", "find_postgres", "private_cluster"]

#: Speed over durability: nothing in it outlives the run. mmap: a chroot may have no /dev/shm.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "300s",
}


class ClusterError(Exception):
    """PostgreSQL did not start; the text holds its last words."""


def find_postgres() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first, or None."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    named = shutil.which("initdb")
    for folder in [*newest, *([Path(named).parent] if named else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _as_somebody() -> dict[str, Any]:
    """Keyword arguments for subprocess: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # there is none on Windows

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _run(command: list[str], log: Path, identity: dict[str, Any]) -> None:
    with log.open("ab") as out:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", check=False, timeout=120, **identity
        )
    if done.returncode:
        tail = "\n".join("    " + line for line in log.read_text("utf-8", "replace").splitlines()[-12:])
        raise ClusterError(both(f"PostgreSQL 没有起来：\n{tail}", f"PostgreSQL did not start:\n{tail}"))


@contextmanager
def private_cluster() -> Iterator[str]:
    """An empty cluster (C.UTF-8, no password, this machine only): gives its address, stops it at the end."""
    programs = find_postgres()
    if programs is None:
        raise ClusterError(both("没有找到 PostgreSQL 的程序。", "the programs of PostgreSQL were not found."))
    identity = _as_somebody()
    folder = Path(tempfile.mkdtemp(prefix="tongzhou-pg-"))
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    log, data, port = folder / "log", folder / "data", _free_port()
    log.touch()
    if identity:
        os.chown(log, identity["user"], identity["group"])
    settings = " ".join(f"-c {name}={value}" for name, value in {**_SETTINGS, "port": port}.items())
    control = [str(programs / "pg_ctl"), "-D", str(data), "-s", "-w"]
    started = False
    try:
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C.UTF-8", "--no-sync"], log, identity)
        _run([*control, "-l", str(log), "-o", f"{settings} -k {folder}", "start"], log, identity)
        started = True
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        if started:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, **identity)
        _remove(folder)


def _remove(folder: Path) -> None:
    """Delete the folder; the server's last children may still be letting go of it."""
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.2)
