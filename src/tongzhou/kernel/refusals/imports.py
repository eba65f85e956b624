"""Refusals: tables that come in, and the round trip with Excel."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "import_over": ErrorText(
        409,
        "这次导入已经收下、撤销或放弃，不能再改",
        "this import was already accepted, undone or put away",
        "请刷新页面看它现在怎样",
        "reload the page to see how it stands",
    ),
    "import_reading": ErrorText(
        409, "这张表还在读", "this table is still being read", "请等几秒再来", "come back in a few seconds"
    ),
    "import_foreign": ErrorText(
        422,
        "这不是从同舟导出的需求表，或者它的隐藏工作表不见了",
        "this is not a needs table exported from Tongzhou, or its hidden sheet is gone",
        "请用从这里导出的那个文件改；别的表格请用“导入表格”",
        "edit the file exported from here; bring any other table in by “Import a table”",
    ),
    "import_columns": ErrorText(
        422,
        "这张表少了这些列：{names}",
        "these columns are missing: {names}",
        "请不要删列或改列名；可以重新导出再改",
        "do not delete or rename columns; export it anew",
    ),
    "table_too_long": ErrorText(
        422,
        "这个范围超过 {most} 条，一张表放不下",
        "this selection has more than {most} rows, too many for one table",
        "请先用筛选缩小范围",
        "narrow it with the filters first",
    ),
    "import_other_response": ErrorText(
        422,
        "这张表是从另一个应急响应导出的",
        "this table was exported from another response",
        "请换到那个应急响应再上传，或重新导出",
        "change to that response and upload again, or export anew",
    ),
}
