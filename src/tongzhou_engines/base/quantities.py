"""Whole quantities as people write them: full-width digits, thousands marks, 万 and 亿, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["GREATEST_QUANTITY", "Quantity", "parse_quantity"]

#: Above this a quantity is absurd, whatever the category (10**12 base units).
GREATEST_QUANTITY = 10**12

_GROUPED = re.compile(r"\d{1,3}(?:([,' _])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_PLAIN = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]\+?\d{1,2})?")
_DIGITS = dict(zip("零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖", [0, 0, *range(1, 10), 2, *range(1, 10)], strict=True))
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHINESE = re.compile(f"[{''.join(_DIGITS)}{''.join(_SMALL)}{''.join(_LARGE)}0-9.]+")
_NUMBER_WITH_MULTIPLIER = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]{1,2})")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole quantity, or why there is none.

    `value` is None when the cell is blank (then `problem` is None too) or unusable (`problem` names why:
    negative_quantity, fractional_quantity, absurd_quantity, unreadable_quantity). `repaired` is True when the number
    was understood from a written form that is not plain digits (１００, 1,000, 1万, 三百, 1e5).
    """

    value: int | None
    problem: str | None = None
    repaired: bool = False


def parse_quantity(text: object) -> Quantity:
    """The whole quantity that a cell holds (a text, a number or None); never guesses, see `Quantity`.

    Understood: full-width digits, thousands marks in groups of three, 万 亿 千 百 after digits, Chinese numerals up to
    亿, a decimal part that is zero (100.0), powers (1E+05). A unit behind the number is not understood here.
    """
    if text is None or isinstance(text, bool):
        return Quantity(None) if text is None else Quantity(None, "unreadable_quantity")
    raw = str(text).strip()
    cleaned = unicodedata.normalize("NFKC", raw).strip().replace("、", ",").removeprefix("+").strip()
    if not cleaned:
        return Quantity(None)
    negative = cleaned[0] in "-−–负" and len(cleaned) > 1
    number = _number(cleaned[1:].strip() if negative else cleaned)
    if number is None:
        return Quantity(None, "unreadable_quantity")
    if negative and number != 0:
        return Quantity(None, "negative_quantity")
    if number > GREATEST_QUANTITY:
        return Quantity(None, "absurd_quantity")
    if number != number.to_integral_value():
        return Quantity(None, "fractional_quantity")
    return Quantity(int(number), None, re.fullmatch(r"\d+(?:\.0+)?", raw, re.ASCII) is None)


def _number(text: str) -> Decimal | None:
    """The number written in `text` (NFKC form, no sign), or None."""
    if not text.isascii():
        together = text.replace(",", "") if _GROUPED.match(text) else text
        match = _NUMBER_WITH_MULTIPLIER.fullmatch(together)
        if match:
            return Decimal(match[1]) * _multiplier(match[2])
        return _chinese(text) if _CHINESE.fullmatch(text) else None
    if _GROUPED.fullmatch(text):
        return Decimal(re.sub(r"[,' _]", "", text))
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _multiplier(text: str) -> int:
    """十, 百, 千, 万, 亿 and two of them in a row (百万, 千万, 万亿) as a factor."""
    product = 1
    for mark in text:
        product *= _SMALL.get(mark, 0) or _LARGE[mark]
    return product


def _chinese(text: str) -> Decimal | None:
    """A Chinese numeral, its digits written as 三 or as 3 (三百二十, 2万5千, 2万5000); None when it is not well formed.

    Colloquial forms that leave the last mark out (一万五 for 15,000) are not well formed here: they can be misread.
    """
    total = section = 0
    digit: int | None = None
    last_small, last_large = 10**5, 10**9
    tokens = re.findall(r"\d+|\D", text)
    for token in tokens:
        if token.isdigit() or token in _DIGITS:
            if digit:  # two digits in a row (二三) are no numeral; a zero before one is (一百零三)
                return None
            digit = int(token) if token.isdigit() else _DIGITS[token]
        elif token in _SMALL:
            if _SMALL[token] >= last_small:
                return None
            section += (1 if digit is None else digit) * _SMALL[token]
            last_small, digit = _SMALL[token], None
        elif token in _LARGE:
            if _LARGE[token] >= last_large or (section == 0 and not digit):
                return None
            total += (section + (digit or 0)) * _LARGE[token]
            section, digit, last_small, last_large = 0, None, 10**5, _LARGE[token]
        else:
            return None
    return None if _leaves_mark_out(tokens, digit) else Decimal(total + section + (digit or 0))


def _leaves_mark_out(tokens: list[str], digit: int | None) -> bool:
    """Whether the last digit may stand for more than itself (一万五, 1亿2000): too small for the mark before it."""
    if not digit or len(tokens) < 2:
        return False
    before = _SMALL.get(tokens[-2], 0) or _LARGE.get(tokens[-2], 0)
    return before > 10 and digit * 10 < before
