"""The catalogue as a table: read with every mistake named by row and column, and written back the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.catalogue.category import KINDS, STAGES, Category, UnitFactors
from tongzhou_engines.catalogue.normalising import normalise

__all__ = ["TABLE_SCHEMA", "categories_from_table", "categories_to_table"]

#: Columns of a catalogue table; only `category` and `unit` are needed, the others may be absent or blank.
TABLE_SCHEMA: dict[str, type[pl.DataType]] = dict.fromkeys(
    (
        "category",
        "unit",
        "substitutes_for",
        "kind",
        "minimum_lot",
        "plausible_maximum",
        "name_zh",
        "name_en",
        "unit_en",
        "standards",
        "cold_chain",
        "licence",
        "stages",
        "spellings",
        "unit_factors",
    ),
    pl.String,
)

_YES = {"yes", "true", "1", "y", "是", "需要"}
_NO = {"", "no", "false", "0", "n", "否", "不需要"}
_KIND_WORDS = {"": "goods", **{normalise(kind): kind for kind in KINDS}, **{zh: kind for kind, zh in KINDS.items()}}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table: its cells by column name, all of them text without outer blanks, and where it stands."""

    cells: Mapping[str, str]
    where: Where

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def parts(self, column: str) -> tuple[str, ...]:
        """The cell split at ``;`` (also full-width), blanks and repetitions dropped, order kept."""
        pieces = (piece.strip() for piece in re.split("[;；]", self.text(column)))
        return tuple(dict.fromkeys(piece for piece in pieces if piece))

    def wrong(self, column: str, zh: str, en: str, todo_zh: str, todo_en: str) -> InputError:
        return InputError("catalogue_invalid", zh, en, todo_zh, todo_en, replace(self.where, column=column))


def categories_from_table(
    frame: pl.DataFrame, source: str = "", rows: Sequence[int] | None = None, sheet: str = ""
) -> dict[str, Category]:
    """The categories of a table (`TABLE_SCHEMA`), by code, in the table's order.

    `source` and `sheet` name the file in error messages; `rows` are the row numbers in that file, one for each row of
    the frame (without them the first row of the frame counts as row 2, below the headings).

    Raises `InputError` column_missing, column_duplicate, no_rows, or catalogue_invalid with row and column: a blank or
    duplicate category (or one with a semicolon), a blank unit, an unknown kind or stage, a minimum_lot below 1, a
    maximum that is no whole number or below the minimum lot, a unit factor that is not ``unit=whole number``, a
    spelling that two categories claim, a substitution that names no category, or leaves its kind or its unit.
    """
    lines = _lines(frame, source, rows, sheet)
    categories: dict[str, Category] = {}
    origin: dict[str, _Line] = {}
    for line in lines:
        code = line.text("category")
        if code in categories:
            first = origin[code].where.row
            raise line.wrong(
                "category", f"类别“{code}”重复，第 {first} 行已有", f"category “{code}” is already in row {first}",
                "请删去或合并其中一行", "Delete or merge one of the two rows",
            )  # fmt: skip
        categories[code] = _category(line)
        origin[code] = line
    known = _claimed_spellings(categories, origin)
    return {code: _with_substitutes(category, origin[code], categories, known) for code, category in categories.items()}


def categories_to_table(categories: Iterable[Category]) -> pl.DataFrame:
    """The categories as a table of text (`TABLE_SCHEMA`) that `categories_from_table` reads back the same."""
    rows = [
        (
            c.code,
            c.unit,
            ";".join(c.substitutes_for),
            c.kind,
            str(c.minimum_lot),
            "" if c.plausible_maximum is None else str(c.plausible_maximum),
            c.name_zh,
            c.name_en,
            c.unit_en,
            ";".join(c.standards),
            "yes" if c.cold_chain else "no",
            c.licence,
            ";".join(c.stages),
            ";".join(c.spellings),
            ";".join(f"{unit}={factor}" for unit, factor in c.unit_factors.items()),
        )
        for c in categories
    ]
    return pl.DataFrame(rows, schema=TABLE_SCHEMA, orient="row")


