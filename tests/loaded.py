"""A process that has the whole program loaded and belongs to no desk, and makes others out of itself.

To load everything takes seconds, and is the same for every desk: what a test looks up in a desk, or prepares there, and
a command that is run for the tenth time, begin here in a moment. What comes out is a process of its own with the
environment, folder and streams that were asked for. It knows no settings: it reads its own when Django asks for them,
as a process from nothing does. Each command is also run from nothing by at least one test.

As a program it takes orders, one JSON object a line, and answers each with the exit code.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["run"]

#: A process that is still at it after so many seconds is ended.
LONGEST = 600
#: What the settings of no desk are called.
SETTINGS = "tongzhou.site.settings"


@functools.cache
def _process() -> tuple[subprocess.Popen[str], Path]:
    """The loaded process and a folder for what its children say; started once a run, gone at its end."""
    folder = Path(tempfile.mkdtemp(prefix="tongzhou-loaded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    root = Path(__file__).resolve().parents[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGZHOU_", "DATABASE_URL"))}
    kept |= {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'tests'}", "PYTHONUTF8": "1"}
    kept |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "TONGZHOU_DATA": str(folder / "no-desk"), "TONGZHOU_LANG": "en"}
    if server := os.environ.get("TONGZHOU_TEST_DATABASE_URL"):  # never spoken to: some code asks for its kind
        kept["DATABASE_URL"] = server
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).resolve())], env=kept, cwd=folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(_end, process)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", "the loaded process did not come up; its words are above"
    return process, folder


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(60)


def run(
    *words: str, settings: Mapping[str, str], folder: Path, said: str = "", code: str = ""
) -> subprocess.CompletedProcess[str]:
    """``python -m tongzhou <words>`` (or with `code` ``python -c <code> <words>``) in `folder`, `said` on its stdin.

    `settings` is its whole environment. AssertionError when the loaded process itself is gone.
    """
    process, room = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    streams = {name: str(room / name) for name in ("in", "out", "err")}
    Path(streams["in"]).write_text(said, encoding="utf-8")
    order = {"words": words, "code": code, "settings": dict(settings), "folder": str(folder), "streams": streams}
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer, "the loaded process is gone"
    out, err = (Path(streams[name]).read_text("utf-8", "replace") for name in ("out", "err"))
    return subprocess.CompletedProcess(list(words), json.loads(answer), out, err)


# From here on: the program.


def _load() -> dict[str, Any]:
    """Whatever most children need; the settings that packages wrote down by themselves while they were loaded."""
    import django

    django.setup()
    from django.conf import global_settings, settings

    import builders_dispatch  # noqa: F401
    import builders_line  # noqa: F401
    from tongzhou.cli import backup, createadmin, doctor, migrate, restore  # noqa: F401
    from tongzhou.cli.upkeep import archive, checks, snapshot  # noqa: F401
    from tongzhou.flows import load_demo, submit_need, verify_need  # noqa: F401

    ours = vars(sys.modules[SETTINGS])
    found = {name: value for name, value in vars(settings._wrapped).items() if name.isupper()}
    return {name: value for name, value in found.items() if name not in ours and not hasattr(global_settings, name)}


def _forget_settings(written: dict[str, Any]) -> None:
    """No settings any more; whoever asks first has them read from this process's own environment."""
    from django.conf import LazySettings, settings
    from django.db import connections
    from django.utils.functional import empty

    read = LazySettings._setup

    def read_own(lazy: Any, name: str | None = None) -> None:
        read(lazy, name)
        for key, value in written.items():
            if not hasattr(lazy._wrapped, key):
                setattr(lazy, key, value)

    LazySettings._setup = read_own
    del sys.modules[SETTINGS]
    settings._wrapped = empty
    assert all(one.connection is None for one in connections.all(initialized_only=True)), "a connection was inherited"
    for name in connections:
        if hasattr(connections._connections, name):
            del connections[name]
    connections._settings = None
    connections.__dict__.pop("settings", None)


def _become(order: dict[str, Any]) -> None:
    """The environment, the folder and the streams of a process of its own."""
    os.environ.clear()
    os.environ.update(order["settings"])
    os.chdir(order["folder"])
    streams = order["streams"]
    made = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, (name, how) in enumerate((("in", os.O_RDONLY), ("out", made), ("err", made))):
        os.dup2(os.open(streams[name], how, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate(("r", "w", "w"))
    )
    signal.alarm(LONGEST)


def _child(order: dict[str, Any], written: dict[str, Any]) -> None:
    """Does not return."""
    ended = 1
    try:
        _become(order)
        _forget_settings(written)
        if order["code"]:
            sys.argv = ["-c", *order["words"]]
            exec(compile(order["code"], "<string>", "exec"), {"__name__": "__main__"})
            ended = 0
        else:
            from tongzhou.launch.start import start

            ended = start(list(order["words"]))
    except SystemExit as stop:
        ended = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__, sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(ended)


def main() -> None:
    """Obey until there are no more orders."""
    written = _load()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _child(order, written)
        print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])), flush=True)


if __name__ == "__main__":
    main()
