"""How alike two needs are, from what can be compared without opening a contact. Pure: no database, no clock.

Who asks (keyed hashes of phone and address, the organisation, the written name), what (the category is a gate: a
hospital that asks for masks and for suits asks for two things), where, when, and the words. Measured on a labelled set
and on the real sheets of 2020: docs/methods/duplicates.md.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from tongzhou.chain.triage.types import Likeness, Sign
from tongzhou_engines.catalogue import normalise

__all__ = ["LIKELY", "NOTED", "Probe", "compare", "name_forms", "names_agree", "worth_comparing"]

#: From here on a pair is written down for a person to judge, and shown first.
NOTED, LIKELY = 50, 70

#: How much each sign of "the same asker" is worth alone; together they are combined as independent evidence.
_WHO = {Sign.PHONE: 0.75, Sign.ADDRESS: 0.6, Sign.ORGANISATION: 0.75, Sign.NAME: 0.72, Sign.NAME_LIKE: 0.5}
_SAME_TEXT, _LONG_TEXT, _SAME_QUANTITY, _SAME_PLACE, _WITHIN = 0.4, 0.6, 0.15, 0.2, 0.1
#: Days apart, and what remains of the likeness then.
_DAYS = ((3, 1.0), (7, 0.95), (14, 0.8), (30, 0.65))
_LONG_AGO = 0.5
#: Texts that agree to so many per cent are the same words.
_SAME_WORDS = 92
#: Words shorter than this agree by chance.
_SHORT_TEXT, _TELLING_TEXT = 6, 16

_BRACKETS = re.compile(r"[（(\[【](.*?)[）)\]】]")
_SEPARATORS = re.compile(r"[/、|;；,，]|\s{1,}")
_INSTITUTION = re.compile(r"..(医院|中心|会|局|公司|学校|中学|小学|大学|研究所|卫生院|保健院)$")
_NUMERALS = re.compile(r"[一二三四五六七八九十百\d]+")
#: Names that every district has one of: only the place tells them apart.
_GENERIC = re.compile(
    r"(第[一二三四五六七八九十\d]+)?(人民|中心|中医|中西医结合|妇幼保健|妇幼|传染病|精神卫生|精神病|职工|肿瘤|儿童|口腔|骨科|疾病预防控制|"
    r"疾控|卫生|急救|红十字会?|卫生健康|慈善)*(医院|院|中心|局|会|总会|卫生院|保健院|委员会|服务中心|社区卫生服务中心)?"
)
#: Characters whose presence or absence does not make another name.
_LOOSE = set("省市县区镇乡街道的医院")


@dataclass(frozen=True, slots=True)
class Probe:
    """What is compared of a need; nothing in it can be read back into a contact."""

    id: uuid.UUID | None
    at: dt.datetime
    category: str
    place: str
    item: str = field(repr=False)
    text: str = field(repr=False)
    phone: str = ""
    address: str = ""
    organisation: uuid.UUID | None = None
    names: tuple[str, ...] = ()
    quantity: int | None = None
    submission: uuid.UUID | None = None
    place_certain: bool = True


def name_forms(name: str, place_names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The forms a written name is compared in: made plain, with and without the places above it, and other names of it
    in brackets (a department or a campus in brackets is no name of the whole).

    `place_names`: names of the province and city it lies in, long and short ("湖北省", "湖北", "武汉市", "武汉").
    """
    inside = [part for found in _BRACKETS.findall(name) for part in _SEPARATORS.split(found)]
    outside = _SEPARATORS.split(_BRACKETS.sub(" ", name)) if "/" in name or "、" in name else [_BRACKETS.sub("", name)]
    forms: list[str] = []
    for part in [*outside, *(other for other in inside if _INSTITUTION.search(other.strip()))]:
        plain = normalise(part)
        forms += [plain, _without_places(plain, place_names)]
    return tuple(dict.fromkeys(form for form in forms if len(form) >= 2))


def _without_places(plain: str, place_names: tuple[str, ...]) -> str:
    for above in place_names:
        stem = normalise(above)
        if stem and plain.startswith(stem) and len(plain) - len(stem) >= 3:
            plain = plain[len(stem) :]
    return plain[1:] if plain[:1] in ("省", "市") and len(plain) > 4 else plain


def names_agree(first: tuple[str, ...], second: tuple[str, ...], *, same_place: bool = False) -> Sign | None:
    """``Sign.NAME`` when one form is the same, ``Sign.NAME_LIKE`` when one surely means the other, else None.

    A name that every district has one of (人民医院, 红十字会) says nothing unless both are in the same place.
    """
    return _agree(*sorted((first, second)), same_place)


@lru_cache(maxsize=65_536)  # a sheet names the same hospitals again and again
def _agree(first: tuple[str, ...], second: tuple[str, ...], same_place: bool) -> Sign | None:
    common = set(first) & set(second)
    if any(same_place or not _GENERIC.fullmatch(form) for form in common):
        return Sign.NAME
    if any(_like(one, two) for one in first for two in second if one not in common and two not in common):
        return Sign.NAME_LIKE
    return None