def _lines(frame: pl.DataFrame, source: str, rows: Sequence[int] | None, sheet: str) -> list[_Line]:
    names = [name.strip().casefold() for name in frame.columns]
    where = Where(source, sheet)
    for column in ("category", "unit"):
        if column not in names:
            raise InputError(
                "column_missing", f"类别目录缺少“{column}”列", f"the catalogue has no column “{column}”",
                "请加上这一列；必需的列是 category 和 unit", "Add it; the columns needed are category and unit",
                replace(where, column=column),
            )  # fmt: skip
    for name in names:
        if name in TABLE_SCHEMA and names.count(name) > 1:
            raise InputError(
                "column_duplicate", f"“{name}”列出现了不止一次", f"the column “{name}” occurs more than once",
                "请只保留一列", "Keep one of them", replace(where, column=name),
            )  # fmt: skip
    lines: list[_Line] = []
    for index, values in enumerate(frame.rows()):
        cells = {name: _cell(value) for name, value in zip(names, values, strict=True)}
        if any(cells.values()):
            lines.append(_Line(cells, replace(where, row=rows[index] if rows is not None else index + 2)))
    if not lines:
        raise InputError(
            "no_rows", "类别目录没有任何类别", "the catalogue has no category",
            "请至少写一个类别", "Give at least one category", where,
        )  # fmt: skip
    return lines


