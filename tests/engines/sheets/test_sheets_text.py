"""Personal content is taken out of every text, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou_engines.sheets.text import clean_text, comparable, same_length


@given(
    st.sampled_from("3456789"),
    st.text("0123456789", min_size=9, max_size=9),
    st.sampled_from(["联系{0}", "电话：{0}。", "({0})", "{0} 转", "口罩500只,{0}"]),
)
def test_mobile_numbers_go(second: str, rest: str, form: str) -> None:
    number = f"1{second}{rest}"
    for written in (number, f"{number[:3]} {number[3:7]} {number[7:]}", f"+86-{number[:3]}-{number[3:7]}-{number[7:]}"):
        cleaned = clean_text(form.format(written))
        assert "[已删手机号]" in cleaned.text
        assert number[-4:] not in cleaned.text
        assert "personal_removed" in cleaned.repairs


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("门诊王护士长联系", "门诊[已删姓名]护士长联系"),
        ("联系人：张三丰，送到后勤处", "联系人：[已删姓名]，送到后勤处"),
        ("李老师收", "[已删姓名]老师收"),
        ("邮箱 abc.d@example.com", "邮箱 [已删邮箱]"),
        ("微信：wuhan_jiayou2020", "[已删微信号]"),
        ("QQ：123456789", "[已删QQ号]"),
        ("身份证420106199001011234", "身份证[已删证件号]"),
        ("账号 6222021234567890123", "账号 [已删账号]"),
        ("电话027-85726035转后勤", "电话[固定电话略]转后勤"),
        ("报备（(0883)4212265）", "报备（[固定电话略]）"),
    ],
)
def test_personal_content_goes(text: str, left: str) -> None:
    assert clean_text(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "[已删手机号] [已删姓名]老师",
        "丁香医生、平安好医生免费问诊",
        "医用外科口罩10000只，防护服5000件",
        "GB 19083-2010，YY/T 0969-2013，国械注准20203400057",
        "2020年1月25日发布，客服95338，热线400-900-5656",
        "https://m.weibo.cn/detail/4464263109985023",
        "武汉市第七医院主任办公室，高新六路",
        "武汉医生，方舱护士长",
        "附近医院：武汉市第三医院（50 m）",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert clean_text(text).text == text
    assert clean_text(text).repairs == ()


def test_html_and_line_breaks() -> None:
    cleaned = clean_text("<p>尊敬的客户：</p>\r\n<p>口罩&nbsp;A&amp;B</p>")
    assert cleaned.text == "尊敬的客户：；口罩 A&B"
    assert cleaned.repairs[0] == "html_removed"


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text).text
    assert clean_text(once).text == once


@given(st.text(max_size=40))
def test_folding_keeps_every_position(text: str) -> None:
    assert len(same_length(text)) == len(text)


def test_names_compare_across_brackets_blanks_and_width() -> None:
    assert comparable("武汉市第六医院（江汉大学附属医院）\t") == comparable("武汉市第六医院 (江汉大学附属医院)")
