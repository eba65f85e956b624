"""For every test: documentation that runs, the cheapest tests first, no network but this machine's own loopback."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent

#: Cheapest first, so that a run fails early; folders not named come before the last three.
ORDER = ["tests/architecture", "tests/engines/base", "tests/engines", "*", "tests/house", "README.md", "tests/browser"]

#: Held from the question whether a migrated database is there until one is.
_making = ExitStack()

# The same examples in every run, so that a red test is red for everyone; TONGZHOU_EXPLORE=1 looks for new ones.
settings.register_profile(
    "tongzhou",
    deadline=None,
    derandomize=os.environ.get("TONGZHOU_EXPLORE") != "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tongzhou")


def _enter(namespace: dict[str, Any]) -> None:
    """Each page runs in an empty folder of its own."""
    namespace["_was"] = Path.cwd()
    namespace["_folder"] = tempfile.TemporaryDirectory(prefix="tongzhou-docs-")
    os.chdir(namespace["_folder"].name)


def _leave(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_was"])
    namespace["_folder"].cleanup()


def _pages(path: str, **where: Any) -> Sybil:
    return Sybil([PythonCodeBlockParser(), SkipParser()], path=path, setup=_enter, teardown=_leave, **where)


pytest_collect_file = (
    _pages("docs", pattern="*.md", name="docs") + _pages(".", filenames={"README.md"}, excludes=["*/README.md"])
).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """The desk's tests run on their own settings, and on PostgreSQL when its address is given, never by mistake."""
    from django.conf import settings as desk

    if desk.SETTINGS_MODULE != "desk_settings":
        raise pytest.UsageError(f"tests run on desk_settings, not on {desk.SETTINGS_MODULE}: add --ds=desk_settings")
    wanted = "postgresql" if os.environ.get("TONGZHOU_TEST_DATABASE_URL") else "sqlite3"
    if not desk.DATABASES["default"]["ENGINE"].endswith(wanted):
        raise pytest.UsageError(f"the database of the tests is not {wanted}")


def _rank(item: pytest.Item) -> int:
    try:
        place = item.path.relative_to(ROOT).as_posix()
    except ValueError:
        place = ""
    for rank, folder in enumerate(ORDER):
        if place == folder or place.startswith(folder + "/"):
            return rank
    return ORDER.index("*")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable sort: inside a folder the order stays as collected."""
    items.sort(key=_rank)


def pytest_runtest_setup() -> None:
    """Every test begins in the site's own language, whatever the last page of the test before it was read in."""
    from django.utils import translation

    translation.deactivate()


def pytest_collection_finish() -> None:
    """What was imported so far stays to the end: looking through it for garbage again and again is a tenth of a run.

    What is made later is looked through seldom: at Python's own pace (every 700 objects) it is another twelfth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_createdb: bool) -> Iterator[bool]:
    """On SQLite a copy of what another step of this run has migrated serves; Django only looks whether it is complete.

    Whoever finds none makes it, and the others wait for it: see `migrated`.
    """
    from django.conf import settings

    from migrated import shared

    database = settings.DATABASES["default"]
    if django_db_keepdb or django_db_createdb or not database["ENGINE"].endswith("sqlite3"):
        yield django_db_keepdb
        return
    place = Path(database["TEST"]["NAME"])
    yield _making.enter_context(shared(place))
    for file in place.parent.glob(f"{place.name}*"):
        file.unlink()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The shipped catalogue is in the tests' database from the start, as in every desk.

    A test that empties the database (``transaction=True``) runs after those that do not, and fills it anew when needed.
    """
    from django.db import connection

    from builders import the_catalogue
    from desks import migrated_here
    from emptying import empty_quickly

    empty_quickly()
    with django_db_blocker.unblock():
        connection.close()
        _making.close()
        the_catalogue()
        connection.close()  # PostgreSQL copies a database only when nobody is in it
    migrated_here(str(connection.settings_dict["NAME"]))


@pytest.fixture(autouse=True)
def _chinese_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts in Chinese, whatever the machine's locale; a command's --lang does not leak into the next."""
    monkeypatch.setenv("TONGZHOU_LANG", "zh")
    # A copy of the launcher that a test starts must never remake the environment the tests themselves run in.
    monkeypatch.delenv("TONGZHOU_HOME", raising=False)
