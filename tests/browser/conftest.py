"""A real Chromium from the machine: the page as it stands after its scripts ran, and as a picture."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tongzhou.cli.parts import find_chromium

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
    # No name is looked up and no host but this machine is spoken to: a page that needs the network shows itself.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

#: The same for a browser that Playwright steers.
STEERED = [flag for flag in QUIET if flag not in ("--headless", "--virtual-time-budget=5000")]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; a run without one says `--without browser`, so here it must be."""
    path = find_chromium()
    assert path, "no Chromium: ./tongzhou test installs it or says how; ./tongzhou test --without browser leaves it out"
    return path


@pytest.fixture
def browse(chromium: str, tmp_path: Path) -> Callable[..., str]:
    """``browse(page)``: its HTML after scripts ran; ``browse(page, picture=path, size=(390, 844))``: a PNG."""

    def look(page: Path | str, picture: Path | None = None, size: tuple[int, int] = (1280, 900)) -> str:
        address = page.resolve().as_uri() if isinstance(page, Path) else page
        act = f"--screenshot={picture}" if picture else "--dump-dom"
        command = [chromium, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={size[0]},{size[1]}"]
        done = subprocess.run([*command, act, address], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return look


@pytest.fixture(scope="session")
def player() -> Iterator[Playwright]:
    """Playwright; there can be only one in a run."""
    # Playwright's loop runs in this thread; Django would take every query of a test for one made inside a coroutine.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="session")
def browser(chromium: str, player: Playwright) -> Iterator[Browser]:
    """Chromium steered by Playwright; every test opens its own window (see axe.py)."""
    opened = player.chromium.launch(executable_path=chromium, args=STEERED)
    yield opened
    opened.close()


@pytest.fixture
def live_desk(transactional_db: None, live_server: object) -> str:
    """The address of the whole desk, served from the test's database."""
    return str(live_server).replace("localhost", "127.0.0.1")
