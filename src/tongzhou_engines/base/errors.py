"""The one catalogue of errors of the engines: stable codes, where it happened, and what to do next, zh and en."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CODES", "InputError", "TongzhouError", "Where"]

#: Every error code the engines may raise, with its short meaning (zh, en). Codes never change their meaning.
CODES: dict[str, tuple[str, str]] = {
    "file_missing": ("文件不存在", "file not found"),
    "file_unreadable": ("文件打不开", "file cannot be read"),
    "file_too_large": ("文件过大", "file too large"),
    "file_encrypted": ("文件有密码", "file is password-protected"),
    "file_bomb": ("压缩文件解开后过大", "archive expands far beyond its size"),
    "file_kind": ("不认识的文件类型", "unknown kind of file"),
    "encoding": ("文字编码无法识别", "text encoding not recognised"),
    "sheet_unknown": ("没有这个工作表", "unknown sheet"),
    "quote_open": ("引号没有收尾", "a quote is never closed"),
    "row_too_long": ("一行的格数多于列名", "a row has more cells than headings"),
    "cell_too_long": ("一格的文字过长", "a cell is too long"),
    "sheet_choice": ("要指明哪一张工作表", "which sheet is meant must be named"),
    "sheet_layout": ("认不出表头", "headings not recognised"),
    "column_missing": ("缺少必需的列", "required column missing"),
    "column_duplicate": ("列名重复", "column named twice"),
    "no_rows": ("没有可用的行", "no usable row"),
    "id_missing": ("编号为空", "id is blank"),
    "id_duplicate": ("编号重复", "duplicate id"),
    "place_cycle": ("行政区划互为上级", "cycle in the places"),
    "place_orphan": ("上级区划不存在", "parent place does not exist"),
    "place_root": ("区划表必须有且只有一个根", "places need exactly one root"),
    "place_depth": ("下级区划的层级必须大于上级", "a child's depth must exceed its parent's"),
    "category_unknown": ("不认识的类别", "unknown category"),
    "catalogue_invalid": ("类别目录有误", "the catalogue is not valid"),
    "principles_invalid": ("原则顺序不成立", "order of principles not valid"),
    "pin_invalid": ("固定或禁止的派单不成立", "a pin is not valid"),
    "previous_invalid": ("上一份计划不可用", "the previous plan cannot be used"),
    "output_exists": ("输出位置不可用", "output place cannot be used"),
    "date_invalid": ("日期写法不对", "date not valid"),
    "time_limit": ("到了时间上限还没有算完", "time limit reached before the plan was complete"),
    "arrivals_invalid": ("来电记录不可用", "the history of calls cannot be used"),
    "line_invalid": ("热线的参数不成立", "the figures of a line are not valid"),
    "roster_invalid": ("排班的输入不成立", "the input of a roster is not valid"),
    "plan_incomplete": ("计划目录不完整", "the plan directory is incomplete"),
}


@dataclass(frozen=True, slots=True)
class Where:
    """Where something was found: any part may be blank. `row` counts as a person does (the first line is 1)."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def text(self, lang: str = "zh") -> str:
        """The place as one phrase, e.g. ``needs.csv, row 7, column quantity``."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”" if lang == "zh" else f"sheet “{self.sheet}”")
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if lang == "zh" else f"row {self.row}")
        if self.column:
            parts.append(f"“{self.column}”列" if lang == "zh" else f"column “{self.column}”")
        return (" " if lang == "zh" else ", ").join(p for p in parts if p)


class TongzhouError(Exception):
    """Base of every error Tongzhou raises on purpose."""


class InputError(TongzhouError):
    """Unusable input: what happened and why (`zh`, `en`), where, and what to do next (`todo_zh`, `todo_en`).

    Nothing has been written when it is raised. `code` is a key of `CODES`.
    """

    def __init__(self, code: str, zh: str, en: str, todo_zh: str, todo_en: str, where: Where | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"error code {code!r} is not in CODES")
        self.code, self.zh, self.en, self.todo_zh, self.todo_en = code, zh, en, todo_zh, todo_en
        self.where = where or Where()
        super().__init__(self.text("en"))

    def text(self, lang: str = "zh") -> str:
        """One line: [code] where: what happened. What to do next."""
        place = self.where.text(lang)
        if lang == "zh":
            return f"[{self.code}] {place + ':' if place else ''}{self.zh}。{self.todo_zh}。"
        return f"[{self.code}] {place + ': ' if place else ''}{self.en}. {self.todo_en}."
