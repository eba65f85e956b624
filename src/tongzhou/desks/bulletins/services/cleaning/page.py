"""A whole page: read, judged block by block, cleaned within the blocks that stay, scored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import trafilatura

from tongzhou.desks.bulletins.services.cleaning.blocks import (
    DEEPEST,
    Block,
    Markup,
    Run,
    depth_of,
    read_markup,
    strip_tags,
)
from tongzhou.desks.bulletins.services.cleaning.doubled import broken
from tongzhou.desks.bulletins.services.cleaning.encoding import Decoded, decode, repair
from tongzhou.desks.bulletins.services.cleaning.pieces import TITLE, CleanPage, Piece
from tongzhou.desks.bulletins.services.cleaning.signals import signals_of
from tongzhou.desks.bulletins.services.cleaning.unseen import without_unseen
from tongzhou.desks.bulletins.services.cleaning.words import clean_spans, strong_words

__all__ = ["MOST_BYTES", "PageTooLarge", "clean_bytes", "clean_text"]

#: A saved page larger than this is not read.
MOST_BYTES = 4 * 1024 * 1024
#: Characters that are looked at, scripts and pictures within the page left aside; the rest is cut off, and said so.
MOST_TEXT = 400_000
#: Blocks of a page beyond this many are not looked at one by one (they are kept together as one).
MOST_BLOCKS = 3_000
#: A page with more tags is not given to the extractor: it would take minutes.
MOST_TAGS = 20_000
#: A paragraph of so many characters is not written twice on purpose.
REPEATED_FROM = 40
_HTML = re.compile(
    r"<\s*(?:!doctype|html|head|body|div|p|table|span|article|section|ul|ol|li|dl|dt|dd|main|pre|center|font|h[1-6]|br|a)\b[^>]*>",
    re.I,
)
_PROSE = re.compile(r"[。！？；!?;]|[，,].*[，,]|：.{8,}")
_COOKIE_TEXT = re.compile(r"cookie", re.IGNORECASE)
_CONSENT = re.compile(r"同意|接受|拒绝|accept|agree|隐私", re.IGNORECASE)


class PageTooLarge(Exception):
    """More bytes than `MOST_BYTES`."""


def clean_bytes(raw: bytes, own: str = "", charset: str = "") -> CleanPage:
    """Clean a saved page or a text file. Raises PageTooLarge.

    `own`: the host it is of (`host_of`), when known; `charset`: what its server called the encoding, when it did.
    """
    if len(raw) > MOST_BYTES:
        raise PageTooLarge
    return _cleaned(decode(raw, charset), own)


def clean_text(text: str, own: str = "") -> CleanPage:
    """Clean pasted text or markup. Raises PageTooLarge."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise PageTooLarge
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    fixed, repaired = repair(text)
    return _cleaned(Decoded(fixed, "", "", repaired, fixed.count("\ufffd")), own)


def _cleaned(read: Decoded, own: str) -> CleanPage:
    text = read.text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text, short = _shortened(text)
    text, unseen = without_unseen(text)
    if not _HTML.search(text[:200_000]):
        markup = Markup(blocks=[Block("p", [Run(line)]) for line in text.split("\n") if line.strip()])
        pieces = list(_body(markup.blocks, None))
        return _page(read, markup, pieces, unseen=unseen, deep=False, short=short)
    deep = depth_of(text) > DEEPEST
    markup = Markup(blocks=strip_tags(text)) if deep else read_markup(text, own)
    heading = _heading(markup)
    pieces = [*_title(markup, heading), *_body(markup.blocks, _extracted(text, markup, deep), heading)]
    pieces += [Piece(len(markup.blocks), words, "script") for words in _said_by_scripts(markup)]
    return _page(read, markup, pieces, unseen=unseen, deep=deep, short=short)


def _page(read: Decoded, markup: Markup, pieces: list[Piece], *, unseen: int, deep: bool, short: bool) -> CleanPage:
    return CleanPage(
        pieces=tuple(pieces), encoding=read.encoding, declared=read.declared, repaired=read.repaired,
        damaged=read.damaged, unseen=unseen,
        signals=signals_of(pieces, markup, damaged=read.damaged, deep=deep, cut_short=short),
    )  # fmt: skip


def _shortened(text: str) -> tuple[str, bool]:
    """The text without pictures written into it and, when it is still too long, without its end."""
    if len(text) > MOST_TEXT:
        text = re.sub(r"data:[\w/+.-]{3,40};base64,[A-Za-z0-9+/=\s]{100,}", "data:", text)
    if len(text) > MOST_TEXT:
        text = re.sub(r"(?is)<(style|svg)\b.*?</\1\s*>", " ", text)
    return text[:MOST_TEXT], len(text) > MOST_TEXT


def _extracted(text: str, markup: Markup, deep: bool) -> str | None:
    """What trafilatura takes for the article, blanks removed; None when it finds none."""
    if deep or len(markup.blocks) > MOST_BLOCKS or text.count("<") > MOST_TAGS or not markup.blocks:
        return None
    found = trafilatura.extract(
        text, include_comments=False, include_tables=True, favor_recall=True, fast=True, deduplicate=False
    )
    return re.sub(r"\s+", "", found) if found else None


