"""What is installed and what is shipped: locks, licences, wheels."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from repository import ROOT, folders

import tongzhou

#: Licences that a package which Tongzhou needs at run time may have. None of them reaches into Tongzhou's own code:
#: LGPL packages (the PostgreSQL driver, the credit-code checker) are installed whole and unchanged beside it.
ALLOWED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|0BSD|Unlicense|MPL|Mozilla|HPND|LGPL", re.IGNORECASE
)
#: Under several licences, one of which we take.
CHOSEN = {
    "pyphen": "MPL 1.1 of GPL, LGPL and MPL; the dictionaries of hyphens it brings are not used",
    "tld": "MPL 1.1 of GPL, LGPL and MPL",
}
FORBIDDEN = re.compile(r"(?<!L)GPL|Affero|GNU General Public", re.IGNORECASE)


def _locked(lock: str) -> dict[str, Requirement]:
    """The requirements of a lock that apply to this machine, by name."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[a-z0-9]", line)]
    return {each.name: each for each in found if each.marker is None or each.marker.evaluate()}


def _licence(name: str) -> str:
    """What a package says of its licence: the SPDX expression, else the classifiers, else the text's first line."""
    about = metadata.metadata(name)
    classifiers = [line.split("::")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    text = (about.get("License") or "").strip().splitlines()
    found = about.get("License-Expression") or " ".join(classifiers).strip() or (text[0] if text else "")
    return found or _first_line_of_its_licence_file(name)


def _first_line_of_its_licence_file(name: str) -> str:
    for path in metadata.files(name) or []:
        if path.name.upper().startswith("LICEN"):
            return path.read_text(encoding="utf-8").strip().splitlines()[0]
    return ""


@pytest.mark.parametrize("name", sorted(_locked("requirements.lock")))
def test_run_time_packages_are_free_to_use_everywhere(name: str) -> None:
    licence = _licence(name)
    assert ALLOWED.search(licence), f"{name}: {licence!r}"
    assert name in CHOSEN or not FORBIDDEN.search(licence), f"{name}: {licence!r}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index" not in text


def test_what_is_installed_is_what_is_locked() -> None:
    both = {**_locked("requirements-dev.lock"), **_locked("requirements.lock")}
    wrong = [f"{name} {metadata.version(name)}, locked {each.specifier}" for name, each in both.items()
             if not each.specifier.contains(metadata.version(name), prereleases=True)]  # fmt: skip
    assert not wrong


def test_the_test_lock_adds_to_the_run_time_lock_and_changes_nothing() -> None:
    base, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: str(each.specifier) for name, each in base.items()} == {
        name: str(dev[name].specifier) for name in base
    }


def test_the_locks_hold_everything_that_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    for asked, lock in [(project["dependencies"], base), (project["optional-dependencies"]["dev"], dev)]:
        for each in map(Requirement, asked):
            version = str(lock[each.name].specifier).removeprefix("==")
            assert each.specifier.contains(version), f"{each}: locked {version}"
    assert project["version"] == tongzhou.__version__


def _wheel(folder: str, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=ROOT / folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel


ALONE = """
import sys, tongzhou_engines
from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.gazetteer import PlaceTree
assert tongzhou_engines.__file__.startswith(sys.argv[1]), tongzhou_engines.__file__
assert str(data_path("places/places.csv")).startswith(sys.argv[1])
print(PlaceTree.builtin().name("4201", "zh"))
import importlib.util
assert importlib.util.find_spec("tongzhou") is None
"""


def test_the_wheel_of_the_engines_works_alone(tmp_path: Path) -> None:
    wheel = _wheel("packaging/engines", tmp_path / "out")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tongzhou_engines"}
    assert "tongzhou_engines/py.typed" in names
    for folder in folders("data"):
        assert f"tongzhou_engines/_{folder}README.md" in names
    command = [sys.executable, "-P", "-c", ALONE, str(tmp_path / "site")]
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "武汉市"


def test_the_whole_wheel_has_the_command_and_the_data(tmp_path: Path) -> None:
    wheel = _wheel(".", tmp_path / "out")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry,) = (name for name in names if name.endswith("entry_points.txt"))
        assert "tongzhou = tongzhou.cli.main:run" in archive.read(entry).decode()
    assert {"tongzhou/cli/main.py", "tongzhou_engines/_data/places/places.csv"} <= names
    assert not {name for name in names if name.startswith("tests/")}