def _like(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    if len(short) < 4 or _NUMERALS.findall(short) != _NUMERALS.findall(long):
        return False
    if long.endswith(short) or long.startswith(short):
        return not _GENERIC.fullmatch(short) or set(long.replace(short, "", 1)) <= _LOOSE
    steps = [step for step in Levenshtein.opcodes(short, long) if step.tag != "equal"]
    replaced = sum(step.src_end - step.src_start for step in steps if step.tag == "replace")
    if replaced:
        # One wrong character, not in the last four: they say what kind of institution it is (中心医院, 中医医院).
        return replaced == 1 and len(steps) == 1 and len(short) >= 8 and steps[0].src_start < len(short) - 4
    moved = "".join(short[step.src_start : step.src_end] + long[step.dest_start : step.dest_end] for step in steps)
    return set(moved) <= _LOOSE or (fuzz.ratio(short, long) >= 85 and not _GENERIC.fullmatch(short))


def compare(one: Probe, two: Probe) -> Likeness:
    """How alike two needs are. Symmetric. Lines of one submission are never the same plea."""
    nothing = Likeness(0)
    if one.submission is not None and one.submission == two.submission:
        return nothing
    signs: list[Sign] = []
    doubt = _what(one, two, signs)
    if doubt == 0:
        return nothing
    differs = _who(one, two, signs)
    apart = 1.0
    for sign in signs:
        apart *= 1 - _WHO.get(sign, 0.0)
    known = apart < 1
    apart *= _words(one, two, signs) * _where(one, two, signs)
    if not known and Sign.TEXT not in signs:
        return nothing
    score = (1 - apart) * doubt * differs * _when(one, two, signs)
    if Sign.PLACE_APART in signs:
        # The same words from two places are two people; the same phone may ask for somebody elsewhere.
        score *= 0.6 if Sign.PHONE in signs or Sign.ORGANISATION in signs else 0.3
    return Likeness(max(0, min(100, round(100 * score))), tuple(str(sign) for sign in signs))


def worth_comparing(block: Sequence[Probe]) -> Iterator[tuple[Probe, Probe]]:
    """Pairs of one category and city that names or words could make the same plea; fast for thousands.

    Pairs of one phone, address or organisation are not looked for: whoever groups by them compares those anyway.
    """
    named = [probe for probe in block if probe.names]
    groups: dict[tuple[str, ...], list[Probe]] = {}
    for probe in named:
        groups.setdefault(probe.names, []).append(probe)
    for group in groups.values():
        yield from combinations(group, 2)
    for first, second in combinations(groups, 2):
        if names_agree(first, second, same_place=True) is not None:
            yield from product(groups[first], groups[second])
    worded = [probe for probe in block if len(probe.text) >= _SHORT_TEXT]
    texts = [probe.text for probe in worded]
    for at in range(0, len(texts), 500):  # a slice at a time: the matrix stays small
        close = process.cdist(texts[at : at + 500], texts, scorer=fuzz.ratio, score_cutoff=_SAME_WORDS)
        for row, column in zip(*close.nonzero(), strict=True):
            if at + row < column:
                yield worded[at + row], worded[column]


def _what(one: Probe, two: Probe, signs: list[Sign]) -> float:
    """How surely both ask for the same thing: 0 for two categories."""
    same_item = bool(one.item) and fuzz.ratio(one.item, two.item) >= 75
    if same_item:
        signs.append(Sign.ITEM)
    if one.category and two.category:
        if one.category != two.category:
            return 0.0
        signs.append(Sign.CATEGORY)
        # Two medicines of one category: the words decide.
        return 1.0 if same_item or fuzz.partial_ratio(one.item, two.item) >= 60 else 0.7
    return 0.9 if same_item else 0.0


def _who(one: Probe, two: Probe, signs: list[Sign]) -> float:
    """Signs of the same asker; below 1 when something says it is another one."""
    differs = 1.0
    if one.phone and one.phone == two.phone:
        signs.append(Sign.PHONE)
    if one.address and two.address:
        if one.address == two.address:
            signs.append(Sign.ADDRESS)
        else:
            differs *= 0.8
    if one.organisation is not None and two.organisation is not None:
        if one.organisation == two.organisation:
            signs.append(Sign.ORGANISATION)
        else:
            differs *= 0.4
    if one.names and two.names:
        agree = names_agree(one.names, two.names, same_place=one.place == two.place)
        if agree is not None:
            signs.append(agree)
        elif Sign.ORGANISATION not in signs:
            differs *= 0.5
    return differs


def _words(one: Probe, two: Probe, signs: list[Sign]) -> float:
    left = 1.0
    if min(len(one.text), len(two.text)) >= _SHORT_TEXT and fuzz.ratio(one.text, two.text) >= _SAME_WORDS:
        signs.append(Sign.TEXT)
        left *= 1 - (_LONG_TEXT if min(len(one.text), len(two.text)) >= _TELLING_TEXT else _SAME_TEXT)
    if one.quantity is not None and one.quantity == two.quantity and one.quantity > 1:
        signs.append(Sign.QUANTITY)
        left *= 1 - _SAME_QUANTITY
    return left


def _where(one: Probe, two: Probe, signs: list[Sign]) -> float:
    short, long = sorted((one.place, two.place), key=len)
    if short == long:
        signs.append(Sign.PLACE)
        return 1 - _SAME_PLACE if len(short) > 2 else 1.0
    if short == "0" or long.startswith(short):
        return 1 - _WITHIN if len(short) > 2 else 1.0
    if (one.place_certain and two.place_certain) or one.place[:4] != two.place[:4]:
        signs.append(Sign.PLACE_APART)
    return 1.0


def _when(one: Probe, two: Probe, signs: list[Sign]) -> float:
    days = abs((one.at - two.at).total_seconds()) / 86400
    for most, factor in _DAYS:
        if days <= most:
            if most <= 7:
                signs.append(Sign.NEAR_DATE)
            return factor
    signs.append(Sign.LONG_AGO)
    return _LONG_AGO
