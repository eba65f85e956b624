"""Credit codes against ones that public institutions publish themselves (on invoices, tenders, their own pages)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.services import read_credit_code

#: Published by the institution or on a public register; legal persons only.
PUBLISHED = {
    "12100000400000624D": "清华大学",
    "12100000400002259P": "北京大学",
    "12100000707137123P": "武汉大学",
    "12100000441626842D": "华中科技大学",
    "12100000470095016Q": "浙江大学",
    "12310000425022547M": "上海工程技术大学",
    "53100000500019795A": "中国社会福利基金会",
    "91110000600037341L": "a company of Beijing (example of the python-stdnum package)",
}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_read(code: str) -> None:
    reading = read_credit_code(code)
    assert reading is not None
    assert (reading.code, reading.division) == (code, code[2:8])


def test_the_first_two_characters_tell_the_kind() -> None:
    def kinds(code: str) -> set[str]:
        reading = read_credit_code(code)
        return {kind.value for kind in reading.kinds} if reading else set()

    assert kinds("53100000500019795A") == {"foundation"}
    assert kinds("12100000707137123P") == {"public_body", "hospital"}
    assert kinds("91110000600037341L") == {"company", "hospital"}


def test_ways_of_writing_and_blanks() -> None:
    wide = "１２１０００００４０００００６２４ｄ"
    for written in (wide, "1210 0000 4000 0062 4D", "12100000-400000624-d", " 12100000400000624D "):
        reading = read_credit_code(written)
        assert reading is not None, written
        assert reading.code == "12100000400000624D", written
    assert read_credit_code("") is None
    assert read_credit_code("  ") is None


@pytest.mark.parametrize("wrong", ["12100000400000624", "12100000400000624DD", "没有", "420100"])
def test_a_wrong_length_says_so(wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_credit_code(wrong)
    assert "18" in refused.value.fields["credit_code"]


@pytest.mark.parametrize("wrong", ["1210000040000O624D", "12100I00400000624D", "A2100000400000624D"])
def test_characters_that_do_not_occur_are_refused(wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_credit_code(wrong)
    assert list(refused.value.fields) == ["credit_code"]


@given(st.sampled_from(sorted(PUBLISHED)), st.integers(8, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, at: int, other: str) -> None:
    if other == code[at]:
        return
    with pytest.raises(Refusal):
        read_credit_code(code[:at] + other + code[at + 1 :])


@given(st.sampled_from(sorted(PUBLISHED)), st.integers(8, 16))
def test_two_swapped_neighbours_are_always_noticed(code: str, at: int) -> None:
    if code[at] == code[at + 1]:
        return
    with pytest.raises(Refusal):
        read_credit_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@given(st.text(max_size=30))
def test_nothing_typed_breaks_it(text: str) -> None:
    fields: dict[str, str] = {}
    try:
        reading = read_credit_code(text)
    except Refusal as refusal:
        reading, fields = None, refusal.fields
    blank = not text.replace("-", "").split()
    assert (reading is None and list(fields) == ["credit_code"]) or blank or (reading is not None and not fields)
