"""Spam and doubled punctuation within a text: which characters are cut, and why.

A word alone never cuts an ordinary sentence. What is cut is a run of spam words standing together (signs, digits and
blanks between them do not part them), unless the sentence speaks about such things: police, prevention, law.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from tongzhou.desks.bulletins.services.cleaning.doubled import doubled_spans
from tongzhou.desks.bulletins.services.cleaning.spans import Span
from tongzhou_engines.base.datafiles import data_path

__all__ = ["clean_spans", "spam_share", "spam_spans", "strong_words"]


#: A sentence with one of these speaks about gambling, fraud and the like: it is a warning or news.
_ABOUT = re.compile(
    "公安|警方|民警|派出所|检察|法院|打击|查处|取缔|整治|治理|诈骗|骗局|反诈|被骗|上当|非法|违法|犯罪|涉嫌|涉案|抓获|捣毁|判处"
    "|刑法|举报|防范|提醒|警惕|谨防|切勿|不要|请勿|远离|拒绝|禁止|不得|严禁|戒赌|成瘾|危害|公益金|福利彩票|福彩|体彩|体育彩票|民政"
    "|research|police|illegal|fraud|warning|addiction"
)
#: What may stand between two spam words of one run.
_BETWEEN = re.compile(r"[\s,，、|｜_\-—–·•.。:：;；/\\【】\[\]()（）<>《》+*~～!！@#&=＝✅⭐★☆▶→\"'“”的0-9]{0,12}")
_DOMAIN = re.compile(
    r"\.(?:com|net|cc|vip|xyz|top|club|info|org|cn|me|tv|app|bet|win|site|online)\b[/\w.?=&%-]{0,60}", re.IGNORECASE
)
_HOST = re.compile(r"(?:https?://)?[a-z0-9][a-z0-9.-]{0,60}$", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:微信|薇信|qq|扣扣|电报|telegram|飞机)[号群:：\s]{0,3}[a-z0-9_\-]{5,20}", re.IGNORECASE | re.ASCII
)
_TOKEN = re.compile(r"[a-z0-9]+", re.IGNORECASE | re.ASCII)
#: Letters and digits as wide as a Chinese character, and the wide full stop of addresses.
_NARROW = {
    ord(first) + step: ord(first) + step - 0xFEE0 for first, count in (("０", 10), ("Ａ", 26), ("ａ", 26), ("．", 1))
    for step in range(count)
}  # fmt: skip
#: What is put between the characters of a word to get it past a filter.
_APART = re.compile(r"[ \u3000·•.．_*★☆|｜/~^+-]")
_EDGE = set(" \t\n\u3000,，、|｜_-—–·•。：:；;/\\【】[]()（）<>《》!！?？~*#")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TITLE_CUT = re.compile(r"\s*[|｜_]+\s*|\s+[-–—]+\s+|\s*[–—]+\s*")


@cache
def _words() -> dict[str, str]:
    with data_path("bulletins/spam_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["weight"] for row in csv.DictReader(file)}


@cache
def _chinese(*, apart: bool = False) -> re.Pattern[str]:
    """Words with Chinese in them; where one may begin is looked at first, so that other text passes quickly.

    `apart`: strong ones of three characters and more, with a blank or a sign between each two of them.
    """
    listed = sorted((one for one in _words() if not one.isascii()), key=len, reverse=True)
    if apart:
        listed = [one for one in listed if _words()[one] == "strong" and len(one) >= 3]
    first = "".join(sorted({re.escape(one[0]) for one in listed}))
    gap = f"{_APART.pattern}{{1,3}}" if apart else ""
    return re.compile(f"(?=[{first}])(?:{'|'.join(gap.join(map(re.escape, one)) for one in listed)})")


def _found(text: str) -> list[tuple[int, int, str]]:
    """Spam words, addresses and contacts of a text: (start, end, word), in order; word is blank for the latter."""
    low = (text.lower() if len(text.lower()) == len(text) else text).translate(_NARROW)
    found = [(one.start(), one.end(), one.group()) for one in _chinese().finditer(low)]
    found += [(one.start(), one.end(), _APART.sub("", one.group())) for one in _chinese(apart=True).finditer(low)]
    found += [(one.start(), one.end(), one.group()) for one in _TOKEN.finditer(low) if one.group() in _words()]
    for one in _DOMAIN.finditer(low):
        host = _HOST.search(low, max(0, one.start() - 68), one.start())
        if host:
            found.append((host.start(), one.end(), ""))
    found += [(one.start(), one.end(), "") for one in _CONTACT.finditer(low)]
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[tuple[int, int, str]] = []
    for low_end, high_end, word in found:
        if not kept or low_end >= kept[-1][1]:
            kept.append((low_end, high_end, word))
    return kept


def strong_words(text: str) -> list[str]:
    """The words of `text` that are suspect by themselves."""
    return [word for _low, _high, word in _found(text) if _words().get(word) == "strong"]


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    strong: int
    words: int
    kinds: int


def _runs(text: str) -> list[_Run]:
    groups: list[list[tuple[int, int, str]]] = []
    for one in _found(text):
        if groups and _BETWEEN.fullmatch(text, groups[-1][-1][1], one[0]):
            groups[-1].append(one)
        else:
            groups.append([one])
    found = []
    for group in groups:
        strong = [word for _low, _high, word in group if _words().get(word) == "strong"]
        found.append(_Run(group[0][0], group[-1][1], len(strong), len(group), len(set(strong))))
    return found


def _alone(text: str, run: _Run) -> bool:
    """True when signs or blanks part the run from the words on both sides."""
    before = text[run.start - 1] if run.start else " "
    after = text[run.end] if run.end < len(text) else " "
    return before in _EDGE and after in _EDGE


def _cut(text: str, run: _Run, sentence: str) -> bool:
    if not run.strong:
        return False
    alone = _alone(text, run)
    if _ABOUT.search(sentence.replace(text[run.start : run.end], " ")):
        # A warning may list what it warns of; only a long list that is glued in is taken out.
        return run.kinds >= 5 and run.words >= 8 and not re.search("[、，]", text[run.start : run.end])
    return run.kinds >= 2 or run.words >= 3 or (alone and run.words >= 2)


def _sentence_at(text: str, start: int, end: int) -> str:
    """The sentence around a run, to the full stops before and after it."""
    low = max((text.rfind(mark, 0, start) for mark in "。！？\n"), default=-1) + 1
    ends = [at for mark in "。！？\n" if (at := text.find(mark, end)) >= 0]
    return text[low : min(ends, default=len(text))]


def _widened(text: str, run: _Run) -> tuple[int, int]:
    """The run with what clings to it: the rest of a short scrap between signs, when most of the scrap is spam."""
    low, high = run.start, run.end
    while low and text[low - 1] not in _EDGE and run.start - low <= 8:
        low -= 1
    while high < len(text) and text[high] not in _EDGE and high - run.end <= 8:
        high += 1
    whole = (not low or text[low - 1] in _EDGE) and (high == len(text) or text[high] in _EDGE)
    extra = (run.start - low) + (high - run.end)
    if not (whole and extra * 10 <= (run.end - run.start) * 4):
        low, high = run.start, run.end
    while low and high < len(text) and text[low - 1] in "【[(（《" and text[high] in "】])）》":
        low, high = low - 1, high + 1
    return _with_blanks(text, low, high)


def _with_blanks(text: str, low: int, high: int) -> tuple[int, int]:
    """The blanks around it go too, unless they part two words that are not Chinese."""
    first, last = low, high
    while first and text[first - 1] in " \u3000\xa0":
        first -= 1
    while last < len(text) and text[last] in " \u3000\xa0":
        last += 1
    before, after = text[first - 1 : first], text[last : last + 1]
    return (first, last) if before > "\u2e7f" or after > "\u2e7f" or not before or not after else (low, last)


def spam_spans(text: str) -> list[Span]:
    """Runs of spam words in a paragraph."""
    if not strong_words(text):
        return []
    spans: list[list[int]] = []
    for run in _runs(text):
        if _cut(text, run, _sentence_at(text, run.start, run.end)):
            low, high = _widened(text, run)
            # A scrap of a few characters between two runs belongs to them.
            if spans and low - spans[-1][1] <= 8 and not re.search("[。！？]", text[spans[-1][1] : low]):
                spans[-1][1] = max(high, spans[-1][1])
            else:
                spans.append([low, high])
    return [Span(low, high, "spam") for low, high in _whole_sentences(text, spans)]


def _weight(text: str) -> float:
    """How much of a line it fills: a Chinese character counts as two letters."""
    return sum(0.5 if one.isascii() else 1.0 for one in text)


def _whole_sentences(text: str, spans: list[list[int]]) -> list[list[int]]:
    """The spans, with sentences that are mostly spam taken whole; a sentence beside them stays."""
    wider = [list(one) for one in spans]
    for sentence in _SENTENCE.finditer(text) if spans else ():
        low, high = sentence.span()
        inside = [(max(low, one), min(high, two)) for one, two in spans if one < high and two > low]
        bad = sum(_weight(text[one:two]) for one, two in inside)
        rest = _left(text[low:high], [[one - low, two - low] for one, two in inside])
        if inside and bad * 10 >= (bad + _weight(rest.strip())) * 6 and not _ABOUT.search(rest):
            wider.append([low, high])
    merged: list[list[int]] = []
    for one in sorted(wider):
        if merged and one[0] <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], one[1])
        else:
            merged.append(one)
    return merged


def _left(text: str, spans: list[list[int]]) -> str:
    out, at = [], 0
    for low, high in spans:
        out.append(text[at:low])
        at = high
    return "".join([*out, text[at:]])


def title_spans(text: str) -> list[Span]:
    """Spam in a title: whole parts between its separators go, the site's and the article's own names stay."""
    if not strong_words(text):
        return []
    spans, at = [], 0
    for part in [*_TITLE_CUT.finditer(text), None]:
        end = part.start() if part else len(text)
        scrap = text[at:end]
        words = strong_words(scrap)
        size = sum(high - low for low, high, _word in _found(scrap))
        if words and not _ABOUT.search(scrap) and size * 2 >= len(scrap.strip()):
            spans.append(Span(at, part.end() if part else len(text), "spam"))
        else:
            spans += [Span(at + one.start, at + one.end, "spam") for one in spam_spans(scrap)]
        at = part.end() if part else end
    return spans


def spam_share(text: str) -> float:
    """The share of a text's characters that belong to runs of spam."""
    size = len(text.strip())
    return sum(one.end - one.start for one in spam_spans(text)) / size if size else 0.0


def clean_spans(text: str, *, title: bool = False, is_broken: bool = False) -> list[Span]:
    """Everything to be cut from a paragraph (or a title), in order, no two overlapping.

    `is_broken`: signs stand twice all over the page.
    """
    spans = title_spans(text) if title else spam_spans(text)
    for one in doubled_spans(text, is_broken=is_broken):
        if all(one.end <= span.start or one.start >= span.end for span in spans if span.reason == "spam"):
            spans.append(one)
    spans.sort(key=lambda span: span.start)
    kept: list[Span] = []
    for one in spans:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
