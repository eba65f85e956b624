"""A table of contacts as half hours: two columns, a time and a count, whatever they are called."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from tongzhou.desks.professionals.models import ServiceLine
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import Table

__all__ = ["read_arrivals"]

_TIMES = {"start", "time", "arrived_at", "开始时间", "时间", "来访时间", "时段"}
_COUNTS = {"calls", "count", "contacts", "来访次数", "次数", "数量", "来电数"}


def read_arrivals(line: ServiceLine, table: Table) -> dict[dt.datetime, int]:
    """Half hour (aware) > contacts. A row with a time alone is one contact.

    Raises InputError column_missing, arrivals_invalid with the row.
    """
    names = {column.strip().lower(): column for column in table.frame.columns}
    time = next((names[one] for one in names if one in _TIMES), "")
    count = next((names[one] for one in names if one in _COUNTS), "")
    if not time:
        raise InputError(
            "column_missing", "没有“开始时间”列", "there is no column for the time",
            "请把时间那一列命名为“开始时间”，次数那一列命名为“来访次数”",
            "Name the column of times “start” and the one of counts “calls”", Where(file=table.file),
        )  # fmt: skip
    found: dict[dt.datetime, int] = defaultdict(int)
    for number, row in zip(table.rows, table.frame.iter_rows(named=True), strict=True):
        at = _time(row[time] or "", table.file, number)
        half = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0, tzinfo=line.zone)
        found[half] += _count((row[count] or "") if count else "1", table.file, number)
    return dict(found)


def _time(text: str, file: str, number: int) -> dt.datetime:
    plain = text.strip().replace("/", "-").replace("T", " ").removesuffix("Z")
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S.%f"):
        try:
            return dt.datetime.strptime(plain, form)  # local wall-clock time of the line
        except ValueError:
            continue
    raise InputError(
        "arrivals_invalid", f"不是时间：{text[:40]!r}", f"this is no time: {text[:40]!r}", "请写成 2020-02-06 08:30",
        "Write 2020-02-06 08:30", Where(file=file, row=number),
    )  # fmt: skip


def _count(text: str, file: str, number: int) -> int:
    plain = text.strip().removesuffix(".0")
    if plain.isascii() and plain.isdigit() and len(plain) < 7:
        return int(plain)
    raise InputError(
        "arrivals_invalid", f"不是次数：{text[:40]!r}", f"this is no count: {text[:40]!r}", "请写整数，没有来访写 0",
        "Write a whole number, 0 for none", Where(file=file, row=number),
    )  # fmt: skip
