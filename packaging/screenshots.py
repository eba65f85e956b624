"""The pictures of the README, taken of the demo in a real Chromium: ``python packaging/screenshots.py`` (test tools).

Starts the demo with a folder of its own, opens the pages at desk and phone size, and writes docs/images/desk-*.png
(few colours, so that the repository stays small).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
PICTURES = ROOT / "docs" / "images"
DESK, PHONE = (1280, 860), (390, 844)
#: name -> (size, language, address); "first need" stands for the first need's own page, "as ROLE" changes roles first.
PAGES = {
    "desk": (DESK, "zh-CN", "/desk/"),
    "desk-needs": (DESK, "zh-CN", "/needs/?urgency=1"),
    "desk-verify": (DESK, "zh-CN", "/verify/"),
    "desk-english": (DESK, "en", "/desk/"),
    "desk-plan": (DESK, "zh-CN", "/plans/1/"),
    "desk-situation": (DESK, "zh-CN", "/situation/"),
    "phone-tasks": (PHONE, "zh-CN", "as demo-volunteer /tasks/"),
    "phone-needed": (PHONE, "zh-CN", "/needed/"),
    "phone-front": (PHONE, "zh-CN", "/"),
    "phone-medicine": (PHONE, "zh-CN", "/help/medicine/"),
    "phone-card": (PHONE, "zh-CN", "first need"),
}


@contextmanager
def demo(port: int) -> Iterator[str]:
    """The demo on `port`, with a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tongzhou-pictures-") as folder:
        command = [sys.executable, "-P", "-m", "tongzhou", "demo", "--no-browser"]
        command += ["--port", str(port), "--data", folder]
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}) as running:
            address = f"http://127.0.0.1:{port}"
            try:
                _wait(address, running)
                yield address
            finally:
                running.terminate()


def _wait(address: str, running: subprocess.Popen[bytes]) -> None:
    for _second in range(300):
        if running.poll() is not None:
            raise SystemExit("the demo stopped by itself")
        try:
            urllib.request.urlopen(address + "/", timeout=5).close()
            return
        except OSError:
            time.sleep(1)
    raise SystemExit("the demo did not start")


def take(browser: Browser, address: str, name: str) -> None:
    """One picture."""
    (width, height), language, path = PAGES[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    page = context.new_page()
    page.goto(f"{address}/demo/enter/")
    if path.startswith("as "):
        _, role, path = path.split()
        page.goto(f"{address}/demo/")
        page.locator(f"form:has([name=role][value={role}]) button").first.click()
    if path == "first need":
        page.goto(f"{address}/needs/?state=verified")
        page.locator("main table tbody a[href^='/needs/']").first.click()
        path = page.locator("a[href^='/c/']").first.get_attribute("href") or "/"
    page.goto(address + path)
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{name}.png", optimize=True)
    print(f"{name}.png {(PICTURES / f'{name}.png').stat().st_size // 1024} KiB  {page.title()}")
    context.close()


def main() -> None:
    """Every picture."""
    from tongzhou.cli.parts import find_chromium

    with demo(int(os.environ.get("PORT", "8123"))) as address, sync_playwright() as driver:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"] if root else [])
        for name in PAGES:
            take(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main()
