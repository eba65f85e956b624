"""The words for codes (urgency, basis, reasons ...), and the door to every other fixed text (`label`)."""

from __future__ import annotations

from collections.abc import Mapping

from tongzhou_engines.reporting.fixed import LABELS
from tongzhou_engines.reporting.texts import Both

__all__ = [
    "ACTION",
    "BASIS",
    "BASIS_SHORT",
    "GAP",
    "GAP_ADVICE",
    "HOLD",
    "KIND",
    "LABELS",
    "PRINCIPLES",
    "PROBLEM",
    "URGENCY",
    "label",
    "named",
    "reach_name",
]

URGENCY: Mapping[str, Both] = {
    "0": Both("0 危及生命", "0 life-critical"),
    "1": Both("1 紧急", "1 urgent"),
    "2": Both("2 重要", "2 important"),
    "3": Both("3 常规", "3 routine"),
}

#: Reach in the built-in tree of divisions (docs/methods/allocation.md).
REACH: Mapping[str, Both] = {
    "0": Both("同街道", "same street"),
    "1": Both("同区县", "same district"),
    "2": Both("同市", "same city"),
    "3": Both("同省", "same province"),
    "4": Both("跨省", "across provinces"),
}

KIND: Mapping[str, Both] = {
    "goods": Both("物资", "goods"),
    "funds": Both("资金", "funds"),
    "in_person": Both("现场服务", "in-person services"),
    "remote": Both("远程服务", "remote services"),
}

BASIS: Mapping[str, Both] = {
    "confirmed": Both("已核实", "confirmed"),
    "asked": Both("按所报数量（未核实）", "as asked (not confirmed)"),
    "capped": Both("估计：所报超出合理上限，按上限", "estimate: asked above the plausible maximum, planned at it"),
    "minimum_lot": Both("估计：没有报数量，按最小批量", "estimate: no quantity given, planned at the minimum lot"),
}

#: The same in a narrow column.
BASIS_SHORT: Mapping[str, Both] = {
    "confirmed": Both("已核实", "confirmed"),
    "asked": Both("未核实，按所报", "as asked"),
    "capped": Both("估计：按上限", "estimate: maximum"),
    "minimum_lot": Both("估计：最小批量", "estimate: minimum lot"),
}

GAP: Mapping[str, Both] = {
    "no_offer": Both("没有人承诺过", "nobody has offered it"),
    "not_authorised": Both("有供给，但不能到这里", "offers exist, but may not come here"),
    "window": Both("时间对不上", "the time does not fit"),
    "more_urgent_first": Both("先给了更紧急的需求", "more urgent needs came first"),
    "nearer_first": Both("先服务了更近的需求", "nearer needs came first"),
    "shared_fairly": Both("不够分，按同一比例分配", "too little, shared at one ratio"),
}

GAP_ADVICE: Mapping[str, Both] = {
    "no_offer": Both("要找新的来源：联系线索、发布需求。", "A new source is wanted: call the leads, publish the need."),
    "not_authorised": Both(
        "为已有的供给取得当地授权，或另找能到的来源。",
        "Get an offer authorised for that place, or find one that may go.",
    ),
    "window": Both("与供给方商量调整时间。", "Agree on another time with the giver."),
    "more_urgent_first": Both("只有增加供给才能改善，不必催促。", "Only more supply helps; pressing does not."),
    "nearer_first": Both(
        "从更远处增加供给，或等当地有盈余。", "More supply from farther away, or wait for a surplus there."
    ),
    "shared_fairly": Both(
        "各处已得到同样的比例；只有增加供给才能改善。", "All get the same share; only more supply helps."
    ),
}

HOLD: Mapping[str, Both] = {
    "not_needed": Both("请勿发货：目前没有需要", "Do not send: not needed now"),
    "may_not_go_where_needed": Both("先别发：有地方需要，但还不能去", "Hold: needed somewhere it may not go yet"),
    "quantity_unknown": Both("先问清数量", "Ask for the quantity first"),
    "reserved": Both("供给方自留", "Kept back by the giver"),
}

ACTION: Mapping[str, Both] = {
    "repaired": Both("已自动改正", "repaired"),
    "treated_as_unknown": Both("按未知处理", "counted as unknown"),
    "capped": Both("按上限计划", "planned at the maximum"),
    "set_aside": Both("此行未进入计划", "row not planned"),
    "kept": Both("保留原样", "kept as it is"),
}

