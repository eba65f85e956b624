"""The report in a real browser: it fits a phone, switches language without scripts, and has controls one can hit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[1] / "engines" / "reporting"))

from reporting_world import world

from tongzhou_engines.reporting import write_report

# The report itself allows no script, so a copy without its policy is measured inside a frame of the width asked for.
MEASURE = """<script>
addEventListener("load", () => {
  const seen = (e) => e.getClientRects().length > 0;
  const count = (name) => [...document.querySelectorAll("main ." + name)].filter(seen).length;
  const figures = () => [count("zh"), count("en")];
  const before = figures();
  document.querySelector("label[for=say-en]").click();
  const after = figures();
  const controls = [...document.querySelectorAll("label, nav a, summary")].filter(seen);
  document.body.dataset.measured = JSON.stringify({
    before, after,
    overflow: document.documentElement.scrollWidth - innerWidth,
    width: innerWidth,
    lowest: Math.min(...controls.map((e) => e.getBoundingClientRect().height)),
    controls: controls.length,
    checked: document.querySelector("input:checked").id,
  });
  parent.document.body.dataset.measured = document.body.dataset.measured;
});
</script>"""


@pytest.mark.parametrize("width", [390, 1280])
def test_report_in_a_browser(browse: Callable[..., str], tmp_path: Path, width: int) -> None:
    report = tmp_path / "report.html"
    write_report(world(), report)
    html = report.read_text(encoding="utf-8")
    policy = html[html.index('<meta http-equiv="Content-Security-Policy"') :].split("\n")[0]
    measured = html.replace(policy, "").replace("</body>", MEASURE + "</body>")
    frame = measured.replace("&", "&amp;").replace('"', "&quot;")
    (tmp_path / "frame.html").write_text(
        f'<!doctype html><meta charset="utf-8"><body><iframe width="{width}" height="900" srcdoc="{frame}"></iframe>',
        encoding="utf-8",
    )
    said = browse(tmp_path / "frame.html").split('data-measured="')[1].split('"')[0].replace("&quot;", '"')
    found = json.loads(said)
    assert found["width"] == width
    assert found["before"][0] > 50
    assert found["before"][1] == 0
    assert found["after"][0] == 0
    assert found["after"][1] == found["before"][0]
    assert found["checked"] == "say-en"
    assert found["overflow"] <= 0
    assert found["controls"] >= 10
    assert found["lowest"] >= 44


def test_an_english_report_opens_in_english(browse: Callable[..., str], tmp_path: Path) -> None:
    seen = []
    for lang, name in (("en", "a"), ("zh", "b")):
        report = tmp_path / f"{name}.html"
        write_report(world(), report, lang=lang)
        html = report.read_text(encoding="utf-8")
        policy = html[html.index('<meta http-equiv="Content-Security-Policy"') :].split("\n")[0]
        page = tmp_path / f"{name}-measured.html"
        page.write_text(html.replace(policy, "").replace("</body>", MEASURE + "</body>"), encoding="utf-8")
        said = browse(page).split('data-measured="')[1].split('"')[0].replace("&quot;", '"')
        seen.append(json.loads(said)["before"])
    assert seen[0][0] == 0
    assert seen[0][1] > 50
    assert seen[1] == seen[0][::-1]


def test_the_report_is_drawn_under_its_own_policy(browser: Browser, tmp_path: Path) -> None:
    report, bare = tmp_path / "report.html", tmp_path / "bare.html"
    write_report(world(), report)
    html = report.read_text(encoding="utf-8")
    start, end = html.index("<style>"), html.index("</style>")
    bare.write_text(html[:start] + "<style>" + html[end:], encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(html.replace("<style>", "<style>\n", 1), encoding="utf-8")
    pictures = []
    # Steered, because a picture taken from the command line may come before the last part of the page is drawn.
    with browser.new_context(viewport={"width": 800, "height": 900}) as context:
        for page in (report, bare, broken):
            window = context.new_page()
            window.goto(page.as_uri())
            pictures.append(window.screenshot())
    # The style passes the page's own policy; one byte more in it does not, and the page stands bare.
    styled, without, refused = pictures
    # Compared here: to write out how two pictures differ takes an hour.
    drawn, bare_too = styled != without, without == refused
    assert (drawn, bare_too) == (True, True)
