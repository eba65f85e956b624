"""What speaks for a defaced page, with points: at 50 of 100 a person has to look before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongzhou.desks.bulletins.services.cleaning.blocks import Markup
from tongzhou.desks.bulletins.services.cleaning.pieces import TITLE, Piece, Signal
from tongzhou.desks.bulletins.services.cleaning.words import strong_words

__all__ = ["signals_of"]

_HACKED = re.compile(r"hacked\s+by|h4ck3d|defaced\s+by|owned\s+by|黑客入侵|被黑|已被入侵|本站已被", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
_MOVES = re.compile(r"location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|window\.open\s*\(", re.IGNORECASE)
_WRITES = re.compile(r"document\.write|document\.title|fromCharCode|eval\s*\(|unescape\s*\(|atob\s*\(", re.IGNORECASE)


def _size(pieces: Sequence[Piece], *reasons: str) -> int:
    return sum(len(one.text.strip()) for one in pieces if one.block != TITLE and one.reason in reasons)


def signals_of(
    pieces: Sequence[Piece], markup: Markup, *, damaged: int, deep: bool, cut_short: bool
) -> tuple[Signal, ...]:
    """Every signal found, the heaviest first."""
    kept = "".join(one.text for one in pieces if one.block != TITLE and not one.reason)
    found = [*_spam(pieces, kept), *_title(pieces, markup), *_scripts(pieces, markup), *_language(kept)]
    everything = kept + "".join(markup.titles)
    if _HACKED.search(everything):
        found.append(Signal("hacked", 60))
    gone = sum(len(one.text.strip()) for one in pieces if one.reason)
    left = len(kept.strip())
    # A notice may be short; a page that scripts were to fill, or that lost most of what it said, is not one.
    empty = markup.source and (left < 10 or sum(map(len, markup.scripts)) > 2_000)
    if left < 40 and (empty or gone > left):
        found.append(Signal("nothing_left", 50, left))
    if damaged:
        share = damaged * 100 // max(1, len(kept))
        found.append(Signal("damaged", 50 if share >= 5 else 15, damaged))
    if cut_short:
        found.append(Signal("too_long", 50))
    if deep:
        found.append(Signal("too_deep", 50))
    return tuple(sorted(found, key=lambda one: -one.points))


def _spam(pieces: Sequence[Piece], kept: str) -> list[Signal]:
    """The share of spam (and of hidden or linked text with spam words) in what the page says."""
    own = [one for one in pieces if one.reason in ("hidden", "links", "navigation") and strong_words(one.text)]
    bad = _size(pieces, "spam") + sum(len(one.text.strip()) for one in own if one.block != TITLE)
    share = bad * 100 // max(1, bad + len(kept.strip()))
    found = []
    if share >= 10:
        found.append(Signal("spam_share", 60 if share >= 60 else 35 if share >= 30 else 10, share))
    if any(one.reason == "hidden" for one in own):
        found.append(Signal("hidden_spam", 5))
    return found


def _title(pieces: Sequence[Piece], markup: Markup) -> list[Signal]:
    found = []
    if any(one.block == TITLE and one.reason == "spam" for one in pieces):
        found.append(Signal("spam_title", 15))
    if len(set(strong_words(" ".join(markup.meta)))) >= 2:
        found.append(Signal("spam_meta", 5))
    return found


def _scripts(pieces: Sequence[Piece], markup: Markup) -> list[Signal]:
    found = []
    if any(one.reason == "script" and strong_words(one.text) for one in pieces):
        found.append(Signal("script_spam", 10))
    told = "\n".join(markup.scripts)
    if _WRITES.search(told) and _MOVES.search(told):
        found.append(Signal("script_moves", 15))
    if markup.moves_to:
        found.append(Signal("moves_away", 30))
    return found


def _language(kept: str) -> list[Signal]:
    letters = len(_LETTER.findall(kept))
    if letters < 40:
        return []
    chinese, strange = len(_CHINESE.findall(kept)), len(_KANA.findall(kept))
    if strange * 5 >= letters:
        return [Signal("strange_script", 50, strange * 100 // letters)]
    return [] if chinese * 10 >= letters * 3 else [Signal("not_chinese", 20, chinese * 100 // letters)]
