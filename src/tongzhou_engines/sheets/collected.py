"""Reading the collected sheets of wuhan2020: JSON of both schemas, raw cells, workbooks with five header rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tongzhou_engines.base.cells import cell_text, column_letter
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.sheets.columns import collected_role
from tongzhou_engines.sheets.model import Cell, Entry, Row

__all__ = ["FROM_HEADINGS", "is_collected_sheet", "rows_of_json", "rows_of_sheet", "types_row"]

#: Kind of a sheet with Chinese headings, by the heading of its name column.
FROM_HEADINGS = {
    "医院名称": "hospital",
    "酒店名称": "medic_hotel",
    "物流名称": "transport",
    "厂商名称": "factory",
    "受赠组织": "donation",
    "义诊单位或个人": "clinic",
}
#: Kind of a record of the later JSON schema: the first whose keys are all there.
_FROM_KEYS: tuple[tuple[str, frozenset[str]], ...] = (
    ("factory", frozenset({"name", "supplies", "qualification"})),
    ("hospital", frozenset({"name", "supplies", "district"})),
    ("medic_hotel", frozenset({"hotel_name", "maximum_rooms"})),
    ("enterprise_donation", frozenset({"name", "count", "abstract"})),
    ("donation", frozenset({"name", "bankAccounts"})),
    ("donation", frozenset({"name", "method", "info"})),
    ("transport", frozenset({"name", "from", "dest"})),
    ("transport", frozenset({"name", "area"})),
    ("travel_hotel", frozenset({"name", "province", "city", "address"})),
    ("clinic", frozenset({"name", "remark", "url"})),
)
_TYPES = {"string", "supply", "supplies", "url", "address", "contact", "enum", "int", "date", "bool", "status", "float"}
_CAPACITY = re.compile(r"产能\Z")


def rows_of_json(data: object, *, file: str, as_of: str, hints: tuple[str, ...]) -> list[Row]:
    """Rows of a parsed JSON file of either schema or of raw cells; InputError sheet_layout when it is none of them."""
    if not isinstance(data, list):
        raise _unknown(file, None, "最外层不是列表", "the outermost value is not a list")
    if not data:
        return []
    if all(isinstance(row, dict) for row in data):
        return [_record(row, file, number, as_of, hints) for number, row in enumerate(data, 1)]
    if all(isinstance(row, list) for row in data):
        return _raw_rows(data, file, as_of, hints)
    number = next(
        n for n, row in enumerate(data, 1) if not isinstance(row, type(data[0])) or not isinstance(row, dict | list)
    )
    raise _unknown(
        file, number, "列表里的项既不是记录也不是单元格列表", "the list holds neither records nor lists of cells"
    )


def _unknown(file: str, row: int | None, zh: str, en: str) -> InputError:
    return InputError(
        "sheet_layout",
        f"不是认识的 JSON 表：{zh}",
        f"not a known JSON sheet: {en}",
        "请给 wuhan2020 的数据文件，或把表另存为 CSV、XLSX",
        "Give data files of wuhan2020, or save the table as CSV or XLSX",
        Where(file=file, row=row),
    )


def _record(record: dict[str, object], file: str, number: int, as_of: str, hints: tuple[str, ...]) -> Row:
    keys = {str(key) for key in record}
    kind = next((kind for heading, kind in FROM_HEADINGS.items() if heading in keys), "")
    flat = bool(kind)
    kind = kind or next((kind for kind, needed in _FROM_KEYS if needed <= keys), "")
    if not kind:
        shown = "、".join(sorted(keys)[:8])
        raise _unknown(file, number, f"列名不认识（{shown}）", f"unknown keys ({shown})")
    cells = [cell for key, value in record.items() for cell in _cells_of(str(key), value, kind, flat)]
    return Row(kind, file, "", number, tuple(cells), as_of, hints)


def _cells_of(key: str, value: object, kind: str, flat: bool) -> Iterable[Cell]:
    role = collected_role(key)
    if role == "" and flat and kind == "hospital":
        role = "supply"
        if value is not None and cell_text(value).strip():
            yield Cell(key, role, cell_text(value), (Entry(value),))
        return
    if role == "supply" and isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                column = cell_text(item.get("key")).strip() or key
                entry = Entry(item.get("value"), cell_text(item.get("specification")).strip())
                yield Cell(column, role, cell_text(item.get("value")), (entry,))
            elif item is not None:
                yield Cell(key, "", cell_text(item))
        return
    if isinstance(value, list):
        for item in value:
            text = _flat_text(item)
            if text:
                yield Cell(key, role, text)
        return
    text = _flat_text(value)
    if text:
        yield Cell(key, role, text)


def _flat_text(value: object) -> str:
    """Everything a JSON value holds as one text; blank when it holds nothing."""
    if isinstance(value, dict):
        return " ".join(text for text in map(_flat_text, value.values()) if text)
    if isinstance(value, list):
        return " ".join(text for text in map(_flat_text, value) if text)
    text = cell_text(value)
    return text if text.strip() else ""


def _raw_rows(data: Sequence[list[object]], file: str, as_of: str, hints: tuple[str, ...]) -> list[Row]:
    """Rows of raw cells {key, value, type, specification}; null where the upstream parser failed."""
    columns: dict[int, str] = {}
    for cells in data:
        for index, cell in enumerate(cells):
            if isinstance(cell, dict) and "key" in cell:
                columns.setdefault(index, str(cell["key"]))
            elif cell is not None:
                raise _unknown(file, None, "单元格没有 key 和 value", "a cell has no key and value")
    kind = next((kind for heading, kind in FROM_HEADINGS.items() if heading in columns.values()), "")
    if not kind:
        raise _unknown(file, 1, "没有认识的名称列", "no known name column")
    rows = []
    for number, cells in enumerate(data, 1):
        read = [c for index, cell in enumerate(cells) for c in _raw_cell(cell, columns.get(index, ""), kind)]
        rows.append(Row(kind, file, "", number, tuple(read), as_of, hints))
    return rows


def _raw_cell(cell: object, column: str, kind: str) -> Iterable[Cell]:
    if not isinstance(cell, dict):
        yield Cell(column, "parser_failed")
        return
    key, value, role = str(cell["key"]), cell.get("value"), collected_role(str(cell["key"]))
    if cell.get("type") in ("supply", "supplies"):
        items = value if isinstance(value, list) else [cell]
        entries = tuple(
            Entry(item.get("value"), cell_text(item.get("specification")).strip())
            for item in items
            if isinstance(item, dict)
        )
        if any(cell_text(entry.value).strip() or (isinstance(value, list)) for entry in entries):
            yield Cell(key, "supply", "；".join(cell_text(entry.value) for entry in entries), entries)
        return
    if isinstance(value, list):
        for item in value:
            text = _flat_text(item)
            if text:
                yield Cell(key, role, text)
        return
    text = _flat_text(value)
    if text:
        yield Cell(key, role, text)


def types_row(rows: Sequence[Sequence[object]]) -> int | None:
    """0-based index of the row that names the type of each column (``supply|YY 0469-2010``), or None."""
    for index in range(1, min(len(rows), 12)):
        texts = [cell_text(cell).strip() for cell in rows[index]]
        filled = [text for text in texts if text]
        known = [text for text in filled if re.split(r"[|{]", text, maxsplit=1)[0] in _TYPES]
        if len(filled) >= 3 and len(known) == len(filled):
            return index
    return None


def is_collected_sheet(rows: Sequence[Sequence[object]]) -> bool:
    """Whether a sheet has the five header rows (names above types) of the collected workbooks."""
    index = types_row(rows)
    return index is not None and any(cell_text(cell).strip() in FROM_HEADINGS for cell in rows[index - 1])


def rows_of_sheet(
    rows: Sequence[Sequence[object]], *, file: str, sheet: str, as_of: str, hints: tuple[str, ...]
) -> list[Row]:
    """Rows of one sheet with five header rows: names, types, defaults, then data; cells ``quantity|specification``."""
    at = types_row(rows)
    assert at is not None
    names = [cell_text(cell).strip() for cell in rows[at - 1]]
    types = [cell_text(cell).strip() for cell in rows[at]]
    kind = next(FROM_HEADINGS[name] for name in names if name in FROM_HEADINGS)
    out = []
    for index, row in enumerate(rows):
        filled = [(i, cell) for i, cell in enumerate(row) if cell_text(cell).strip()]
        if not filled:
            continue
        if index <= at + 1:
            heading = tuple(Cell(column_letter(i), "heading", cell_text(cell)) for i, cell in filled)
            out.append(Row("heading", file, sheet, index + 1, heading, as_of))
            continue
        cells = tuple(
            _sheet_cell(names[i] if i < len(names) else "", types[i] if i < len(types) else "", cell, i)
            for i, cell in filled
        )
        out.append(Row(kind, file, sheet, index + 1, cells, as_of, hints))
    return out


def _sheet_cell(name: str, kind: str, cell: object, index: int) -> Cell:
    column = name or f"({column_letter(index)})"
    base, _, default = kind.partition("|")
    text = cell_text(cell)
    if base in ("supply", "supplies"):
        entries = []
        for line in text.splitlines() if base == "supplies" else [text]:
            value, _, specification = line.partition("|")
            entries.append(Entry(value.strip() or None, one_of(specification, default)))
        return Cell(column, "supply", text, tuple(entries))
    return Cell(column, collected_role(name), text)


def one_of(written: str, default: str) -> str:
    """The specification written in the cell, else the default of its column."""
    return written.strip() or default.strip()
