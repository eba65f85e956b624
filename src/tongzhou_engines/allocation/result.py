"""A plan as tables, and its directory of files (docs/methods/allocation.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from tongzhou_engines.base.files import output_directory, write_csv
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["ASSIGNMENTS", "CELLS", "HOLDS", "MARKER", "UNMET", "Plan", "digest", "json_text"]

#: The file by which a directory is known as a plan of ours.
MARKER = "plan.json"

ASSIGNMENTS: dict[str, type[pl.DataType]] = {
    "offer_id": pl.String,
    "need_id": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "reach": pl.Int64,
    "basis": pl.String,
}
CELLS: dict[str, type[pl.DataType]] = {
    "place": pl.String,
    "category": pl.String,
    "urgency": pl.Int64,
    "demand": pl.Int64,
    "served": pl.Int64,
    "exact": pl.String,
    "coverage": pl.Float64,
}
UNMET: dict[str, type[pl.DataType]] = {
    "need_id": pl.String,
    "quantity": pl.Int64,
    "reason": pl.String,
    "bottleneck": pl.String,
    "text_zh": pl.String,
    "text_en": pl.String,
}
HOLDS: dict[str, type[pl.DataType]] = {
    "offer_id": pl.String,
    "quantity": pl.Int64,
    "reason": pl.String,
    "text_zh": pl.String,
    "text_en": pl.String,
}


def json_text(value: Any) -> str:
    """JSON as it is written everywhere here: UTF-8, keys sorted, the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def digest(path: Path) -> str:
    """sha256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Plan:
    """A finished plan.

    assignments, cells, unmet, holds, problems: the tables of docs/reference/plan-directory.md. needs, offers: the
    tidy tables it was made from (needs with `planned` whole base units and `basis` confirmed | asked | capped |
    minimum_lot). places: the part of the tree in use. summary: totals and options, as plan.json holds them.
    certificate: as certificate.json.
    """

    needs: pl.DataFrame
    offers: pl.DataFrame
    assignments: pl.DataFrame
    cells: pl.DataFrame
    unmet: pl.DataFrame
    holds: pl.DataFrame
    problems: pl.DataFrame
    places: PlaceTree
    catalogue: Catalogue
    summary: Mapping[str, Any]
    certificate: Mapping[str, Any] = field(repr=False)
    pins: pl.DataFrame | None = None
    previous: pl.DataFrame | None = None

    def input_tables(self) -> dict[str, pl.DataFrame]:
        """Name > table of everything the plan depends on, as it goes into inputs/."""
        used = {*self.needs["category"].to_list(), *self.offers["category"].to_list()}
        table = self.catalogue.to_table()
        keep: set[str] = set()
        while used - keep:  # a substitute is kept with all it may stand for, so that the table holds by itself
            keep |= used
            used = {c for code in keep if code in self.catalogue.categories for c in self.catalogue.compatible(code)}
        tables = {
            "needs.csv": self.needs,
            "offers.csv": self.offers,
            "places.csv": self.places.to_table(),
            "catalogue.csv": table.filter(pl.col("category").is_in(sorted(keep))),
        }
        if self.pins is not None:
            tables["pins.csv"] = self.pins
        if self.previous is not None:
            tables["previous.csv"] = self.previous
        return tables

    def write_tables(self, directory: Path) -> None:
        """Write every file of the plan but the workbook and the report into an existing directory."""
        inputs = directory / "inputs"
        inputs.mkdir()
        for name, table in self.input_tables().items():
            write_csv(table, inputs / name)
        for name, table in (
            ("assignments", self.assignments),
            ("cells", self.cells),
            ("unmet", self.unmet),
            ("holds", self.holds),
            ("problems", self.problems),
        ):
            write_csv(table, directory / f"{name}.csv")
        (directory / "certificate.json").write_text(json_text(self.certificate), encoding="utf-8")
        hashes = {f"inputs/{p.name}": digest(p) for p in sorted(inputs.iterdir())}
        (directory / MARKER).write_text(json_text({**self.summary, "inputs": hashes}), encoding="utf-8")

    def write(self, directory: str | Path) -> Path:
        """Write the plan's tables, inputs and certificate as a directory that `check` accepts; whole or not at all.

        The workbook and the report are added by `tongzhou_engines.reporting.write_plan`. InputError output_exists when
        the place holds something that is not an earlier plan.
        """
        with output_directory(directory, MARKER) as fresh:
            self.write_tables(fresh)
        return Path(directory)

    def _repr_html_(self) -> str:
        """Totals and the first lines, for notebooks."""
        from html import escape

        total = self.summary["totals"]
        head = (
            f"<p><b>同舟计划</b> {total['served_needs']}/{total['needs']} 项需求得到帮助,{total['assignments']} 条派单,"
            f"{total['unmet_needs']} 项仍有缺口,{total['holds']} 个供给暂缓。</p>"
        )
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row) + "</tr>"
            for row in self.assignments.head(10).iter_rows()
        )
        names = "".join(f"<th>{escape(c)}</th>" for c in self.assignments.columns)
        return f"{head}<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"
