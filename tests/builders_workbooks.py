"""A roster workbook as an association keeps one: roles with numbers for names, licences that nobody has."""

from __future__ import annotations

import io
import random
from typing import Any

import xlsxwriter

__all__ = ["HEADINGS", "a_workbook", "people_rows"]

HEADINGS = (
    "姓名", "联系电话", "执照类别", "执照编号", "发证机关", "有效期至", "从业年限", "接受督导小时", "专长",
    "语言和方言", "能否夜班", "是否督导", "每周最多小时", "可值班时间",
)  # fmt: skip
_TIMES = (
    "每天 全天；每天 20:00-次日8:00",
    "每天 08:00-20:00",
    "每天 14:00-次日02:00",
    "工作日 18:00-次日02:00；周末 全天",
)


_LICENCES = ("心理治疗师", "心理咨询师（注册系统）")


def people_rows(count: int, *, seed: int = 0, hours: int = 0) -> list[list[Any]]:
    """`count` made-up professionals: one in eight supervises, one in three is a physician, half do nights."""
    dice = random.Random(seed)  # made-up people
    rows = []
    for n in range(count):
        medical, supervisor = n % 3 == 2, n % 8 == 0
        times = _TIMES[0] if supervisor or n % 2 == 0 else dice.choice(_TIMES)
        rows.append([
            f"合成人员{n:03d}", "19000000001", "执业医师" if medical else dice.choice(_LICENCES),
            f"SYN-{seed}-{n:05d}", "合成发证机关", "2099-12-31", dice.randint(2, 25), dice.randint(0, 600),
            "医务咨询、心理援助" if medical and n % 2 else "医务咨询" if medical else "心理援助",
            dice.choice(["普通话", "普通话、武汉话", "普通话 英语"]), "是" if "全天；" in times or n % 2 == 0 else "否",
            "是" if supervisor else "否", hours or dice.choice([16, 20, 24, 30]), times,
        ])  # fmt: skip
    return rows


def a_workbook(rows: list[list[Any]], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """The rows as an XLSX file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名册")
    for n, row in enumerate([list(headings), *rows]):
        sheet.write_row(n, 0, row)
    book.close()
    return out.getvalue()
