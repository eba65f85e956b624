"""`tongzhou plan`: needs x offers x principles > a plan directory with reasons and a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tongzhou.cli.console import both, language, note, working

if TYPE_CHECKING:
    import polars as pl

    from tongzhou_engines.allocation import Source
    from tongzhou_engines.base.files import Table

__all__ = ["plan_command", "prepare"]

_NEEDS = both("需求表（CSV、XLSX、Parquet；可多个）", "needs (CSV, XLSX, Parquet; one or more files)")
_OFFERS = both("供给表（可多个）", "offers (one or more files)")
_PLACES = both(
    "代替内置的行政区划：code, parent, name[, depth]", "instead of the built-in places: code, parent, name[, depth]"
)
_CATALOGUE = both("代替内置的类别目录", "instead of the built-in catalogue")
_PRINCIPLES = both(
    "所有类型同用一个顺序，如 urgency,locality,fairness", "one order for all kinds, e.g. urgency,locality,fairness"
)
_PREVIOUS = both("现行计划的文件夹：变动尽量少", "directory of the plan in force: changed as little as possible")
_PINS = both(
    "固定或禁止的派单：need_id, offer_id, quantity（0 为禁止）",
    "lines fixed or forbidden: need_id, offer_id, quantity (0 forbids)",
)
_LIMIT = both("最多算多少秒；超过就停下，什么也不写", "seconds at most; then it stops and writes nothing")
_SEED = both("随机种子（记录在 plan.json）", "seed (recorded in plan.json)")
_OUT = both("写到哪个文件夹（新的，或以前的计划）", "directory to write (new, or an earlier plan)")
_SHEET = both("工作簿里的工作表名", "name of the sheet in the workbook")
#: Options that take one or more files after one name.
_SEVERAL = ("--needs", "--offers")


def prepare(words: Sequence[str]) -> list[str]:
    """`--needs a.csv b.csv` as `--needs a.csv --needs b.csv`."""
    out: list[str] = []
    current = ""
    for word in words:
        if word.startswith("-"):
            current = word if word in _SEVERAL else ""
            if not current:
                out.append(word)
        elif current:
            out += [current, word]
        else:
            out.append(word)
    return out


def plan_command(
    needs: Annotated[list[Path], typer.Option("--needs", help=_NEEDS, metavar="FILE...")],
    offers: Annotated[list[Path], typer.Option("--offers", help=_OFFERS, metavar="FILE...")],
    out: Annotated[Path, typer.Option("--out", help=_OUT, metavar="DIR")],
    places: Annotated[Path | None, typer.Option("--places", help=_PLACES, metavar="FILE")] = None,
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help=_CATALOGUE, metavar="FILE")] = None,
    principles: Annotated[str | None, typer.Option("--principles", help=_PRINCIPLES, metavar="LIST")] = None,
    previous: Annotated[Path | None, typer.Option("--previous", help=_PREVIOUS, metavar="DIR")] = None,
    pins: Annotated[Path | None, typer.Option("--pins", help=_PINS, metavar="FILE")] = None,
    time_limit: Annotated[float | None, typer.Option("--time-limit", help=_LIMIT, metavar="S", min=0)] = None,
    seed: Annotated[int, typer.Option("--seed", help=_SEED, metavar="N")] = 0,
    needs_sheet: Annotated[str | None, typer.Option("--needs-sheet", help=_SHEET, metavar="NAME")] = None,
    offers_sheet: Annotated[str | None, typer.Option("--offers-sheet", help=_SHEET, metavar="NAME")] = None,
) -> None:
    """谁帮谁、帮什么、帮多少，每一行都有理由 / who helps whom with what, a reason for every line."""
    with working("计划", "planning") as progress:
        from tongzhou_engines.allocation import parse_order, plan
        from tongzhou_engines.base.files import check_output, read_table
        from tongzhou_engines.catalogue import Catalogue
        from tongzhou_engines.gazetteer import PlaceTree
        from tongzhou_engines.reporting import write_plan

        order = parse_order(principles) if principles else None
        check_output(out, "plan.json")
        progress.say(both("读取表格", "reading the tables"))
        tree = places_table = None
        if places is not None:
            places_table = read_table(places)
            tree = PlaceTree.from_table(places_table.frame, places_table.file, places_table.rows)
        known = None
        if catalogue is not None:
            table = read_table(catalogue)
            known = Catalogue.from_table(table.frame, table.file, table.rows, table.sheet)
        need_sources = [_source(read_table(f, needs_sheet)) for f in needs]
        offer_sources = [_source(read_table(f, offers_sheet)) for f in offers]
        progress.say(both("计算", "planning"))
        result = plan(
            need_sources,
            offer_sources,
            places=tree,
            catalogue=known,
            principles=order,
            previous=_in_force(previous),
            pins=_source(read_table(pins)) if pins is not None else None,
            seed=seed,
            time_limit=time_limit,
        )
        progress.say(both("写出计划、工作簿和报告", "writing plan, workbook and report"))
        write_plan(result, out, lang=language())
    show(result, out)


def show(result: object, out: Path) -> None:
    """The summary on stdout, where things are on stderr."""
    from rich.console import Console

    from tongzhou_engines.allocation import Plan
    from tongzhou_engines.reporting import terminal_summary

    assert isinstance(result, Plan)
    Console().print(terminal_summary(result, language()))
    note(
        f"计划在 {out}：report.html（报告）、plan.xlsx（工作簿）、problems.csv（数据问题）",
        f"The plan is in {out}: report.html, plan.xlsx, problems.csv",
    )


def _source(table: Table) -> Source:
    from tongzhou_engines.allocation import Source

    return Source(table.frame, table.file, table.sheet, tuple(table.rows))


def _in_force(previous: Path | None) -> pl.DataFrame | None:
    from tongzhou_engines.base.errors import InputError, Where
    from tongzhou_engines.base.files import read_table

    if previous is None:
        return None
    file = previous / "assignments.csv"
    if not file.is_file():
        raise InputError(
            "previous_invalid",
            "里面没有 assignments.csv",
            "it holds no assignments.csv",
            "请给出 ./tongzhou plan 写出的目录",
            "Give a directory written by ./tongzhou plan",
            Where(str(previous)),
        )
    try:
        return read_table(file).frame
    except InputError as error:
        if error.code == "no_rows":  # a plan in force without any line is still a plan
            return None
        raise
