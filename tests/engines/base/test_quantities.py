"""Written quantities: every form of a number gives that number, and what is no whole number never gives one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou_engines.base.quantities import GREATEST_QUANTITY, Quantity, parse_quantity

whole = st.integers(min_value=0, max_value=GREATEST_QUANTITY)


def in_chinese(number: int) -> str:
    """The textbook way of writing a number below 10**12 in Chinese, independent of the code under test."""
    if number == 0:
        return "零"
    out, groups = "", []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for position in range(len(groups) - 1, -1, -1):
        group = groups[position]
        if group == 0:
            continue
        if out and (group < 1000 or groups[position + 1] == 0):
            out += "零"
        text, zero = "", False
        for digit, mark in zip(f"{group:04d}", ("千", "百", "十", ""), strict=True):
            if digit == "0":
                zero = bool(text)
                continue
            text += ("零" if zero else "") + "零一二三四五六七八九"[int(digit)] + mark
            zero = False
        out += text + ("", "万", "亿")[position]
    return out


@given(whole)
def test_plain_digits_are_that_number_and_no_repair(number: int) -> None:
    assert parse_quantity(str(number)) == Quantity(number, None, False)
    assert parse_quantity(f"  {number} ") == Quantity(number, None, False)
    assert parse_quantity(f"{number}.0") == Quantity(number, None, False)
    assert parse_quantity(number) == Quantity(number, None, False)


@given(whole, st.sampled_from(",' ，_"))
def test_thousands_marks_in_groups_of_three(number: int, mark: str) -> None:
    written = f"{number:,}".replace(",", mark)
    assert parse_quantity(written) == Quantity(number, None, number > 999)


@given(whole)
def test_full_width_digits(number: int) -> None:
    written = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert parse_quantity(written) == Quantity(number, None, True)


@given(st.integers(1, 9999), st.sampled_from([("十", 10), ("百", 100), ("千", 1000), ("万", 10_000), ("百万", 10**6)]))
def test_a_mark_behind_digits_multiplies(number: int, mark: tuple[str, int]) -> None:
    assert parse_quantity(f"{number}{mark[0]}") == Quantity(number * mark[1], None, True)


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals(number: int) -> None:
    assert parse_quantity(in_chinese(number)) == Quantity(number, None, True)


@given(st.integers(1, 10**9), st.sampled_from("-−－"))
def test_negative_is_a_problem_not_a_number(number: int, sign: str) -> None:
    assert parse_quantity(f"{sign}{number}") == Quantity(None, "negative_quantity")


@given(st.integers(0, 10**6), st.integers(1, 99))
def test_fractions_are_a_problem_not_a_number(number: int, hundredths: int) -> None:
    assert parse_quantity(f"{number}.{hundredths:02d}") == Quantity(None, "fractional_quantity")


@given(st.integers(GREATEST_QUANTITY + 1, 10**40))
def test_absurd_is_a_problem_not_a_number(number: int) -> None:
    assert parse_quantity(str(number)) == Quantity(None, "absurd_quantity")


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_problem_or_nothing(text: str) -> None:
    read = parse_quantity(text)
    assert read.value is None or (0 <= read.value <= GREATEST_QUANTITY and read.problem is None)
    assert read.value is not None or read.problem or not text.strip()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.5万", 15_000),
        ("2万5千", 25_000),
        ("2万5000", 25_000),
        ("1亿2000万", 120_000_000),
        ("1,000万", 10_000_000),
        ("两千", 2000),
        ("二十万三千", 203_000),
        ("1E+05", 100_000),
        ("+50", 50),
    ],
)
def test_mixed_forms(written: str, number: int) -> None:
    assert parse_quantity(written) == Quantity(number, None, True)


@pytest.mark.parametrize(
    "written",
    [
        "一万五",
        "1万5",
        "1亿2000",
        "1,00",
        "12,34,567",
        "500套",
        "约500",
        "500-1000",
        "abc",
        "二零二零",
        "nan",
        "∞",
        "1/2",
        "万",
    ],
)
def test_what_may_mean_two_things_is_not_guessed(written: str) -> None:
    assert parse_quantity(written) == Quantity(None, "unreadable_quantity")


@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000", "\t\n"])
def test_blank_is_unknown_without_a_problem(blank: object) -> None:
    assert parse_quantity(blank) == Quantity(None)
