"""The codes of reasons and problems of this room with their texts, Chinese and English."""

from __future__ import annotations

__all__ = ["PROBLEMS", "REASONS", "WHY_LEAD"]

#: Why a cell or row was set aside (trace.csv).
REASONS: dict[str, tuple[str, str]] = {
    "contact_not_carried": (
        "联系方式不带出，需要时按此处查原表",
        "contacts are not carried; look them up in the source here",
    ),
    "bank_not_carried": ("账户信息不带出", "bank details are not carried"),
    "not_asked": ("数量为 0 或空：没有提出需求", "0 or blank: not asked for"),
    "zero_is_unknown": ("0 在这里表示没有填写", "0 here means not filled in"),
    "row_number": ("行号，不是编号", "row position, not a key"),
    "review_status": ("审核状态，不改变需求", "review status, does not change the line"),
    "heading": ("表头", "heading"),
    "parser_failed": ("原始采集程序没有读出此格", "the program that collected the sheet failed on this cell"),
    "link_not_carried": ("网页入口，不带出", "entry page of a site, not carried"),
    "flag_not_used": ("开关列，不使用", "flag, not used"),
    "column_not_used": ("此列不使用", "column not used"),
    "sheet_not_recognised": ("认不出这张工作表的表头", "the headings of this sheet were not recognised"),
    "no_name": ("没有名称，无法识别是谁", "no name, so nobody can be identified"),
    "nothing_asked": ("这一行没有提出任何需求", "the row asks for nothing"),
    "nothing_offered": ("这一行没有可认作供给或线索的内容", "the row holds nothing that is an offer or a lead"),
    "removed_name": ("名称因涉及个人已被删去", "the name was removed because it is a person's"),
    "blank_row": ("空行", "blank row"),
}

#: Problems of single rows and cells (problems.csv); {0} is the detail.
PROBLEMS: dict[str, tuple[str, str]] = {
    "negative_quantity": ("数量为负", "negative quantity"),
    "fractional_quantity": ("数量不是整数", "quantity is not whole"),
    "absurd_quantity": ("数量大得不可能", "impossibly large quantity"),
    "unreadable_quantity": ("数量读不懂", "quantity cannot be read"),
    "quantity_range": ("数量是一个范围", "quantity is a range"),
    "quantity_ambiguous": ("一种物资旁边有几个数", "several numbers stand beside the goods"),
    "approximate_quantity": ("数量是约数，按所写的数读入", "approximate quantity, taken as written"),
    "unit_unclear": (
        "单位“{0}”换算不成基本单位，数量按未知",
        "unit “{0}” has no certain conversion, quantity left unknown",
    ),
    "bare_one": ("只写了 1，没有单位：按“需要，数量未知”", "a bare 1 without a unit: needed, quantity unknown"),
    "cell_unreadable_upstream": (
        "原格写的不是数字，采集时丢失：按“需要，数量未知”",
        "the cell held no number and was lost on collection: needed, quantity unknown",
    ),
    "parser_failed": ("原始采集程序没有读出此格", "the program that collected the sheet failed on this cell"),
    "part_of_column": (
        "备注说这是表中数量的一部分：{0}",
        "the remark says it is a part of what the column asks for: {0}",
    ),
    "category_unknown": ("目录里没有“{0}”", "“{0}” is not in the catalogue"),
    "text_quantity_not_used": (
        "备注里另有数量“{0}”，以表格里的数为准",
        "the remark also says “{0}”; the number in the column is kept",
    ),
    "place_unresolved": ("看不出在哪里", "the place cannot be told"),
    "place_ambiguous": ("地名有几处：{0}", "the place may be: {0}"),
    "place_conflict": ("列里的地名与地址不一致：{0}", "place columns and address disagree: {0}"),
    "place_corrected": (
        "列里的市与区对不上，按地址改为{0}",
        "city and district columns do not fit; taken from the address: {0}",
    ),
    "district_unknown": ("“{0}”不是行政区划，只定到市", "“{0}” is not a division; placed at the city"),
    "coverage_unresolved": ("看不出送往哪里", "the destination cannot be told"),
    "duplicate_row": ("与{0}是同一单位，已合并", "same requester as {0}; merged"),
    "duplicate_conflict": (
        "同一单位写了不同数量（{0}），取较大的",
        "the same requester wrote different quantities ({0}); the larger is kept",
    ),
    "same_name_two_addresses": (
        "同地同名但门牌不同，按两个单位处理",
        "same name and place but other house number: kept apart",
    ),
    "personal_removed": (
        "去掉了电话或可能涉及个人的内容",
        "a telephone number or something that may point to a person was removed",
    ),
    "urgency_unreadable": ("紧急程度“{0}”不是 0 到 3，按 2", "urgency “{0}” is not 0 to 3; taken as 2"),
    "date_unreadable": ("日期“{0}”读不懂", "date “{0}” cannot be read"),
    "place_unknown": ("区划代码“{0}”不存在", "place code “{0}” does not exist"),
    "row_incomplete": ("缺少{0}", "{0} is missing"),
    "sheet_not_recognised": ("认不出表头，整张工作表搁置", "headings not recognised, the whole sheet is set aside"),
    "no_rows": ("文件里没有数据行", "the file has no rows"),
}

#: Why a line is only a lead (leads.csv).
WHY_LEAD: dict[str, tuple[str, str]] = {
    "capacity_reported": (
        "媒体报道或网上查到的产能，厂家没有承诺",
        "capacity reported by the press; the maker has committed nothing",
    ),
    "lodging_reported": (
        "公布的接待酒店，房间数和接待条件需电话核实",
        "published as receiving guests; rooms and conditions must be asked",
    ),
    "receives_donations": (
        "接受捐赠的机构，手里可能有款物，没有承诺调配",
        "receives donations and may hold goods or funds; nothing committed",
    ),
    "gift_announced": (
        "企业已公布自行采购和定点捐送，没有交给平台调配",
        "announced gift the company buys and delivers itself; not ours to place",
    ),
    "destination_unknown": (
        "运输线路没有写明国内目的地，需核实",
        "transport line without a destination in the country; ask first",
    ),
    "place_unknown": ("不知道在哪里，无法按就近原则使用", "its place is unknown, so it cannot be used by locality"),
    "in_table": ("表格里列为线索", "listed as a lead in the table"),
}
