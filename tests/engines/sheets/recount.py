"""Counts the rows and cells with content of the collected sheets straight from the raw files.

Independent of the code under test: nothing of tongzhou_engines is imported. Used by the tests and by bench/sheets.py.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import openpyxl

#: (row, column) -> number of cells with content; the column is blank for the row itself.
Counts = Counter


def one_line(text: str) -> str:
    """A column name as it is written in trace.csv."""
    return "；".join(" ".join(line.split()) for line in text.replace("\r", "\n").split("\n") if line.strip())


def holds(value: object) -> bool:
    """Whether a JSON value holds anything: not null, not blank, and not made of such values only."""
    if isinstance(value, dict):
        return any(holds(part) for part in value.values())
    if isinstance(value, list):
        return any(holds(part) for part in value)
    return value is not None and str(value).strip() != ""


def count_json(path: Path) -> Counts:
    """Cells of a JSON sheet: every supply entry, every non-blank element of a list, every other non-blank value."""
    counts: Counts = Counter()
    for number, row in enumerate(json.loads(path.read_text(encoding="utf-8")), 1):
        counts[(number, "")] += 1
        if isinstance(row, dict):
            for key, value in row.items():
                if key == "supplies":
                    for entry in value:
                        counts[(number, one_line(entry["key"]))] += 1
                elif isinstance(value, list):
                    counts[(number, one_line(key))] += sum(holds(part) for part in value)
                elif holds(value):
                    counts[(number, one_line(key))] += 1
            continue
        for index, cell in enumerate(row):
            if cell is None:
                counts[(number, "审核状态")] += 1  # the only column in which the upstream parser failed
                assert index == len(row) - 1
            elif cell["type"] == "contact":
                counts[(number, one_line(cell["key"]))] += sum(holds(part) for part in cell["value"])
            elif holds(cell["value"]):
                counts[(number, one_line(cell["key"]))] += 1
    return +counts


def count_workbook(path: Path) -> dict[str, Counts]:
    """Cells of every sheet of a workbook with five header rows, read with another library (openpyxl)."""
    sheets: dict[str, Counts] = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        names = rows[2]
        counts: Counts = Counter()
        for number, row in enumerate(rows, 1):
            held = [i for i, cell in enumerate(row) if cell is not None and str(cell).strip()]
            if held:
                counts[(number, "")] += 1
            for i in held:
                letter = openpyxl.utils.get_column_letter(i + 1)
                counts[(number, one_line(str(names[i])) if number > 5 else letter)] += 1
        sheets[sheet.title] = counts
    return sheets