def _heading(markup: Markup) -> int | None:
    """The number of the block that is the page's one clean heading; it is the title, not a paragraph."""
    heads = [
        number for number, one in enumerate(markup.blocks) if one.tag == "h1" and not any(r.cause for r in one.runs)
    ]
    if len(heads) != 1 or strong_words(markup.blocks[heads[0]].text) or len(markup.blocks[heads[0]].text) > 200:
        return None
    return heads[0]


def _title(markup: Markup, heading: int | None) -> Iterator[Piece]:
    """The heading when the page has one that is clean, else the title with its spam cut."""
    told = next((" ".join(one.split()) for one in markup.titles if one.strip()), "")[:600]
    if heading is None:
        yield from _split(TITLE, told, title=True)
        return
    for span in clean_spans(told, title=True):
        if span.reason == "spam":  # listed, though the heading is what is used
            yield Piece(TITLE, told[span.start : span.end], "spam")
    yield from _split(TITLE, markup.blocks[heading].text.strip(), title=True)


def _split(number: int, text: str, *, title: bool = False, is_broken: bool = False) -> Iterator[Piece]:
    """A text cut along its spans."""
    at = 0
    for span in clean_spans(text, title=title, is_broken=is_broken):
        if span.start > at:
            yield Piece(number, text[at : span.start])
        yield Piece(number, text[span.start : span.end], span.reason)
        at = span.end
    if at < len(text):
        yield Piece(number, text[at:])


def _body(blocks: list[Block], article: str | None, heading: int | None = None) -> Iterator[Piece]:
    farms, said = _farms(blocks), set[str]()
    is_broken = broken("".join(block.text for block in blocks[:MOST_BLOCKS]))
    for number, block in enumerate(blocks[:MOST_BLOCKS]):
        if number == heading:
            continue
        reason = _whole(block, article) or ("links" if number in farms else "") or _said_before(block, said)
        if reason:
            yield Piece(number, block.text, reason)
            continue
        for cause, text in _joined(block.runs):
            if cause:
                yield Piece(number, text, cause)
            else:
                yield from _split(number, text, is_broken=is_broken)
    if rest := blocks[MOST_BLOCKS:]:
        yield Piece(MOST_BLOCKS, "\n".join(block.text for block in rest), "navigation")


def _joined(runs: Iterable[Run]) -> Iterator[tuple[str, str]]:
    """Neighbouring runs of one cause as one; a link abroad with a spam word in it is cut with its text."""
    cause, parts = "", ""
    for run in runs:
        mine = run.cause or ("links" if run.host and strong_words(run.text) else "")
        if mine != cause and parts:
            yield cause, parts
            parts = ""
        cause, parts = mine, parts + run.text
    if parts:
        yield cause, parts


def _whole(block: Block, article: str | None) -> str:
    """Why a whole block is cut; "" when it stays."""
    text = block.text.strip()
    causes = {run.cause for run in block.runs if run.text.strip()}
    if len(causes) == 1 and (cause := causes.pop()):
        return cause
    if len(text) < 160 and _COOKIE_TEXT.search(text) and _CONSENT.search(text):
        return "cookie"
    linked = sum(len(run.text) for run in block.runs if run.linked)
    abroad = sum(len(run.text) for run in block.runs if run.host)
    if len({run.host for run in block.runs if run.host}) >= 3 and abroad * 10 >= len(text) * 6:
        return "links"
    if article is None or block.tag in ("h1", "h2", "h3"):
        return ""
    if re.sub(r"\s+", "", text)[:60] in article:
        return ""
    # Left out by the extractor: it goes when it looks like navigation, and stays when it reads like a sentence.
    return "navigation" if linked * 10 >= len(text) * 6 or (len(text) < 12 and not _PROSE.search(text)) else ""


def _said_before(block: Block, said: set[str]) -> str:
    """ "repeated" for a long paragraph that stood on the page before; a refrain or a cell of a table may come again."""
    text = re.sub(r"\s+", "", block.text)
    if len(text) < REPEATED_FROM or not _PROSE.search(text):
        return ""
    if text in said:
        return "repeated"
    said.add(text)
    return ""


def _farms(blocks: list[Block]) -> set[int]:
    """Blocks in a row that are nothing but links to strange hosts: five of them make a farm."""
    found: set[int] = set()
    row: list[int] = []
    for number, block in enumerate([*blocks, Block("p", [Run(".")])]):
        told = [run for run in block.runs if run.text.strip()]
        if told and all(run.host for run in told) and len(block.text.strip()) <= 60:
            row.append(number)
            continue
        if len(row) >= 5 or (len(row) >= 2 and any(strong_words(blocks[one].text) for one in row)):
            found.update(row)
        row = []
    return found


def _said_by_scripts(markup: Markup) -> list[str]:
    """What scripts write into the page, where it holds spam words: listed, never run."""
    out = []
    for script in markup.scripts:
        told = re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one.group(1), 16)), script)
        told = re.sub(r"\\x([0-9a-fA-F]{2})", lambda one: chr(int(one.group(1), 16)), told)
        told = re.sub(r"&#(\d{2,6});", lambda one: chr(min(int(one.group(1)), 0x10FFFF)), told)
        if strong_words(told):
            out.append(told.strip()[:500])
    return out
