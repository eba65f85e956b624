"""Goods and quantities in running text: what is asked for, how many, in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tongzhou_engines.base.quantities import Quantity, parse_quantity
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets.masks import FILLER, hide
from tongzhou_engines.sheets.text import same_length

__all__ = ["Amount", "Item", "ItemReader"]

#: Measure words that may follow a number, beside the units of the catalogue.
_MEASURES = [
    "人份", "公斤", "千克", "毫升", "个", "只", "件", "套", "副", "付", "双", "对", "盒", "箱", "瓶", "桶",
    "包", "台", "支", "片", "袋", "卷", "条", "顶", "份", "张", "床", "间", "辆", "部", "把", "块", "罐",
    "提", "捆", "打", "组", "根", "枚", "粒", "板", "听", "车", "吨", "升", "斤", "kg", "车次", "人次", "剂",
    "批",
]  # fmt: skip
_GAP = re.compile(
    r"[\s:：*×x=\-—_]*(?:共|约|各|需|需要|急需|大概|大约|数量|合计|总计|至少|为|要|还需|还缺|缺口|缺)*[\s:：*×x=]*\Z"
)
_LOOSE_GAP = re.compile(r"[^\d,，、;；。\n]{0,10}\Z")
_BEHIND_NUMBER = re.compile(r"[\s的]*(?:一次性|医用|可重复使用|优质|合格|普通)*\Z")
_ASKING = re.compile(
    r"另需|还需|需要|急需|亟需|急缺|紧缺|奇缺|短缺|缺少|缺乏|尚缺|需求|增加了|补充物资|(?<!不)缺|求助|望捐"
)
_NOT_ASKING = re.compile(r"不接受|不接收|暂不|无需|不需要|不再需要|谢绝|拒收")
_SETTLED = re.compile(r"已购买|已采购|已收到|已到位|已解决|已满足|已送达")
_DESCRIBING = re.compile(
    r"符合|标准|认证|参考|参照|效率|如有|如果|请在|请与|快递|物流|报关|海关|捐赠人|注册证|联系方式|公告|链接|账|户名|行号"
)
_BRACKET = re.compile(r"\([^()\n]*\)|（[^（）\n]*）")
_CHINESE_NUMBER = "[一二两三四五六七八九十百千万]"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number read from text, in base units of its category when `value` is not None.

    `problem`: unit_unclear, quantity_range, quantity_ambiguous, approximate_quantity or a code of `parse_quantity`;
    approximate_quantity keeps its value. `unit` as written.
    """

    value: int | None
    unit: str = ""
    problem: str | None = None
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """Goods named in a text: `written` as in the text, `code` its category (None when the catalogue does not know it).

    `part`: the text says that they are a part of goods named before (手套中丁腈手套5000), so they are not
    asked for again.
    """

    written: str
    code: str | None
    amount: Amount | None
    part: bool = False


@dataclass(slots=True)
class _Number:
    start: int
    end: int
    text: str
    unit: str
    about: bool
    ranged: bool
    taken: bool = False


@dataclass(slots=True)
class _Mention:
    start: int
    end: int
    code: str
    unit_hint: str = ""
    numbers: list[_Number] = field(default_factory=list)


