"""Characters nobody sees: put between letters they hide a word from a filter, or break one for whoever searches."""

from __future__ import annotations

import re

__all__ = ["without_unseen"]

#: No width at all, or only a direction of writing; the soft hyphen is seen at line ends only.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2060-\u2064\u202a-\u202e\u2066-\u206f"
    "\ufeff"
)
_ALONE = re.compile(f"[{_UNSEEN}]")
#: These belong to emoji; between or behind letters they are there to deceive.
_JOINED = re.compile("(?<=\\w)[\u200d\ufe00-\ufe0f](?=\\w)|(?<=\\w)[\U000e0001-\U000e007f]+")
_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));?")
_NAMED = re.compile(r"&(?:shy|zwnj|zwj|lrm|rlm|ZeroWidthSpace|NoBreak);")


def _number(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    letter = chr(code) if code <= 0x10FFFF else ""
    return letter if letter and (_ALONE.match(letter) or letter == "\u200d") else found.group()


def without_unseen(text: str) -> tuple[str, int]:
    """Text or markup without unseen characters, and how many were taken out. Emoji keep what joins them."""
    said = _NAMED.sub("\u200b", _NUMBERED.sub(_number, text))
    said, alone = _ALONE.subn("", said)
    said, joined = _JOINED.subn("", said)
    return said, alone + joined
