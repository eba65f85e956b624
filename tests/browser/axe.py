"""axe-core over a page: WCAG 2.2 AA, told in words. From the command line: ``python tests/browser/axe.py URL...``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, sync_playwright

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = (390, 844), (1280, 900)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
#: Style sheets are fetched a second time for a single rule, an experimental one, which none of the tags takes in.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": {"assets": ["media"]},
}  # fmt: skip
#: Only what is wrong comes back: a page without a fault would send half a megabyte about what is right.
RUN = "async (options) => (await axe.run(document, options)).violations"


def faults(page: Page, where: str = "") -> str:
    """What axe finds on the page as it stands, and whether it is wider than the window; blank when nothing."""
    if page.evaluate("typeof axe") == "undefined":  # looked at in a second window, the page has it already
        page.evaluate(AXE_SCRIPT)
    lines = []
    for one in page.evaluate(RUN, OPTIONS):
        lines.append(f"{where} {one['id']}: {one['help']}")
        for node in one["nodes"][:5]:
            lines.append(f"    {node['html'][:160]}")
            lines.append(f"    {' '.join((node.get('failureSummary') or '').split())[:300]}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        lines.append(f"{where} is {wide} px wider than the window")
    return "\n".join(lines)


@contextmanager
def opened(
    browser: Browser, address: str, *, size: tuple[int, int] = DESK, lang: str = "zh", theme: str = "light",
    cookies: list[dict[str, Any]] | None = None, scripts: bool = True,
) -> Iterator[Page]:  # fmt: skip
    """The page at `address` in a fresh window: its size, language (zh or en), light or dark, with these cookies."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, java_script_enabled=scripts,
        reduced_motion="reduce",
    )  # fmt: skip
    origin = "/".join(address.split("/")[:3])
    context.add_cookies(
        [{"name": "lang", "value": "en" if lang == "en" else "zh-hans", "url": origin}, *(cookies or [])]
    )
    page = context.new_page()
    try:
        page.goto(address)
        yield page
    finally:
        context.close()


#: Four windows in which every pair of size, language and light or dark occurs once.
PAIRWISE = (("zh", PHONE, "light"), ("zh", DESK, "dark"), ("en", DESK, "light"), ("en", PHONE, "dark"))
EVERY = tuple((lang, size, theme) for lang in ("zh", "en") for size in (PHONE, DESK) for theme in ("light", "dark"))


def check(
    browser: Browser, address: str, cookies: list[dict[str, Any]] | None = None, windows: Iterable[Any] = PAIRWISE
) -> str:
    """Faults of one address in each of the windows; the page is loaded once for each language."""
    found = []
    for lang, mine in groupby(windows, key=lambda window: window[0]):
        with opened(browser, address, lang=lang, cookies=cookies) as page:
            for _lang, size, theme in mine:
                page.set_viewport_size({"width": size[0], "height": size[1]})
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found.append(faults(page, f"{address} {size[0]} {lang} {theme}"))
    return "\n".join(filter(None, found))


if __name__ == "__main__":
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        told = "\n".join(filter(None, (check(chromium, address) for address in sys.argv[1:])))
        chromium.close()
    print(told or "no violation")
    sys.exit(bool(told))
