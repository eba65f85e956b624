"""./tongzhou itself, in a small copy of the checkout: what it says on machines that lack something, and how it heals.

No network is used: where an environment must be made, the lock is empty, so only Python's own venv is at work. The full
proof on a bare machine is a documented command (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tongzhou.launch.environment import Environment

EMPTY_LOCK = "# nothing to install\n"
ROOT = Path(__file__).resolve().parents[2]
SHELL = shutil.which("dash") or shutil.which("sh")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the launcher is a POSIX sh script")


@pytest.fixture(autouse=True)
def _not_the_real_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy with an empty lock takes any environment for an old one and makes it anew: never the one in use."""
    monkeypatch.delenv("TONGZHOU_HOME", raising=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout in a folder with a blank and a Chinese character in its name, with an empty lock."""
    root = tmp_path / "my 同舟 copy"
    root.mkdir()
    shutil.copy(ROOT / "tongzhou", root)
    shutil.copy(ROOT / "tongzhou.py", root)
    shutil.copytree(ROOT / "src" / "tongzhou", root / "src" / "tongzhou", ignore=shutil.ignore_patterns("__pycache__"))
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (root / lock).write_text(EMPTY_LOCK, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment made once by the launcher's own code, for the tests that only need a ready one."""
    root = tmp_path_factory.mktemp("made")
    (root / "requirements.lock").write_text(EMPTY_LOCK, encoding="utf-8")
    Environment(root, root / ".tongzhou").ensure()
    return root / ".tongzhou"


@pytest.fixture
def ready(copy: Path, made: Path) -> Path:
    """A checkout whose environment is whole."""
    shutil.copytree(made, copy / ".tongzhou", symlinks=True)
    return copy


def _tools(folder: Path, *names: str) -> str:
    """A PATH that holds only these tools, besides what a POSIX system has at least."""
    folder.mkdir()
    for name in ("cmp", "dirname", "readlink", "id", *names):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return str(folder)


def _start(root: Path, *words: str, cwd: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "TONGZHOU_NO_APT": "1", **settings}
    command = [SHELL or "sh", str(root / "tongzhou"), *words]
    return subprocess.run(
        command, cwd=cwd or root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )


def test_the_script_is_plain_posix_sh() -> None:
    assert subprocess.run([SHELL or "sh", "-n", str(ROOT / "tongzhou")]).returncode == 0
    assert os.access(ROOT / "tongzhou", os.X_OK)
    if checker := shutil.which("shellcheck"):
        done = subprocess.run(
            [checker, str(ROOT / "tongzhou"), str(ROOT / ".ci" / "run")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("settings", "words", "expected"),
    [
        ({}, [], "找不到 Python 3.11"),
        ({"LC_ALL": "en_GB.UTF-8"}, [], "no Python 3.11 or newer found"),
        ({"TONGZHOU_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}, [], "找不到 Python 3.11"),
        ({}, ["--lang", "en"], "no Python 3.11 or newer found"),
        ({"LANG": "en_US"}, ["plan", "--lang=zh"], "找不到 Python 3.11"),
    ],
)
def test_without_python_it_says_what_to_install(
    copy: Path, tmp_path: Path, settings: dict[str, str], words: list[str], expected: str
) -> None:
    done = _start(copy, *words, PATH=_tools(tmp_path / "tools"), **settings)
    assert done.returncode == 69
    assert expected in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert done.stdout == ""


def test_an_old_python_is_passed_over(ready: Path, tmp_path: Path) -> None:
    path = _tools(tmp_path / "tools", "sh")
    old = tmp_path / "tools" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what `python3 -c "sys.exit(sys.version_info < (3, 11))"` says on 3.10
    old.chmod(0o755)
    (ready / ".tongzhou" / "env" / "tongzhou.stamp").unlink()
    assert _start(ready, PATH=path).returncode == 69
    (tmp_path / "tools" / "python3.11").symlink_to(sys.executable)
    done = _start(ready, "--version", PATH=path)
    assert "tongzhou" in done.stdout, done.stderr


def test_a_python_without_venv_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    """Debian's bare python3 has no ensurepip: stood in for by one whose import of it fails."""
    path = _tools(tmp_path / "tools", "sh")
    fake = tmp_path / "tools" / "python3"
    base = os.path.realpath(sys.executable)
    hide = "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]; "
    hide += "runpy.run_path(sys.argv[0], run_name='__main__')"
    isolated = f'if [ "$1" = -I ]; then shift; exec "{base}" -I -c "{hide}" "$@"; fi'
    fake.write_text(f'#!/bin/sh\n{isolated}\nexec "{base}" "$@"\n')
    fake.chmod(0o755)
    done = _start(copy, "--help", PATH=path)
    assert done.returncode == 69
    assert "缺少 venv" in done.stderr
    assert "sudo apt-get install python3-venv" in done.stderr


def test_first_start_makes_the_environment_and_the_second_says_nothing_of_it(copy: Path, tmp_path: Path) -> None:
    first = _start(copy, "--version", cwd=tmp_path)
    assert first.stdout.startswith("tongzhou "), first.stderr
    assert "第一次启动" in first.stderr
    assert (copy / ".tongzhou" / "env" / "tongzhou.stamp").read_bytes() == (copy / "requirements.lock").read_bytes()
    second = _start(copy, "--help", cwd=tmp_path)
    assert second.returncode == 0
    assert second.stderr == ""
    assert "./tongzhou [--lang zh|en]" in second.stdout


def test_it_starts_through_a_link_and_from_a_folder_full_of_traps(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "traps").mkdir()
    for name in ("typing.py", "typer.py", "tongzhou.py"):
        (tmp_path / "traps" / name).write_text("raise SystemExit('a file of the working folder was imported')\n")
    link = tmp_path / "tz"
    link.symlink_to(ready / "tongzhou")
    environment = {"PATH": os.environ["PATH"], "HOME": str(ready), "TONGZHOU_NO_APT": "1"}
    command = [str(link), "--version"]
    done = subprocess.run(command, cwd=tmp_path / "traps", env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith("tongzhou "), done.stderr


@pytest.mark.parametrize("harm", ["the lock changed", "cut off before the stamp", "the system's Python went away"])
def test_an_environment_in_doubt_is_made_anew(ready: Path, harm: str) -> None:
    environment = ready / ".tongzhou" / "env"
    (environment / "left-over").write_text("")
    if harm == "the lock changed":
        (ready / "requirements.lock").write_text("# changed\n", encoding="utf-8")
    else:
        (environment / ("tongzhou.stamp" if harm == "cut off before the stamp" else "bin/python")).unlink()
    done = _start(ready, "--version")
    assert done.stdout.startswith("tongzhou "), done.stderr
    assert "环境已就绪" in done.stderr
    assert not (environment / "left-over").exists()
    assert _start(ready, "--version").stderr == ""


def test_two_starts_at_once_make_one_environment(copy: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(copy)}
    starts = [
        subprocess.Popen(
            [SHELL or "sh", str(copy / "tongzhou"), "--version"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], said
    assert sum("环境已就绪" in errors for _, errors in said) == 1


def test_a_failed_install_says_why_and_leaves_no_stamp(copy: Path) -> None:
    (copy / "requirements.lock").write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = _start(copy, "--version", PIP_NO_INDEX="1")
    assert done.returncode == 69
    assert "no-such-package" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert not (copy / ".tongzhou" / "env" / "tongzhou.stamp").exists()


def test_a_home_that_cannot_be_written_is_named(copy: Path) -> None:
    (copy / ".tongzhou").write_text("a file where the folder should be")
    done = _start(copy, "--version")
    assert done.returncode == 69
    assert ".tongzhou" in done.stderr
    assert "TONGZHOU_HOME" in done.stderr


def test_the_environment_may_live_elsewhere(copy: Path, made: Path, tmp_path: Path) -> None:
    done = _start(copy, "--version", TONGZHOU_HOME=str(made))
    assert done.stdout.startswith("tongzhou ")
    assert done.stderr == ""
    assert not (copy / ".tongzhou").exists()


def test_what_is_not_an_environment_is_never_deleted(copy: Path) -> None:
    precious = copy / ".tongzhou" / "env" / "thesis.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("years of work")
    done = _start(copy, "--version")
    assert done.returncode == 69
    assert precious.read_text() == "years of work"


def test_python_m_tongzhou_at_the_root_does_the_same(copy: Path, made: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(copy), "TONGZHOU_HOME": str(made), "TONGZHOU_LANG": "en"}
    command = [os.path.realpath(sys.executable), "-m", "tongzhou", "--help"]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert "COMMAND [OPTIONS]" in done.stdout, done.stderr
    assert done.stderr == ""
