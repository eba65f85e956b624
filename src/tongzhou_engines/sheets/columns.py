"""Which column name is taken as what: the two tables in data/sheets, read once."""

from __future__ import annotations

import csv
import functools

from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.sheets.text import comparable

__all__ = ["collected_role", "heading_role"]


@functools.lru_cache(maxsize=1)
def _collected() -> dict[str, str]:
    with data_path("sheets/columns.csv").open(encoding="utf-8", newline="") as handle:
        return {comparable(row["written"]): row["role"] for row in csv.DictReader(handle)}


@functools.lru_cache(maxsize=1)
def _headings() -> dict[str, str]:
    roles: dict[str, str] = {}
    with data_path("sheets/headings.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            for written in row["written"].split(";"):
                roles.setdefault(comparable(written).replace("_", ""), row["role"])
    return roles


def collected_role(column: str) -> str:
    """What a column of the collected sheets (wuhan2020) is taken as; blank when unknown."""
    return _collected().get(comparable(column), "")


def heading_role(heading: str) -> str:
    """What a heading of a plain table is taken as; blank when unknown."""
    return _headings().get(comparable(heading).replace("_", ""), "")
