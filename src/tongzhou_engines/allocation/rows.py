"""Rows of needs and offers tables as written: places, categories, quantities and days understood cell by cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import polars as pl

from tongzhou_engines.allocation.dates import parse_day
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import Quantity, parse_quantity
from tongzhou_engines.base.problems import Problem
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import NATION, PlaceTree

__all__ = ["PlaceFinder", "RowReader", "Source", "shown", "sources_of"]


Pair = tuple[str, str]
#: A number and the unit written behind it.
_WITH_UNIT = re.compile(r"(.*[0-9０-９万亿千百十])\s*([^\W\d_]{1,6})")
#: What may stand beside a division's name without meaning anything more.
_KIND_WORDS = re.compile(r"[\s,，、·省市区县州盟旗]|自治|特别行政|全境|全域|province|city|district|county|prefecture")
_SHOWN = 200


class PlaceFinder(Protocol):
    """Finds the division code of a written address: (code or None, candidates, pieces of the text used)."""

    def __call__(self, text: str) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A table with where it came from: rows[i] is the line of frame row i as a person counts it in the file."""

    frame: pl.DataFrame
    file: str
    sheet: str = ""
    rows: Sequence[int] = ()

    def line(self, i: int) -> int:
        """Line of frame row i."""
        return self.rows[i] if self.rows else i + 2


def sources_of(given: pl.DataFrame | Source | Sequence[pl.DataFrame | Source], name: str) -> list[Source]:
    """Any accepted form of one or several tables as a list of sources."""
    many = [given] if isinstance(given, (pl.DataFrame, Source)) else list(given)
    return [g if isinstance(g, Source) else Source(g, name) for g in many]


