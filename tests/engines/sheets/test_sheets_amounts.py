"""Quantities in running text: attached to the goods they stand by, and nothing else ever read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets.amounts import ItemReader

CATALOGUE = Catalogue.builtin()
READER = ItemReader(CATALOGUE)
#: Goods with their base unit, as the catalogue has them.
GOODS = [
    (name, str(CATALOGUE.find(name)), CATALOGUE[str(CATALOGUE.find(name))].unit)
    for name in ("医用外科口罩", "防护服", "护目镜", "84消毒液")
]


def read(text: str) -> list[tuple[str | None, int | None]]:
    return [(item.code, item.amount.value if item.amount else None) for item in READER.items(text)]


@given(
    st.sampled_from(GOODS),
    st.integers(2, 10**7),
    st.sampled_from(
        ["{0}{1}{2}", "{1}{2}{0}", "{0}：{1}{2}", "{0} {1}{2}", "{0}*{1}{2}", "需要{0}{1}{2}", "{0}（{1}{2}）"]
    ),
)
def test_a_number_with_the_base_unit_beside_goods_is_their_quantity(
    goods: tuple[str, str, str], number: int, form: str
) -> None:
    name, code, unit = goods
    assert read(form.format(name, number, unit)) == [(code, number)]


@given(st.permutations(GOODS), st.lists(st.integers(2, 10**6), min_size=4, max_size=4), st.sampled_from("，、；\n"))
def test_each_number_goes_to_its_own_goods(goods: list[tuple[str, str, str]], numbers: list[int], mark: str) -> None:
    text = mark.join(f"{name}{number}{unit}" for (name, _, unit), number in zip(goods, numbers, strict=True))
    assert read(text) == [(code, number) for (_, code, _), number in zip(goods, numbers, strict=True)]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("口罩5000只", [("mask_unspecified", 5000)]),
        ("1万只医用外科口罩", [("surgical_mask", 10_000)]),
        ("防护服500套", [("protective_suit", 500)]),
        ("防护服两百套", [("protective_suit", 200)]),
        ("医用外科口罩1,000只", [("surgical_mask", 1000)]),
        ("医用外科口罩１０００只", [("surgical_mask", 1000)]),
        ("90个护目镜和12套防护服", [("goggles", 90), ("protective_suit", 12)]),
        ("防护服、护目镜各200", [("protective_suit", 200), ("goggles", 200)]),
        ("奥司他韦胶囊（盒）\t*5000 \n更新信息", [("oseltamivir_capsules", 5000)]),
        ("洗漱用品（毛巾2、口杯1、牙刷1、面盆2）1000套", [("toiletries", 1000)]),
        ("人血丙种球蛋白，肌注用10%3ml(300mg):50瓶", [("immunoglobulin", 50)]),
        ("生化分析仪800份测速机5台", [("biochemistry_analyzer", 5)]),
        ("A1、呼吸机3台；\nA2、除颤仪2台", [("ventilator", 3), ("defibrillator", 2)]),
    ],
)
def test_forms_seen_in_sheets(text: str, items: list[tuple[str, int]]) -> None:
    assert read(text) == items


@pytest.mark.parametrize(
    "text",
    [
        "防护服 GB 19082-2009",
        "N95口罩 GB 19083-2010, 建议3M 1860/1870/9123",
        "需要75%酒精",
        "需要84消毒液",
        "需要95%酒精、双氧水",
        "防护服，发布日期：2020年1月25日",
        "口罩需求，联系电话19000000000",
        "防护服 电话027-85726035",
        "需要防护服，地址：解放大道1277号3楼",
        "需要护目镜 2020.02.03更新",
        "需要医用外科口罩YY0469-2011",
        "需要KN95口罩，过滤效率≥95%",
        "需要N95口罩，24小时收货",
        "需要UN2814生物样本公路送检箱",
        "需要奥司他韦胶囊（75mg）",
        "需要防护服，账号：420123456789",
    ],
)
def test_numbers_that_are_no_quantities(text: str) -> None:
    assert all(quantity is None for _, quantity in read(text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("泡腾消毒片 2箱", "unit_unclear"),
        ("防护服500-1000套", "quantity_range"),
        ("84消毒液100桶", "unit_unclear"),
        ("防护服2.5件", "fractional_quantity"),
        ("护目镜300个，护目镜9999999亿个", "absurd_quantity"),
    ],
)
def test_what_is_not_certain_stays_unknown_and_is_named(text: str, problem: str) -> None:
    amount = READER.items(text)[-1].amount
    assert amount is not None
    assert (amount.value, amount.problem) == (None, problem)


def test_an_approximate_number_is_taken_and_named() -> None:
    amount = READER.items("防护服约500件")[0].amount
    assert amount is not None
    assert (amount.value, amount.problem) == (500, "approximate_quantity")


@pytest.mark.parametrize("text", ["医用面屏：1", "负压救护车 1", "护目镜 1"])
def test_a_bare_one_in_a_remark_is_unknown(text: str) -> None:
    (item,) = READER.items(text)
    assert item.amount is not None
    assert item.amount.value is None


@pytest.mark.parametrize(
    "text",
    [
        "暂不接受口罩",
        "90个一次性医用口罩和12套医用防护服，已购买",
        "不需要护目镜",
        "医用防护口罩：符合中国GB 19083-2010",
        "户名：防护服基金会，账号：123456",
    ],
)
def test_what_is_not_asked_for_is_no_item(text: str) -> None:
    assert read(text) == []


def test_goods_outside_the_catalogue_are_named_not_dropped() -> None:
    items = READER.items("需要防护服50件、反重力靴子30双")
    assert [(item.code, item.written) for item in items] == [("protective_suit", "防护服"), (None, "反重力靴子")]


def test_a_part_of_goods_named_before_is_marked() -> None:
    items = READER.items("手套中丁腈手套5000；橡胶手套5000\n护目镜20个")
    assert [(item.code, item.part) for item in items] == [
        ("nitrile_glove", True),
        ("rubber_glove", True),
        ("goggles", False),
    ]


@given(st.text(alphabet="口罩防护服套只个件0123456789万千约需要，、；。（）:：*%-.\nGByN95 ", max_size=60))
def test_any_text_is_read_without_failing_and_numbers_come_from_it(text: str) -> None:
    for item in READER.items(text):
        assert item.written
        if item.amount and item.amount.value is not None:
            assert any(char.isdigit() or char in "一二两三四五六七八九十百千万" for char in text)


@pytest.mark.parametrize(
    ("text", "value"), [("500套", 500), ("1万件", 10_000), ("两百套", 200), ("500", None), ("GB 19082-2009", None)]
)
def test_a_cell_that_is_nothing_but_a_number_with_a_unit(text: str, value: int | None) -> None:
    amount = READER.whole(text, "protective_suit")
    assert (amount.value if amount else None) == value