def _cell(value: object) -> str:
    """A cell as text; whole numbers that a spreadsheet keeps as 50.0 become 50."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _category(line: _Line) -> Category:
    code, unit = line.text("category"), line.text("unit")
    if not code:
        raise line.wrong("category", "类别为空", "the category is blank", "请写上类别", "Write the category")
    if ";" in code or "；" in code:
        raise line.wrong(
            "category", f"类别“{code}”里有分号", f"category “{code}” has a semicolon",
            "分号用来分隔几个类别，请换一个写法", "Semicolons separate several categories; write it without",
        )  # fmt: skip
    if not unit:
        raise line.wrong(
            "unit",
            f"类别“{code}”没有计量单位",
            f"category “{code}” has no unit",
            "请写上基本单位",
            "Write its base unit",
        )
    kind = _KIND_WORDS.get(normalise(line.text("kind")))
    if kind is None:
        raise line.wrong(
            "kind", f"不认识的类型“{line.text('kind')}”", f"unknown kind “{line.text('kind')}”",
            f"请用 {'、'.join(KINDS)} 之一；留空为 goods", f"Use one of {', '.join(KINDS)}; blank means goods",
        )  # fmt: skip
    minimum, maximum = _lots(line)
    return Category(
        code=code,
        name_zh=line.text("name_zh") or code,
        name_en=line.text("name_en") or code,
        kind=kind,
        unit=unit,
        unit_en=line.text("unit_en") or unit,
        minimum_lot=minimum,
        plausible_maximum=maximum,
        standards=line.parts("standards"),
        cold_chain=_flag(line, "cold_chain"),
        licence=";".join(line.parts("licence")),
        stages=_stages(line),
        spellings=line.parts("spellings"),
        unit_factors=_factors(line),
    )


def _lots(line: _Line) -> tuple[int, int | None]:
    minimum = _whole(line, "minimum_lot")
    maximum = _whole(line, "plausible_maximum")
    least = 1 if minimum is None else minimum
    if least < 1:
        raise line.wrong(
            "minimum_lot", f"最小批量 {least} 小于 1", f"the minimum lot {least} is below 1",
            "请写 1 或更大的整数；留空为 1", "Write a whole number of at least 1; blank means 1",
        )  # fmt: skip
    if maximum is not None and maximum < least:
        raise line.wrong(
            "plausible_maximum", f"合理上限 {maximum} 小于最小批量 {least}",
            f"the plausible maximum {maximum} is below the minimum lot {least}",
            "请改正其中一个；合理上限留空表示没有上限", "Correct one of them; a blank maximum means none",
        )  # fmt: skip
    return least, maximum


def _whole(line: _Line, column: str) -> int | None:
    text = unicodedata.normalize("NFKC", line.text(column)).replace(",", "").replace(" ", "")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.0+)?", text):
        raise line.wrong(
            column, f"“{line.text(column)}”不是整数", f"“{line.text(column)}” is not a whole number",
            "请写整数（基本单位）", "Write a whole number of base units",
        )  # fmt: skip
    return int(text.split(".")[0])


def _flag(line: _Line, column: str) -> bool:
    text = line.text(column).casefold()
    if text not in _YES | _NO:
        cell = line.text(column)
        raise line.wrong(column, f"看不懂“{cell}”", f"“{cell}” not understood", "请写 yes 或 no", "Write yes or no")
    return text in _YES


def _stages(line: _Line) -> tuple[str, ...]:
    for stage in line.parts("stages"):
        if stage not in STAGES:
            raise line.wrong(
                "stages", f"不认识的阶段“{stage}”", f"unknown stage “{stage}”",
                f"请用 {'、'.join(STAGES)}，以 ; 分开", f"Use {', '.join(STAGES)}, separated by ;",
            )  # fmt: skip
    return line.parts("stages")


def _factors(line: _Line) -> UnitFactors:
    pairs: dict[str, int] = {}
    for part in line.parts("unit_factors"):
        unit, equals, number = (piece.strip() for piece in part.rpartition("="))
        if not (unit and equals and re.fullmatch("[0-9]{1,15}", number) and int(number) >= 1):
            raise line.wrong(
                "unit_factors", f"看不懂单位换算“{part}”", f"unit factor “{part}” not understood",
                "请写成“箱=500”，以 ; 分开", "Write it as “case=500”, separated by ;",
            )  # fmt: skip
        pairs[unit] = int(number)
    return UnitFactors(tuple(pairs.items()))


def _claimed_spellings(categories: Mapping[str, Category], origin: Mapping[str, _Line]) -> dict[str, str]:
    """Normal form of every code, name and spelling -> its one category."""
    known: dict[str, str] = {}
    # Codes first: a code is always its own category's, so it is the other spelling that is wrong.
    claims = [("category", c.code, c) for c in categories.values()]
    for c in categories.values():
        claims += [("name_zh", c.name_zh, c), ("name_en", c.name_en, c), *(("spellings", s, c) for s in c.spellings)]
    for column, spelling, category in claims:
        owner = known.setdefault(normalise(spelling) or spelling, category.code)
        if owner != category.code:
            raise origin[category.code].wrong(
                column, f"“{spelling}”已属于类别“{owner}”", f"“{spelling}” already belongs to category “{owner}”",
                "一个写法只能属于一个类别，请删去其中一处", "A spelling belongs to one category; delete one of them",
            )  # fmt: skip
    return known


def _with_substitutes(
    category: Category, line: _Line, categories: Mapping[str, Category], known: Mapping[str, str]
) -> Category:
    targets: list[str] = []
    for written in line.parts("substitutes_for"):
        code = written if written in categories else known.get(normalise(written))
        if code is None:
            raise line.wrong(
                "substitutes_for", f"目录里没有类别“{written}”", f"there is no category “{written}”",
                "请写目录中的类别，以 ; 分开", "Name categories of this catalogue, separated by ;",
            )  # fmt: skip
        target = categories[code]
        if target.kind != category.kind:
            raise line.wrong(
                "substitutes_for", f"“{category.code}”（{category.kind}）不能替代另一类型的“{code}”（{target.kind}）",
                f"“{category.code}” ({category.kind}) cannot stand in for “{code}” of another kind ({target.kind})",
                "替代只能在同一类型之内", "Substitution stays inside a kind",
            )  # fmt: skip
        if target.unit != category.unit:
            raise line.wrong(
                "substitutes_for", f"“{category.code}”按{category.unit}计，不能一比一替代按{target.unit}计的“{code}”",
                f"“{category.code}” is counted in {category.unit}, “{code}” in {target.unit}: not one-to-one",
                "请统一计量单位或删去这一替代", "Use the same unit for both, or delete the substitution",
            )  # fmt: skip
        if code != category.code and code not in targets:
            targets.append(code)
    return replace(category, substitutes_for=tuple(targets))
