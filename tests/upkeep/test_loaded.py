"""A process made out of the loaded one is its desk's own: settings, streams, folder and exit code."""

from __future__ import annotations

from pathlib import Path

import desks
import loaded

#: What a process knows of where it is.
WHERE = """
import os, sys
from django.conf import settings
from django.db import connection
from tongzhou.kernel import crypto
said = sys.stdin.read()
print(settings.TONGZHOU_DATA, connection.settings_dict["NAME"], settings.AXES_ENABLED, os.getcwd(), sys.argv, said)
print(sorted(name for name in os.environ if name.startswith("TONGZHOU_")))
print(settings.TONGZHOU_MASTER_KEYS[1].hex())
"""


def _asked(desk: desks.Desk, said: str = "") -> list[str]:
    code = "import django; django.setup()\n" + WHERE
    done = loaded.run("a", "b", code=code, said=said, settings=desk.settings(), folder=desk.data)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_reads_the_settings_of_its_own_desk(desk: desks.Desk, bare: desks.Desk) -> None:
    first, second = _asked(desk, "hello"), _asked(bare)
    for made, found, said in ((desk, first, "hello"), (bare, second, "")):
        name = made.database.rpartition("/")[2] if made.database else str(made.data / "tongzhou.sqlite3")
        assert found[0].rstrip() == f"{made.data} {name} True {made.data} ['-c', 'a', 'b'] {said}".rstrip()
        assert found[1] == "['TONGZHOU_DATA', 'TONGZHOU_LANG']"
    assert first[2] != second[2]  # the keys that lie in its own folder


def test_it_says_and_ends_as_a_process_from_nothing_does(tmp_path: Path) -> None:
    desk = desks.Desk(tmp_path, "")
    for words in (("--version",), ("nonsense",), ("doctor", "--nonsense")):
        nothing, beforehand = desk.run(*words), desk.again(*words)
        assert (beforehand.returncode, beforehand.stdout, beforehand.stderr) == (
            nothing.returncode, nothing.stdout, nothing.stderr,
        )  # fmt: skip
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "master.keys").write_text("1:short\n")
    nothing, beforehand = desk.run("doctor"), desk.again("doctor")
    assert nothing.returncode == beforehand.returncode == 2
    assert nothing.stderr == beforehand.stderr
    assert "master.keys" in beforehand.stderr


def test_a_fault_is_an_exit_code_with_its_trace(tmp_path: Path) -> None:
    done = loaded.run(code="raise ValueError('no')", settings=desks.Desk(tmp_path, "").settings(), folder=tmp_path)
    assert done.returncode == 1
    assert "ValueError: no" in done.stderr
