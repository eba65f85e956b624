"""Ids in the order they were made; codes that notice a slip of the tongue."""

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou.kernel import ids


def test_ids_are_version_7_in_the_order_of_their_milliseconds():
    before = time.time_ns() // 1_000_000
    first = ids.new_id()
    time.sleep(0.003)
    second = ids.new_id()
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    assert before <= first.int >> 80 <= time.time_ns() // 1_000_000
    assert str(first) < str(second)


def test_a_code_has_ten_digits_and_begins_with_none_that_a_spreadsheet_eats():
    for _ in range(500):
        code = ids.new_code()
        assert len(code) == 10
        assert code[0] != "0"
        assert ids.parse_code(code) == code


def test_the_check_digit_is_that_of_iso_7064_mod_11_10():
    # By hand: p = 10; for each digit d: s = (p + d) mod 10 or 10; p = 2 s mod 11; check = (11 - p) mod 10.
    # 100000000: p 10->1: s=1 p=2; then nine steps of 0 double p mod 11: 4 8 5 10 9 7 3 6; check = 11 - 6 = 5.
    assert ids.parse_code("1000000005") == "1000000005"
    assert all(ids.parse_code(f"100000000{digit}") is None for digit in "012346789")


@given(st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_is_always_noticed(at: int, digit: int):
    code = ids.new_code()
    changed = code[:at] + str(digit) + code[at + 1 :]
    assert (ids.parse_code(changed) is not None) == (changed == code)


@pytest.mark.parametrize(
    "typed", ["100-000-0005", "100 000 0005", "１００－０００－０００５", " 1000000005\n", "100.000.0005"]
)
def test_codes_are_read_as_people_type_them(typed: str):
    assert ids.parse_code(typed) == "1000000005"


@pytest.mark.parametrize("typed", ["", "1000000", "100000000５5", "١٠٠٠٠٠٠٠٠٥", "1000000005; drop", "x" * 100_000])
def test_what_is_no_code_is_none(typed: str):
    assert ids.parse_code(typed) is None


def test_a_secret_has_128_bits():
    assert len({ids.new_secret() for _ in range(100)}) == 100
    assert len(ids.new_secret()) == 22  # 16 bytes in base64 without padding
