"""The browser the other tests look through draws Chinese, not boxes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

# Each text is drawn on a canvas and its dark pixels counted. A font without these characters draws the same box for
# each of them; 一 (one stroke) and 龘 (48 strokes) drawn by a Chinese font differ widely.
PAGE = """<!doctype html><meta charset="utf-8"><p id="ink"></p><script>
const ink = (text) => {
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 96;
  const pen = canvas.getContext("2d"); pen.font = "64px sans-serif"; pen.fillText(text, 8, 76);
  return pen.getImageData(0, 0, 96, 96).data.filter((value, index) => index % 4 === 3 && value > 127).length;
};
document.getElementById("ink").textContent = [ink("一"), ink("龘")].join(" ");
</script>"""


def test_chinese_characters_are_drawn(browse: Callable[..., str], tmp_path: Path) -> None:
    page = tmp_path / "ink.html"
    page.write_text(PAGE, encoding="utf-8")
    said = browse(page)
    few, many = (int(number) for number in said.split('id="ink">')[1].split("<")[0].split())
    assert few > 50
    assert many > 4 * few
