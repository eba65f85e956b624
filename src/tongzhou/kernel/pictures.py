"""Pictures of living cards: lines of text and a code that leads to what is true now.

PNG when the machine has a Chinese font, else SVG that the reader's device draws. A picture is a still: what stands on
it says when it was true and when to look again.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from xml.sax.saxutils import escape

import segno
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

__all__ = [
    "INK", "QUIET", "TONES", "Line", "Picture", "address_matrix", "answer_drawing", "answer_picture", "beside",
    "chinese_font", "png", "route_kind", "svg",
]  # fmt: skip

WIDTH, MARGIN, BAND = 720, 48, 28
QR_SIDE = 250
INK, QUIET, PAPER, LINE = "#16242e", "#4a5963", "#ffffff", "#d9dbd6"
#: What the band at the top and the first line are drawn in.
TONES = {"stop": "#a3211b", "act": "#0a625f", "good": "#1d6033", "mark": "#6b4700", "off": "#4a5963"}

#: File names of fonts that hold Chinese, the best first.
_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf", "NotoSansCJKsc-Regular.otf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "STHeiti Medium.ttc", "msyh.ttc", "simhei.ttf", "DroidSansFallbackFull.ttf",
)  # fmt: skip


def _folders() -> list[Path]:
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library" / "Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local" / "share" / "fonts"]


@cache
def chinese_font() -> tuple[Path, int] | None:
    """(file, number of the face in it) of a font with simplified Chinese on this machine; None when there is none."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in folder.rglob("*") if folder.is_dir() else ():
            found.setdefault(path.name, path)
    for name in _FONTS:
        if name in found:
            return found[name], _simplified(found[name])
    return None


def _simplified(path: Path) -> int:
    """The face for simplified Chinese in a collection; the first one when none says so."""
    for index in range(12 if path.suffix == ".ttc" else 1):
        try:
            family, _style = ImageFont.truetype(str(path), 20, index=index).getname()
        except OSError:
            break
        if family and family.endswith((" SC", " CN")):
            return index
    return 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the card: text, size, colour, space above."""

    text: str
    size: int
    colour: str
    above: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: a tone of `TONES`, lines from the top, lines beside the code, and where the code leads."""

    tone: str
    said: tuple[Line, ...]
    beside: tuple[Line, ...]
    address: str


def beside(as_of: str, look_again: str) -> tuple[Line, ...]:
    """What stands beside the code: when it was true, when to look again (blank: never), to scan for what is so now."""
    lines = [Line(_("截至"), 24, QUIET, 0), Line(as_of, 28, INK, 2), Line(_("（北京时间）").strip(), 22, QUIET, 2)]
    if look_again:
        lines += [Line(_("请在这之后重新看"), 24, QUIET, 14), Line(look_again, 28, INK, 2)]
    return (*lines, Line(_("扫码看现在还需不需要"), 26, INK, 18))


def _guessed(size: int, text: str) -> float:
    """How wide a text will be when the font is not known: a Chinese character is as wide as it is high."""
    return sum(size if character > "\u2e7f" else size * 0.56 for character in text)


#: What stays in one line: a word with the signs that cling to it, or one character of Chinese.
_WORDS = re.compile(r"[!-~\u00a1-\u024f]+|.", re.DOTALL)


