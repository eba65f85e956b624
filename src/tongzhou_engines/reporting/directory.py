"""The whole plan directory: tables, inputs, certificate, workbook and report; whole or not at all."""

from __future__ import annotations

from pathlib import Path

from tongzhou_engines.allocation.result import MARKER, Plan
from tongzhou_engines.base.files import output_directory
from tongzhou_engines.reporting.report import Cover, write_report
from tongzhou_engines.reporting.workbook import write_workbook

__all__ = ["write_plan"]


def write_plan(plan: Plan, directory: str | Path, *, lang: str = "zh", cover: Cover | None = None) -> Path:
    """Write a plan directory: everything `Plan.write` writes, plus plan.xlsx and report.html; returns the directory.

    lang: the language the report shows first; cover: its title, as-of moment and ribbon. The directory appears whole or
    not at all, an earlier plan in its place is replaced; the same plan gives the same bytes. InputError output_exists
    when the place holds something else.
    """
    with output_directory(directory, MARKER) as fresh:
        plan.write_tables(fresh)
        write_workbook(plan, fresh / "plan.xlsx")
        write_report(plan, fresh / "report.html", lang=lang, cover=cover)
    return Path(directory)