@dataclass
class RowReader:
    """Shared parts of reading needs and offers rows."""

    tree: PlaceTree
    catalogue: Catalogue
    finder: PlaceFinder | None
    problems: list[Problem] = field(default_factory=list)
    seen: dict[str, Where] = field(default_factory=dict)
    _place_memo: dict[str, tuple[str | None, tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def note(self, where: Where, value: str, problem: str, action: str, zh: str, en: str) -> None:
        """List one problem."""
        self.problems.append(Problem(where.file, where.sheet, where.row, where.column, value, problem, action, zh, en))

    def unique(self, identity: str, where: Where) -> None:
        """Refuse a blank or repeated id: the assignments could not be told apart."""
        if not identity:
            raise InputError(
                "id_missing",
                "编号为空",
                "the id is blank",
                "请给每一行一个不重复的编号",
                "Give every row an id of its own",
                where,
            )
        if identity in self.seen:
            first = self.seen[identity]
            raise InputError(
                "id_duplicate",
                f"编号“{identity}”已用于{first.text('zh')}",
                f"the id “{identity}” is already used in {first.text('en')}",
                "请改正或删去其中一行",
                "Correct or remove one of the two rows",
                where,
            )
        self.seen[identity] = where

    def place(self, row: Mapping[str, str], where: Callable[[str], Where]) -> str | None:
        """Division code of a row from its place, else its address; None and a listed problem when there is none."""
        written, address = row.get("place", ""), row.get("address", "")
        if written:
            code = self.code(written)
            if code is not None:
                if code != written:
                    self.note(
                        where("place"),
                        written,
                        "place_form",
                        "repaired",
                        f"按 {code} {self.tree.name(code)} 处理",
                        f"taken as {code} {self.tree.name(code, 'en')}",
                    )
                return code
        text = written if written and not written.isdigit() else address
        if not text:
            self.note(
                where("place"),
                written,
                "place_unknown" if written else "place_missing",
                "set_aside",
                "区划表里没有这个代码，也没有地址；此行未进入计划" if written else "没有地点；此行未进入计划",
                "no such code in the places and no address; the row is not planned"
                if written
                else "no place; the row is not planned",
            )
            return None
        code, candidates, _ = self._find(text)
        column = "place" if written else "address"
        if code is None:
            named = "、".join(f"{c} {self.tree.path(c)}" for c in candidates[:5])
            zh = f"地点不明确，可能是：{named}" if candidates else "认不出地点"
            en = (
                f"ambiguous place, one of: {', '.join(candidates[:5])}" if candidates else "the place is not recognised"
            )
            self.note(
                where(column),
                text,
                "place_ambiguous" if candidates else "place_unknown",
                "set_aside",
                f"{zh}；此行未进入计划",
                f"{en}; the row is not planned",
            )
            return None
        self.note(
            where(column),
            text,
            "place_from_text",
            "repaired",
            f"由文字认出 {code} {self.tree.path(code)}",
            f"read from the text as {code} {self.tree.path(code, 'en')}",
        )
        return code

    def code(self, written: str) -> str | None:
        """A code of the tree: as written, in full-width digits, or an official 6- or 12-digit form."""
        if written in self.tree:
            return written
        written = unicodedata.normalize("NFKC", written).strip().removesuffix(".0")
        if written in self.tree or written.upper() in self.tree:
            return written if written in self.tree else written.upper()
        if written in ("全国", "中国", "China", "100000", "000000"):
            return NATION if NATION in self.tree else None
        if written.isdigit() and len(written) in (6, 12):
            short = written
            for length in (9, 6, 4, 2):
                if len(written) > length and not written[length:].strip("0"):
                    short = written[:length]
            return short if short in self.tree else None
        return None

    def named(self, text: str) -> str | None:
        """Code of the division that a text names and nothing else: “除…外” or a second name leaves something over."""
        code, _, pieces = self._find(text)
        rest = unicodedata.normalize("NFKC", text).lower()
        for piece in sorted(pieces, key=len, reverse=True):
            rest = rest.replace(piece.lower(), "", 1)
        return None if code is None or _KIND_WORDS.sub("", rest) else code

    def _find(self, text: str) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
        if self.finder is None:
            return None, (), ()
        if text not in self._place_memo:
            self._place_memo[text] = self.finder(text)
        return self._place_memo[text]

    def category(self, written: str, where: Where) -> str | None:
        """Category code of a written name; None and a listed problem when unknown."""
        code = self.catalogue.find(written) if written else None
        if code is None:
            near = "、".join(c.category for c in self.catalogue.search(written)[:3]) if written else ""
            self.note(
                where,
                written,
                "category_unknown",
                "set_aside",
                f"类别目录里没有“{written}”" + (f"，是否指：{near}" if near else "") + "；此行未进入计划",
                f"the catalogue has no “{written}”"
                + (f"; did you mean {near}" if near else "")
                + "; the row is not planned",
            )
        return code

    def whole(
        self,
        row: Mapping[str, str],
        column: str,
        category: str,
        where: Callable[[str], Where],
        instead: Pair | None = None,
    ) -> int | None:
        """A whole quantity in base units; None when blank or unusable.

        What is unusable is listed, with what is done about it: `instead` (zh, en), else it counts as quantity unknown.
        """
        written, unit = row.get(column, ""), row.get("unit", "")
        found = parse_quantity(written)
        if found.problem == "unreadable_quantity" and (parted := _WITH_UNIT.fullmatch(written)):
            number = parse_quantity(parted[1])
            if number.value is not None:  # 1.5万只: the number and its unit in one cell
                found, unit = Quantity(number.value, None, True), unit or parted[2]
        zh, en = instead or ("按数量未知处理", "counted as quantity unknown")
        if found.problem:
            self.note(
                where(column),
                shown(written),
                found.problem,
                "treated_as_unknown",
                f"不是可用的整数，{zh}；请写成基本单位的整数",
                f"not a usable whole number: {en}; write a whole number of base units",
            )
            return None
        if found.value is None:
            return None
        factor = self.catalogue.factor(category, unit) if unit else 1
        if factor is None:
            base = self.catalogue.categories[category].unit
            self.note(
                where("unit" if row.get("unit") else column),
                shown(unit),
                "unit_unknown",
                "treated_as_unknown",
                f"不知道一“{unit}”等于多少“{base}”，{zh}；请换算成“{base}”",
                f"it is not known how many “{base}” one “{unit}” is: {en}; give the quantity in “{base}”",
            )
            return None
        value = found.value * factor
        if found.repaired:
            self.note(where(column), shown(written), "quantity_form", "repaired", f"读作 {value}", f"read as {value}")
        return value

    def day(self, row: Mapping[str, str], column: str, where: Callable[[str], Where], action: str) -> tuple[str, bool]:
        """A day as ISO text, blank when blank; False when it is unreadable (then listed)."""
        written = row.get(column, "")
        if not written:
            return "", True
        number = parse_day(unicodedata.normalize("NFKC", written))
        if number is None:
            self.note(
                where(column),
                written,
                "date_unreadable",
                action,
                "认不出日期，请写成 2020-02-06",
                "not a date; write it as 2020-02-06",
            )
            return "", False
        return date.fromordinal(number).isoformat(), True

    def rows(self, source: Source, needed: Sequence[str]) -> Iterator[tuple[Mapping[str, str], Callable[[str], Where]]]:
        """Every row as stripped text, with a function that says where a column of it stands."""
        headings = shown("、".join(source.frame.columns))
        for column in needed:
            if not any(c in source.frame.columns for c in column.split("|")):
                raise InputError(
                    "column_missing",
                    f"缺少“{column.replace('|', '”或“')}”列",
                    f"column “{column.replace('|', '” or “')}” is missing",
                    f"请改正表头（现有：{headings}），或先用 ./tongzhou read 把原表读成整洁的表",
                    f"Correct the headings (there are: {headings}), or first run ./tongzhou read on the sheet as it is",
                    Where(source.file, source.sheet),
                )
        names = [c for c in source.frame.columns if not c.startswith("_")]
        for i, values in enumerate(source.frame.select(names).iter_rows()):
            row = {c: _text(v) for c, v in zip(names, values, strict=True)}
            line = source.line(i)
            yield row, lambda column, line=line: Where(source.file, source.sheet, line, column)  # type: ignore[misc]


def shown(written: str) -> str:
    """A written value short enough to be shown."""
    return written if len(written) <= _SHOWN else written[:_SHOWN] + "…"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ";".join(str(v) for v in value)
    return str(value).strip()