def _broken(text: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """The text in at most four lines of at most `width` pixels. Chinese breaks anywhere, words only between them."""
    rows, row = [], ""
    for word in _WORDS.findall(text):
        for piece in (word,) if measure(word) <= width else word:
            if row and measure(row + piece) > width:
                rows.append(row.rstrip())
                row = ""
            row += piece if row else piece.lstrip()
    return [*rows, row][:4]


def address_matrix(address: str) -> tuple[tuple[int, ...], ...]:
    """The code of an address with its quiet zone: 1 is dark."""
    code = segno.make(address, error="m", micro=False)
    return tuple(tuple(int(cell) for cell in row) for row in code.matrix_iter(scale=1, border=4))


def png(card: Picture) -> bytes | None:
    """The picture; None on a machine without a Chinese font."""
    font = chinese_font()
    if font is None:
        return None

    def face(size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(font[0]), size, index=font[1])

    image = Image.new("RGB", (WIDTH, 1600), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, BAND), fill=TONES[card.tone])
    y = BAND + 36
    for line in card.said:
        y += line.above
        used = face(line.size)
        for text in _broken(line.text, WIDTH - 2 * MARGIN, used.getlength):
            draw.text((MARGIN, y), text, font=used, fill=line.colour)
            y += round(line.size * 1.4)
    y += 24
    draw.line((MARGIN, y, WIDTH - MARGIN, y), fill=LINE, width=2)
    y += 24
    image.paste(_qr_image(card.address), (MARGIN - 12, y))
    at = y + 10
    for line in card.beside:
        at += line.above
        used = face(line.size)
        for text in _broken(line.text, WIDTH - 2 * MARGIN - QR_SIDE - 12, used.getlength):
            draw.text((MARGIN + QR_SIDE + 12, at), text, font=used, fill=line.colour)
            at += round(line.size * 1.35)
    y = max(y + QR_SIDE, at) + 8
    draw.text((MARGIN, y), _("同舟 · 帮忙不添乱"), font=face(22), fill=QUIET)
    out = io.BytesIO()
    image.crop((0, 0, WIDTH, y + 48)).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _qr_image(address: str) -> Image.Image:
    """The code with its quiet zone, each module a whole number of pixels."""
    matrix = address_matrix(address)
    side = len(matrix)
    small = Image.new("1", (side, side), 1)
    small.putdata([1 - cell for row in matrix for cell in row])
    scale = max(QR_SIDE // side, 1)
    return small.resize((side * scale, side * scale), Image.Resampling.NEAREST).convert("RGB")


def svg(card: Picture) -> str:
    """The same picture as text: the device that shows it draws the characters with its own font."""
    parts, y = [], BAND + 36
    for line in card.said:
        y += line.above
        for text in _broken(line.text, WIDTH - 2 * MARGIN, partial(_guessed, line.size)):
            parts.append(_text(MARGIN, y, line, text))
            y += round(line.size * 1.4)
    y += 24
    parts.append(f'<path d="M{MARGIN} {y}H{WIDTH - MARGIN}" stroke="{LINE}" stroke-width="2"/>')
    y += 24
    matrix = address_matrix(card.address)
    scale = QR_SIDE / len(matrix)
    cells = "".join(f"M{x} {row}h1v1h-1z" for row, line in enumerate(matrix) for x, cell in enumerate(line) if cell)
    parts.append(
        f'<path transform="translate({MARGIN - 12} {y}) scale({scale:.4f})" shape-rendering="crispEdges" d="{cells}"/>'
    )
    at = y + 10
    for line in card.beside:
        at += line.above
        for text in _broken(line.text, WIDTH - 2 * MARGIN - QR_SIDE - 12, partial(_guessed, line.size)):
            parts.append(_text(MARGIN + QR_SIDE + 12, at, line, text))
            at += round(line.size * 1.35)
    y = max(y + QR_SIDE, at) + 8
    parts.append(_text(MARGIN, y, Line("", 22, QUIET, 0), _("同舟 · 帮忙不添乱")))
    high = y + 48
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}" '
        f'font-family="sans-serif"><rect width="{WIDTH}" height="{high}" fill="{PAPER}"/>'
        f'<rect width="{WIDTH}" height="{BAND}" fill="{TONES[card.tone]}"/>{"".join(parts)}</svg>'
    )


def _text(x: int, y: int, line: Line, text: str) -> str:
    clean = escape("".join(c for c in text if c.isprintable()))
    return f'<text x="{x}" y="{y + line.size}" font-size="{line.size}" fill="{line.colour}">{clean}</text>'


def route_kind() -> str:
    """Which of a card's two routes a page shows: ``picture`` when this machine draws it itself, else ``drawing``."""
    return "picture" if chinese_font() else "drawing"


def answer_picture(card: Picture, name: str, otherwise: str) -> HttpResponse:
    """The card as PNG, saved as ``tongzhou-<name>.png``; without a Chinese font the way to `otherwise`, its SVG."""
    image = png(card)
    if image is None:
        return redirect(otherwise)
    answer = HttpResponse(image, content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="tongzhou-{name}.png"'
    return answer


def answer_drawing(card: Picture) -> HttpResponse:
    """The card as SVG."""
    return HttpResponse(svg(card), content_type="image/svg+xml; charset=utf-8")