#: Problems found while reading (codes of problems.csv).
PROBLEM: Mapping[str, Both] = {
    "absurd_quantity": Both("数量大得离谱", "absurd quantity"),
    "category_unknown": Both("不认识的类别", "unknown category"),
    "coverage_from_text": Both("服务范围由文字认出", "coverage read from text"),
    "coverage_unknown": Both("服务范围不是任何地方", "coverage names no place"),
    "coverage_unresolved": Both("服务范围认不出", "coverage not recognised"),
    "date_invalid": Both("日期有误", "date not valid"),
    "date_moved": Both("日期已更正", "date corrected"),
    "date_unreadable": Both("日期认不出", "date not readable"),
    "fractional_quantity": Both("数量不是整数", "fractional quantity"),
    "negative_quantity": Both("数量为负", "negative quantity"),
    "place_ambiguous": Both("地点有多种可能", "ambiguous place"),
    "place_conflict": Both("地点前后不一致", "place contradicts itself"),
    "place_corrected": Both("地点已更正", "place corrected"),
    "place_form": Both("地点写法已统一", "place written in standard form"),
    "place_from_text": Both("地点由文字认出", "place read from the text"),
    "place_missing": Both("没有地点", "no place given"),
    "place_unknown": Both("地点认不出", "place not recognised"),
    "place_unresolved": Both("地点没有认到底", "place not fully recognised"),
    "quantity_ambiguous": Both("数量有多种可能", "ambiguous quantity"),
    "quantity_capped": Both("所报超出合理上限", "asked above the plausible maximum"),
    "quantity_form": Both("数量写法已统一", "quantity written in standard form"),
    "quantity_range": Both("数量是一个范围", "quantity is a range"),
    "quantity_repaired": Both("数量已更正", "quantity repaired"),
    "quantity_unknown": Both("数量未知", "quantity unknown"),
    "row_incomplete": Both("此行不完整", "row not complete"),
    "unit_converted": Both("单位已换算", "unit converted"),
    "unit_unclear": Both("单位不明确", "unit not clear"),
    "unit_unknown": Both("不认识的单位", "unknown unit"),
    "unreadable_quantity": Both("数量认不出", "quantity not readable"),
    "urgency_form": Both("紧急程度已按文字认出", "urgency read from its written form"),
    "urgency_unreadable": Both("紧急程度认不出", "urgency not readable"),
    "window_reversed": Both("截止早于开始", "ends before it begins"),
}

#: Orders of principles in plain words, by the names joined with commas.
PRINCIPLES: Mapping[str, Both] = {
    "urgency,locality,fairness": Both(
        "先急后缓；同样紧急时，先近后远（本街道、本区县、本市、本省、全国）；一样近时，各处按同一比例分配。",
        "The most urgent first; among equally urgent needs the nearest first (street, district, city, province, "
        "nation); "
        "among equally near ones all get the same share.",
    ),
    "urgency,fairness,locality": Both(
        "先急后缓；同样紧急时，不论远近，先补最缺的地方，各处按同一比例分配；在此前提下走最近的路。",
        "The most urgent first; among equally urgent needs the worst supplied first wherever they are, so that "
        "all get the "
        "same share; then the shortest way.",
    ),
    "locality,urgency,fairness": Both(
        "先近后远：本地能满足的先在本地满足；同样近时先急后缓；再按同一比例分配。",
        "The nearest first: what home can serve is served at home; then the most urgent; then all get the same share.",
    ),
}


def label(key: str, **values: object) -> Both:
    """The text `key`, with ``{name}`` replaced by the values; KeyError for an unknown key."""
    return LABELS[key].fill(**values) if values else LABELS[key]


def named(words: Mapping[str, Both], code: str) -> Both:
    """What a code is called; the code itself when it has no words yet."""
    return words.get(code, Both(code, code))


def reach_name(reach: int, greatest_depth: int) -> Both:
    """A reach in words; a number in a tree that is not nation > province > city > district > street."""
    return REACH[str(reach)] if greatest_depth == 4 and str(reach) in REACH else label("reach_other", n=reach)
