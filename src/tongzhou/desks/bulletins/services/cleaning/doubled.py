"""Signs that stand twice because an editor or a filter broke a text - and signs that people double on purpose.

Nobody means ，， or 、、: the second one goes. A full stop twice goes too; three of them are somebody's ellipsis.
！！ and ？？, …… and —— are often meant: they are halved only where the text around them is broken in that way.
"""

from __future__ import annotations

import re

from tongzhou.desks.bulletins.services.cleaning.spans import Span

__all__ = ["broken", "doubled_spans"]

_QUIET = re.compile(r"([，、；：])(?:[ \u3000]?\1)+|(?<=[\u3400-\u9fff”’》）])([,;:])\2+")
_STOP = re.compile(r"。(?:[ \u3000]?。)+")
_POINTS = re.compile(r"(?<=[\u3400-\u9fff”’》）])\.\.(?!\.)")
_LOUD = re.compile(r"([！？…—])\1+|(?<=[\u3400-\u9fff”’》）])([!?])\2+")
_ALL_QUIET = re.compile(r"([，、；：。])(?:[ \u3000]?\1)*|(?<=[\u3400-\u9fff”’》）])([,;:])\2*")
_PAIRS = ("“”", "‘’", "《》", "（）", "【】", "「」", "『』")


def _signs(text: str) -> str:
    return text.replace(" ", "").replace("\u3000", "")


def _is_doubled(run: str) -> bool:
    signs = _signs(run)
    return len(signs) == 2 or (len(signs) > 2 and signs[0] != "。")


def broken(text: str) -> bool:
    """True when a third or more of the commas and full stops of a text stand twice: its loud signs do by accident."""
    runs = [one.group() for one in _ALL_QUIET.finditer(text)]
    twice = sum(_is_doubled(one) for one in runs)
    return twice > 0 and twice * 3 >= len(runs)


def _brackets(text: str) -> list[Span]:
    """Brackets and quotation marks that stand twice, unless they close or open two pairs that are there."""
    spans = []
    for pair in _PAIRS:
        opened, closed = (list(re.finditer(f"{sign}{{2,}}", text)) for sign in pair)
        if (opened and closed) or text.count(pair[0]) != text.count(pair[1]):
            spans += [Span(one.start() + 1, one.end(), "punctuation") for one in (*opened, *closed)]
    return spans


def doubled_spans(text: str, *, is_broken: bool = False) -> list[Span]:
    """What to cut of signs that stand twice, in order. `is_broken`: so is the whole page (`broken`)."""
    is_broken = is_broken or any(_is_doubled(one.group()) for one in _ALL_QUIET.finditer(text))
    spans = [Span(one.start() + 1, one.end(), "punctuation") for one in _QUIET.finditer(text)]
    for one in _STOP.finditer(text):
        count = len(_signs(one.group()))
        if count == 2 or (is_broken and count % 2 == 0):
            spans.append(Span(one.start() + 1, one.end(), "punctuation"))
    spans += [Span(one.start() + 1, one.end(), "punctuation") for one in _POINTS.finditer(text)]
    for one in _LOUD.finditer(text) if is_broken else ():
        length = one.end() - one.start()
        # An ellipsis and a dash are two signs long when they are whole.
        if length % (4 if one.group()[0] in "…—" else 2) == 0:
            spans.append(Span(one.start() + length // 2, one.end(), "punctuation"))
    return sorted([*spans, *_brackets(text)], key=lambda span: span.start)
