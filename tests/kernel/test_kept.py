"""Reasons kept in a column: in the reader's language whatever language they were written in; old rows readable."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from tongzhou.kernel import kept
from tongzhou.kernel.errors import Refusal


def both(text: str) -> tuple[str, str]:
    with override("zh-hans"):
        zh = kept.shown(text)
    with override("en"):
        return zh, kept.shown(text)


def test_a_refusal_is_kept_by_code_and_values() -> None:
    said = kept.of_refusal(Refusal("plan_running", number=12))
    assert "正在计算" not in said
    zh, en = both(said)
    assert "12" in zh
    assert "正在计算" in zh
    assert "12" in en
    assert en.isascii()


def test_a_value_that_is_a_word_of_ours_is_translated_as_well() -> None:
    with override("zh-hans"):
        said = kept.of_refusal(Refusal("assignment_over", state="已送到，等对方确认"))
    _zh, en = both(said)
    assert en == "this assignment is now “delivered, to be confirmed”, so this can no longer be done"


def test_a_pair_and_an_old_row_and_what_somebody_typed() -> None:
    zh, en = "某公司登记的地域是孝感市", "registered for Xiaogan only"
    assert both(kept.of_pair(zh, en)) == (zh, en)
    assert both("这一对已经派出") == ("这一对已经派出", "this pair was sent out already")
    broken = ('{"zh": 1}', "{", '{"code": "no such", "values": {}}', '{"code": "ended", "values": 3}')
    for typed in ("司机今天来不了", *broken):
        assert both(typed) == (typed, typed)
    assert both("") == ("", "")


@pytest.mark.parametrize(("zh", "en"), [("长" * 400, "x"), ("x", "long " * 100), ("长" * 400, "long " * 100)])
def test_it_always_fits_and_stays_readable(zh: str, en: str) -> None:
    said = kept.of_pair(zh, en)
    assert len(said) <= 300
    shown = both(said)
    assert shown[0][:1] == zh[:1]
    assert shown[1][:1] == en[:1]
