"""Whole desks for tests that need one: own data folder, own database, commands run as people run them.

The database is of the kind this run tests: SQLite, or a fresh one on the server of TONGZHOU_TEST_DATABASE_URL. Each
desk starts as a copy of one that was migrated and seeded once.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

import loaded

ROOT = Path(__file__).resolve().parents[1]
SERVER = os.environ.get("TONGZHOU_TEST_DATABASE_URL", "")
KIND = "postgresql" if SERVER else "sqlite"
#: Everything that happened to a desk in `DAY` happens again with this much of the world in place.
PREFIXES = ("4201", "4209")


def _database_url(name: str) -> str:
    return f"{SERVER.rsplit('/', 1)[0]}/{name}"


@contextlib.contextmanager
def a_database(template: str = "") -> Iterator[str]:
    """A fresh PostgreSQL database, dropped at the end; its address ("" when this run tests SQLite)."""
    if not SERVER:
        yield ""
        return
    name = f"tz_{uuid.uuid4().hex}"
    like = f" TEMPLATE {template.rsplit('/', 1)[1]}" if template else " TEMPLATE template0"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}{like}")
    try:
        yield _database_url(name)
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class Desk:
    """A data folder and a database, and the ways to work on them."""

    data: Path
    database: str

    def settings(self, **more: str) -> dict[str, str]:
        """The environment of its commands."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGZHOU_", "DATABASE_URL"))}
        kept |= {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}", "TONGZHOU_LANG": "en", "PYTHONUTF8": "1"}
        kept |= {"TONGZHOU_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "tongzhou.site.settings"}
        return kept | ({"DATABASE_URL": self.database} if self.database else {}) | more

    def run(self, *words: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """``./tongzhou <words>`` with this desk; `said` is its stdin."""
        command = [sys.executable, "-P", "-m", "tongzhou", *words]
        return subprocess.run(
            command, input=said, env=self.settings(**more), cwd=self.data, capture_output=True, text=True, timeout=600
        )

    def again(self, *words: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """The same in a process that was loaded beforehand: for a command that another test runs from nothing."""
        return loaded.run(*words, said=said, settings=self.settings(**more), folder=self.data)

    def python(self, code: str, *words: str) -> str:
        """Run Python inside the desk (Django is set up); what it printed."""
        begin = "import django; django.setup()\n"
        done = loaded.run(*words, code=begin + code, settings=self.settings(), folder=self.data)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str, log: Path, **more: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running; its stderr goes to `log`."""
        with log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "tongzhou", *words],
                env=self.settings(**more),
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    @contextlib.contextmanager
    def served(self, log: Path, *words: str, **more: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """The desk behind ``serve`` on a free port: (address, process); ended at the end."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = self.start("serve", "--port", str(port), *words, log=log, **more)
        address = f"http{'s' if '--tls' in words else ''}://127.0.0.1:{port}"
        try:
            wait_until(lambda: process.poll() is not None or answers(f"http://127.0.0.1:{port}/"))
            assert process.poll() is None, log.read_text()
            yield address, process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(120)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a plain SQL statement."""
        if self.database:
            with psycopg.connect(self.database) as opened:
                return list(opened.execute(statement).fetchall())
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.data / "tongzhou.sqlite3", timeout=30)) as opened:
            return list(opened.execute(statement).fetchall())


def answers(url: str) -> bool:
    """True when something speaks HTTP there, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def wait_until(true: Any, seconds: float = 180.0) -> None:
    """Wait until `true()`; AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


#: A migrated database of this run's kind, and the way to it: named by `migrated_here`.
_MIGRATED: list[str] = []


def migrated_here(name: str) -> None:
    """Django's test database `name` has just been migrated and holds no records: desks may start from a copy of it."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    if SERVER:
        _MIGRATED[:] = [stack.enter_context(a_database(_database_url(name)))]
        return
    import sqlite3

    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongzhou-desk-"))) / "migrated.sqlite3"
    with contextlib.closing(sqlite3.connect(name)) as opened:
        opened.execute(f"VACUUM INTO '{copy}'")
    _MIGRATED[:] = [str(copy)]


@functools.cache
def the_template() -> Desk:
    """A migrated desk with a few places, every category and one response; made once a run, gone at its end."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongzhou-desk-")))
    desk = Desk(data, stack.enter_context(a_database(_MIGRATED[0] if SERVER and _MIGRATED else "")))
    if _MIGRATED and not SERVER:
        shutil.copy(_MIGRATED[0], data / "tongzhou.sqlite3")
    desk.python(
        "from tongzhou.cli.upkeep.desk import prepare_database\n"
        "from tongzhou.registers.places.services.seeding import seed_places\n"
        "import builders\n"
        "prepare_database(lambda text: None)\n"
        f"seed_places({PREFIXES!r})\n"
        "builders.a_response()\n"
    )
    for file in data.glob("tongzhou.sqlite3*"):
        file.chmod(0o600)  # as the commands make it
    return desk


@contextlib.contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    """A desk of its own in a new folder inside `folder`, as the template is."""
    template = the_template()
    data = folder / "desk"
    shutil.copytree(template.data, data)
    with a_database(template.database) as address:
        yield Desk(data, address)


#: Submits a plea with a telephone number and prints {"code": ..., "id": ...}.
PLEA = """
import json, sys
import builders
from tongzhou.chain.intake.types import NeedLine, SaidContact, SaidNeed
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS
said = SaidNeed(
    for_whom="self", lines=(NeedLine("医用外科口罩", 20, "只"),), place_text="武汉市江岸区测试路1号",
    contact=SaidContact(name="测试人", phone=sys.argv[1], address="武汉市江岸区测试路1号2栋3单元"),
)
done = submit_need(actor=ANONYMOUS, response=builders.a_response(), key=sys.argv[2], said=said, channel="form",
                   now=clock.now())
print(json.dumps({"code": done.code, "ids": [str(one) for one in done.records]}))
"""


def a_plea(desk: Desk, phone: str, key: str = "plea-1") -> dict[str, Any]:
    """One plea in that desk: its code and the ids of its needs."""
    found: dict[str, Any] = json.loads(desk.python(PLEA, phone, key))
    return found