class ItemReader:
    """Reads goods and quantities out of texts with the words and units of `catalogue`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        units = set(_MEASURES)
        for code in sorted(catalogue.categories):
            category = catalogue.categories[code]
            if category.kind == "goods":
                units.update((category.unit, *category.unit_factors))
        units.discard("")
        unit = "|".join(re.escape(same_length(u)) for u in sorted(units, key=lambda u: (-len(u), u)))
        self._number = re.compile(
            rf"(?P<about>约|大约|近|至少|不少于)?\s*(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?|{_CHINESE_NUMBER}+(?=\s*(?:{unit})))"
            rf"(?P<many>[十百千万亿]{{0,2}})(?:\s*[-~至到—]\s*(?P<range>\d+[十百千万]{{0,2}}))?\s*(?P<more>余|多|左右)?\s*(?P<unit>{unit})?"
        )
        self._unit = re.compile(unit)

    def whole(self, text: str, code: str | None) -> Amount | None:
        """The amount when `text` is nothing but a number with a unit (``500套``, ``1万只``), else None."""
        match = self._number.fullmatch(same_length(text).strip())
        if match is None or (not match["unit"] and not match["many"]):
            return None
        return self._amount(self._as_number(match, 0), code, "")

    def items(self, text: str) -> list[Item]:
        """Goods asked for in `text`, in order: with an amount, or without where the text asks for them or lists them.

        Goods that the text only describes (standards, wrong parcels, what is not accepted or has been bought) are left
        out. Numbers with a unit beside goods that the catalogue does not know come back with `code` None.
        """
        folded = same_length(text)
        found: list[Item] = []
        start, part = 0, False
        for stop in [*(m.start() for m in re.finditer(r"[\n。；;！!]", folded)), len(folded)]:
            for item, at in self._sentence(text, folded, start, stop):
                part = part or folded[:at].rstrip().endswith("中")
                found.append(replace(item, part=part))
            part = part and folded[stop : stop + 1] != "\n"
            start = stop + 1
        return found

    def within(self, text: str, code: str | None) -> Amount | None:
        """The amount when just one number with a unit stands in `text` (``500套（急需）``), else None."""
        folded = same_length(text)
        hidden = hide(folded)
        counted = [n for n in self._numbers(hidden, 0, len(hidden)) if n.unit]
        return self._amount(counted[0], code, "") if len(counted) == 1 else None

    def _sentence(self, text: str, folded: str, start: int, stop: int) -> list[tuple[Item, int]]:
        sentence = folded[start:stop]
        if not sentence.strip() or _SETTLED.search(sentence):
            return []
        segments = _segments(sentence)
        mentions = [self._mentions(sentence, a, b) for a, b in segments]
        hidden = self._hidden("\n" + sentence if start else sentence, bool(start), mentions)
        numbers = [self._numbers(hidden, a, b) for a, b in segments]
        for (a, b), found, counted in zip(segments, mentions, numbers, strict=True):
            self._attach(sentence, a, b, found, counted)
        self._attach_across(sentence, segments, mentions, numbers)
        asking = _ASKING.search(sentence) is not None
        listing = not _DESCRIBING.search(sentence) and any(
            sum(m.end - m.start for m in found) * 2 >= len(sentence[a:b].strip()) > 0
            for (a, b), found in zip(segments, mentions, strict=True)
        )
        items: list[tuple[Item, int]] = []
        for (a, b), found, counted in zip(segments, mentions, numbers, strict=True):
            if _NOT_ASKING.search(sentence[a:b]):
                continue
            for mention in found:
                at = start + mention.start
                written = _closed(text, at, start + mention.end)
                if mention.numbers:
                    items.append((Item(written, mention.code, self._choose(mention)), at))
                elif (asking or listing) and not mention.code.endswith("_unspecified"):
                    items.append((Item(written, mention.code, None), at))
            items += (
                (item, start + a)
                for item in self._unknown(text[start + a : start + b], found, counted, _in_plea(sentence, a, b), a)
            )
        return items

    def _unknown(
        self, segment: str, found: list[_Mention], numbers: list[_Number], asking: bool, at: int
    ) -> Iterable[Item]:
        """Goods outside the catalogue: a number with a unit that no known goods took, or a short item of a plea."""
        for number in numbers:
            if not number.taken and number.unit and not found:
                name = re.sub(r"^[\s的：:]+|[\s：:*]+$", "", segment[: number.start - at]) or segment
                yield Item(name.strip(), None, Amount(None, number.unit, "category_unknown"))
                return
        bare = re.sub(r"^.*?(?:另需|还需|需要|急需|急缺|紧缺|增加了|药品|设备)[：:]?|等(?:物资)?$", "", segment.strip())
        asked = asking and not found and not numbers and 2 <= len(bare) <= 14 and not _DESCRIBING.search(segment)
        if (
            asked
            and not re.search(r"需求|物资|已删|捐|公众号|发布|状态|情况", bare)
            and not any(c.isdigit() for c in bare)
        ):
            yield Item(bare, None, None)

    def _mentions(self, sentence: str, a: int, b: int) -> list[_Mention]:
        found = []
        # What stands in brackets between goods and their number explains them: 洗漱用品（毛巾2、口杯1）1000套
        explained = [m.span() for m in _BRACKET.finditer(sentence) if re.match(r"\s*[*x×:]?\s*\d", sentence[m.end() :])]
        for named in self._catalogue.find_in_text(sentence[a:b], ("goods",)):
            first, last, hint = a + named.start, a + named.end, ""
            if any(start < first < end for start, end in explained):
                continue
            behind = _BRACKET.match(sentence, last)
            if behind and self._unit.fullmatch(behind[0][1:-1].strip()):
                hint = behind[0][1:-1].strip()
            found.append(_Mention(first, last, named.category, hint))
        return found

    def _hidden(self, sentence: str, shifted: bool, mentions: list[list[_Mention]]) -> str:
        """The sentence with names of goods, brackets and numbers that are no quantities filled in."""
        hidden = hide(sentence)[1 if shifted else 0 :]
        for mention in (m for found in mentions for m in found):
            hidden = hidden[: mention.start] + FILLER * (mention.end - mention.start) + hidden[mention.end :]
        return _BRACKET.sub(self._fill_bracket, hidden)

    def _fill_bracket(self, match: re.Match[str]) -> str:
        inner = self._number.fullmatch(match[0][1:-1].strip())
        return match[0] if inner and inner["unit"] else FILLER * len(match[0])

    def _numbers(self, hidden: str, a: int, b: int) -> list[_Number]:
        return [self._as_number(match, 0) for match in self._number.finditer(hidden, a, b)]

    def _as_number(self, match: re.Match[str], shift: int) -> _Number:
        about = bool(match["about"] or match["more"])
        text = match["number"] + (match["many"] or "")
        return _Number(
            match.start() + shift, match.end() + shift, text, match["unit"] or "", about, bool(match["range"])
        )

    def _attach(self, sentence: str, a: int, b: int, found: list[_Mention], numbers: list[_Number]) -> None:
        """Give each number to the goods it stands by: behind them (口罩500只), or before them (500只口罩)."""
        if not found:
            return
        leading = bool(numbers) and numbers[0].unit != "" and numbers[0].start < found[0].start
        for number in numbers:
            before = [m for m in found if m.end <= number.start]
            after = [m for m in found if m.start >= number.end]
            since = max([before[-1].end, *(n.end for n in before[-1].numbers)]) if before else 0
            if leading and after and _BEHIND_NUMBER.match(sentence[number.end : after[0].start]):
                _give(after[0], number)
            elif before and self._stands_behind(sentence[since : number.start], number):
                _give(before[-1], number)

    def _stands_behind(self, gap: str, number: _Number) -> bool:
        plain = re.sub(r"[()（）]", "", _BRACKET.sub("", gap)).strip(FILLER)
        return bool(_GAP.match(plain)) or bool(number.unit and _LOOSE_GAP.match(plain)) or "各" in plain[-2:]

    def _attach_across(
        self,
        sentence: str,
        segments: list[tuple[int, int]],
        mentions: list[list[_Mention]],
        numbers: list[list[_Number]],
    ) -> None:
        """Numbers that reach over a comma.

        One with a unit of the goods of the segment before (丙种球蛋白，肌注用…:50瓶) goes to them; one
        behind 各 (each) goes to all goods before it that have none (防护服、护目镜各200).
        """
        for index, counted in enumerate(numbers):
            for number in (n for n in counted if n.taken and sentence[: n.start].rstrip().endswith("各")):
                for mention in (m for found in mentions[: index + 1] for m in found):
                    if mention.end <= number.start and not mention.numbers:
                        _give(mention, number)
        for index in range(1, len(segments)):
            ahead = mentions[index - 1]
            if mentions[index] or not ahead or ahead[-1].numbers or len(numbers[index]) != 1:
                continue
            number = numbers[index][0]
            colon = sentence[: number.start].rstrip().endswith((":", "："))
            if colon and number.unit and self._catalogue.factor(ahead[-1].code, number.unit) is not None:
                _give(ahead[-1], number)

    def _choose(self, mention: _Mention) -> Amount:
        """The amount of goods with one number, or the only one in the base unit; else ambiguous."""
        numbers = mention.numbers
        if len(numbers) > 1:
            base = self._catalogue.categories[mention.code].unit
            numbers = [n for n in numbers if n.unit == base]
        if len(numbers) != 1:
            return Amount(None, "", "quantity_ambiguous")
        return self._amount(numbers[0], mention.code, mention.unit_hint)

    def _amount(self, number: _Number, code: str | None, unit_hint: str) -> Amount:
        unit = number.unit or unit_hint
        if number.ranged:
            return Amount(None, unit, "quantity_range")
        quantity: Quantity = parse_quantity(number.text)
        if quantity.value is None:
            return Amount(None, unit, quantity.problem)
        factor = 1 if not unit else (self._catalogue.factor(code, unit) if code else None)
        if factor is None:
            return Amount(None, unit, "unit_unclear")
        if not unit and quantity.value == 1:
            return Amount(None, unit, None)  # a bare 1 in these sheets says "needed", not one
        problem = "approximate_quantity" if number.about else None
        return Amount(quantity.value * factor, unit, problem, quantity.repaired)


def _in_plea(sentence: str, a: int, b: int) -> bool:
    """Whether the segment asks for something itself or goes on with the list that a word of asking began."""
    cue = next((m for m in _ASKING.finditer(sentence) if m.start() < b), None)
    return cue is not None and not re.search(r"[，,]", sentence[cue.end() : max(a, cue.end())])


def _give(mention: _Mention, number: _Number) -> None:
    mention.numbers.append(number)
    number.taken = True


def _closed(text: str, start: int, end: int) -> str:
    """The name of goods with the bracket that it leaves open: 漂白粉(精)."""
    name = text[start:end]
    if name.count("(") + name.count("（") > name.count(")") + name.count("）"):
        behind = re.match(r"[%％\s]*[)）]", text[end:])
        name += behind[0] if behind else ""
    return name.strip()


def _segments(sentence: str) -> list[tuple[int, int]]:
    """The parts of a sentence between commas and 、, not inside brackets and not between the digits of 1,000."""
    closed = _BRACKET.sub(lambda match: FILLER * len(match[0]), sentence)
    cuts = [m.start() for m in re.finditer(r"[，、]|,(?!\d{3})|(?:和|及|与)(?=\s*\d)", closed)]
    edges = [0, *(cut + 1 for cut in cuts)]
    return list(zip(edges, [*cuts, len(sentence)], strict=True))
