"""What a donor wrote about whom a gift is for. What is not understood to the last word is left to a person.

The text is a list of parts: divisions (names or codes), names of organisations, categories. Several places are
alternatives, so are several receivers; a place and a receiver both hold. Words like 定向, 捐给, 用于 may stand before
a part, 地区 or 使用 behind it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from tongzhou.registers.places.types import NATION
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer import NATION as ENGINE_NATION
from tongzhou_engines.gazetteer import Gazetteer
from tongzhou_engines.gazetteer.names import squeeze

__all__ = ["Intent", "read_intent"]

#: The donor leaves it open.
_FREE = re.compile(
    r"(不限|无|没有|无指定|不指定|无要求|没有要求|不定向|非定向|都可以|哪里需要去哪里|由?你们安排|统一调配|听从?安排|none|any(where)?)+"
)
_BEFORE = re.compile(
    r"(可以去|可以到|可以发往|定向|专门|专项|指定|仅限于|仅限|只限|限于|限|仅|只|全部|都|请|希望|"
    r"捐赠给|捐赠|捐给|捐往|捐助|捐|赠送给|赠给|赠与|赠|送给|送往|送到|送|发给|发往|发到|给予|给|供|用于购买|购买|用于|用在|用到|支援|"
    r"援助|驰援|资助|支持|地区|地方|单位|接收单位|接受单位|受赠单位|类别|用途|for|to|only)[:：=]?"
)
_BEHIND = re.compile(r"(使用|专用|地区|境内|全境|全域|各地|当地|本地|范围内|用|内|的)$")
_CLAUSES = re.compile(r"[;；。\n]+")
_ITEMS = re.compile(r"[、,，/|]+|和(?=.{2})|及(?=.{2})|与(?=.{2})|或(?=.{2})")
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}")


@dataclass(frozen=True, slots=True)
class Intent:
    """A gift's purpose. `places`: division codes, `receivers`: names made plain, `categories`; empty: not restricted.

    `unread`: the first part that nobody understood; then nothing of it may be planned until a person has looked.
    """

    places: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    unread: str = ""

    @property
    def restricts(self) -> bool:
        """True when the gift is earmarked."""
        return bool(self.places or self.receivers or self.categories or self.unread)


def read_intent(text: str, names: Collection[str]) -> Intent:
    """The purpose written in `text`. names: of organisations and of institutions that ask, made plain (`squeeze`)."""
    written = unicodedata.normalize("NFKC", text).strip()
    if not written or _FREE.fullmatch(written.rstrip("。.").lower().replace(" ", "")):
        return Intent()
    places: list[str] = []
    receivers: list[str] = []
    categories: list[str] = []
    for clause in filter(None, (part.strip() for part in _CLAUSES.split(written))):
        if squeeze(_bare(clause)) in names:  # a name may hold 、 or 和
            receivers.append(squeeze(_bare(clause)))
            continue
        for item in filter(None, (part.strip() for part in _ITEMS.split(clause))):
            if not _take(item, names, places, receivers, categories):
                return Intent(unread=item[:60])
    return Intent(_once(places), _once(receivers), _once(categories))


def _once(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _take(item: str, names: Collection[str], places: list[str], receivers: list[str], categories: list[str]) -> bool:
    """Put one part where it belongs; False when it is not understood."""
    bare = _bare(item)
    if not bare:
        return True
    for name in (squeeze(item), squeeze(bare)):
        if name in names:
            receivers.append(name)
            return True
    code = _place(bare)
    if code:
        places.append(code)
        return True
    category = Catalogue.builtin().find(bare)
    if category is not None:
        categories.append(category)
        return True
    return False


def _bare(item: str) -> str:
    """A part without the words that only lead to it or end it."""
    text = item.strip()
    while True:
        found = _BEFORE.match(text)
        if not found or not found.end():
            break
        text = text[found.end() :].strip()
    while len(text) > 1 and _BEHIND.search(text):
        text = _BEHIND.sub("", text).strip()
    return text


def _place(text: str) -> str:
    """The division that `text` names and nothing else, or ""."""
    gazetteer = Gazetteer.builtin()
    if _CODE.fullmatch(text):
        return text if text in gazetteer.tree else ""
    match = gazetteer.match(text)
    if match.status != "found":
        return ""
    left = squeeze(text)
    for piece in match.matched:
        left = left.replace(piece, "", 1)
    if re.sub(r"[省市区县]|自治|特别行政", "", left):
        return ""
    return NATION if match.code == ENGINE_NATION else match.code
