"""Refusals: the desk (lists, records, cards)."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "bulk_too_many": ErrorText(
        400,
        "一次最多改 {most} 条",
        "at most {most} rows can be changed at once",
        "请加条件缩小范围，分几次改",
        "narrow the list and change it in parts",
    ),
    "export_too_long": ErrorText(
        413,
        "这张表有 {rows} 行，XLSX 最多 {most} 行",
        "this table has {rows} rows; an XLSX file takes {most}",
        "请导出 CSV，或者加条件缩小范围",
        "export CSV, or narrow the list",
    ),
    "lead_over": ErrorText(
        409,
        "这条线索已经处理过，不能再转为供给",
        "this lead is settled and cannot become an offer",
        "请打开它看现在的情况",
        "open it and see how it stands",
    ),
    "place_not_yours": ErrorText(
        409,
        "您的授权不包括要改到的地方或条线",
        "your role does not reach the place or line it would move to",
        "请上一级协调员来改",
        "ask a coordinator of the larger area to change it",
    ),
    "state_not_reachable": ErrorText(
        409,
        "从现在的状态不能直接改成这个状态",
        "it cannot go straight from its present state to this one",
        "核实和合并请在核实页做",
        "verify and merge on the verification page",
    ),
}
