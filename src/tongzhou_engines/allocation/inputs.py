"""Needs and offers tables as given, made into the tidy rows a plan is made from, with every bad cell listed.

A file that cannot be used stops everything (InputError); a row that cannot be used is set aside; a cell that cannot be
used counts as unknown. Nothing is dropped without a line in the problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import polars as pl

from tongzhou_engines.allocation.board import outermost
from tongzhou_engines.allocation.dates import parse_day
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.files import parse_quantity
from tongzhou_engines.base.problems import Problem
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import NATION, PlaceTree

__all__ = ["NEEDS_SCHEMA", "OFFERS_SCHEMA", "PlaceFinder", "Source", "read_needs", "read_offers", "sources_of"]

NEEDS_SCHEMA: dict[str, type[pl.DataType]] = {
    "need_id": pl.String,
    "place": pl.String,
    "category": pl.String,
    "urgency": pl.Int64,
    "quantity": pl.Int64,
    "confirmed": pl.Int64,
    "planned": pl.Int64,
    "basis": pl.String,
    "vulnerability": pl.String,
    "opened": pl.String,
    "due": pl.String,
    "requester": pl.String,
}
OFFERS_SCHEMA: dict[str, type[pl.DataType]] = {
    "offer_id": pl.String,
    "organisation": pl.String,
    "place": pl.String,
    "category": pl.String,
    "quantity": pl.Int64,
    "reserve": pl.Int64,
    "coverage": pl.String,
    "from": pl.String,
    "until": pl.String,
    "synthetic": pl.Boolean,
}
_DEFAULT_URGENCY = 2


class PlaceFinder(Protocol):
    """Finds the division code of a written address: (code or None, candidates)."""

    def __call__(self, text: str) -> tuple[str | None, tuple[str, ...]]: ...


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
class _Reader:
    """Shared parts of reading needs and offers rows."""

    tree: PlaceTree
    catalogue: Catalogue
    finder: PlaceFinder | None
    problems: list[Problem] = field(default_factory=list)
    seen: dict[str, Where] = field(default_factory=dict)
    _place_memo: dict[str, tuple[str | None, tuple[str, ...]]] = field(default_factory=dict)

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
        code, candidates = self._find(text)
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
        """A code of the tree: as written, or an official 6- or 12-digit form with trailing zeros."""
        if written in self.tree:
            return written
        if written in ("全国", "中国", "China", "100000", "000000"):
            return NATION if NATION in self.tree else None
        if written.isdigit() and len(written) in (6, 12):
            short = written
            for length in (9, 6, 4, 2):
                if len(written) > length and not written[length:].strip("0"):
                    short = written[:length]
            return short if short in self.tree else None
        return None

    def _find(self, text: str) -> tuple[str | None, tuple[str, ...]]:
        if self.finder is None:
            return None, ()
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

    def whole(self, row: Mapping[str, str], column: str, category: str, where: Callable[[str], Where]) -> int | None:
        """A whole quantity in base units; None when blank or unusable (then listed, and counted as unknown)."""
        written = row.get(column, "")
        found = parse_quantity(written)
        if found.problem:
            self.note(
                where(column),
                written,
                found.problem,
                "treated_as_unknown",
                "不是可用的整数，按数量未知处理",
                "not a usable whole number: counted as quantity unknown",
            )
            return None
        if found.value is None:
            return None
        if found.repaired:
            self.note(
                where(column), written, "quantity_form", "repaired", f"读作 {found.value}", f"read as {found.value}"
            )
        unit = row.get("unit", "")
        factor = self.catalogue.factor(category, unit) if unit else 1
        if factor is None:
            base = self.catalogue.categories[category].unit
            self.note(
                where("unit"),
                unit,
                "unit_unknown",
                "treated_as_unknown",
                f"不知道一“{unit}”等于多少“{base}”，按数量未知处理",
                f"it is not known how many “{base}” one “{unit}” is: counted as quantity unknown",
            )
            return None
        return found.value * factor

    def day(self, row: Mapping[str, str], column: str, where: Callable[[str], Where], action: str) -> tuple[str, bool]:
        """A day as ISO text, blank when blank; False when it is unreadable (then listed)."""
        written = row.get(column, "")
        if not written:
            return "", True
        number = parse_day(written)
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
        for column in needed:
            if not any(c in source.frame.columns for c in column.split("|")):
                raise InputError(
                    "column_missing",
                    f"缺少“{column.replace('|', '”或“')}”列",
                    f"column “{column.replace('|', '” or “')}” is missing",
                    "请改正表头，或先用 ./tongzhou read 把原表读成整洁的表",
                    "Correct the headings, or first run ./tongzhou read on the sheet as it is",
                    Where(source.file, source.sheet),
                )
        names = [c for c in source.frame.columns if not c.startswith("_")]
        for i, values in enumerate(source.frame.select(names).iter_rows()):
            row = {c: _text(v) for c, v in zip(names, values, strict=True)}
            line = source.line(i)
            yield row, lambda column, line=line: Where(source.file, source.sheet, line, column)  # type: ignore[misc]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ";".join(str(v) for v in value)
    return str(value).strip()


def read_needs(
    sources: Sequence[Source], tree: PlaceTree, catalogue: Catalogue, finder: PlaceFinder | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """Tidy needs (`NEEDS_SCHEMA`, sorted by need_id) and the problems found.

    Errors: InputError column_missing, id_missing, id_duplicate.
    """
    reader = _Reader(tree, catalogue, finder)
    out: list[tuple[object, ...]] = []
    for source in sources:
        for row, where in reader.rows(source, ("need_id", "category", "place|address", "quantity|confirmed")):
            reader.unique(row["need_id"], where("need_id"))
            line = _need(reader, row, where)
            if line is not None:
                out.append(line)
    frame = pl.DataFrame(out, schema=NEEDS_SCHEMA, orient="row").sort("need_id")
    return frame, reader.problems


def _need(reader: _Reader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[object, ...] | None:
    category = reader.category(row["category"], where("category"))
    place = reader.place(row, where)
    if category is None or place is None:
        return None
    urgency = _urgency(reader, row, where)
    asked = reader.whole(row, "quantity", category, where)
    confirmed = reader.whole(row, "confirmed", category, where)
    opened, _ = reader.day(row, "opened", where, "treated_as_unknown")
    due, _ = reader.day(row, "due", where, "treated_as_unknown")
    if opened and due and due < opened:
        reader.note(
            where("due"),
            due,
            "window_reversed",
            "treated_as_unknown",
            "截止早于开始，截止日按未知处理",
            "due is before opened: the due day counts as unknown",
        )
        due = ""
    kind = reader.catalogue.categories[category]
    if confirmed is not None:
        planned, basis = confirmed, "confirmed"
    elif asked is not None:
        roof = kind.plausible_maximum
        planned, basis = (roof, "capped") if roof is not None and asked > roof else (asked, "asked")
        if basis == "capped":
            reader.note(
                where("quantity"),
                str(asked),
                "quantity_capped",
                "capped",
                f"超出这类需求方的合理上限，按 {planned} 计划，请核实",
                f"above the plausible maximum for such a requester: planned as {planned}, please confirm",
            )
    else:
        planned, basis = kind.minimum_lot, "minimum_lot"
    return (
        row["need_id"],
        place,
        category,
        urgency,
        asked,
        confirmed,
        planned,
        basis,
        row.get("vulnerability", ""),
        opened,
        due,
        row.get("requester", ""),
    )


def _urgency(reader: _Reader, row: Mapping[str, str], where: Callable[[str], Where]) -> int:
    written = row.get("urgency", "")
    if not written:
        return _DEFAULT_URGENCY
    if written in ("0", "1", "2", "3"):
        return int(written)
    reader.note(
        where("urgency"),
        written,
        "urgency_unreadable",
        "treated_as_unknown",
        "紧急程度应为 0 至 3，按 2（重要）处理",
        "urgency is 0 to 3: counted as 2 (important)",
    )
    return _DEFAULT_URGENCY


def read_offers(
    sources: Sequence[Source], tree: PlaceTree, catalogue: Catalogue, finder: PlaceFinder | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """Tidy offers (`OFFERS_SCHEMA`, sorted by offer_id) and the problems found.

    Errors: InputError column_missing, id_missing, id_duplicate.
    """
    reader = _Reader(tree, catalogue, finder)
    out: list[tuple[object, ...]] = []
    for source in sources:
        for row, where in reader.rows(source, ("offer_id", "category", "place|address", "quantity")):
            reader.unique(row["offer_id"], where("offer_id"))
            line = _offer(reader, row, where)
            if line is not None:
                out.append(line)
    frame = pl.DataFrame(out, schema=OFFERS_SCHEMA, orient="row").sort("offer_id")
    return frame, reader.problems


def _offer(reader: _Reader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[object, ...] | None:
    category = reader.category(row["category"], where("category"))
    place = reader.place(row, where)
    coverage = _coverage(reader, row, where)
    begins, good_from = reader.day(row, "from", where, "set_aside")
    ends, good_until = reader.day(row, "until", where, "set_aside")
    if begins and ends and ends < begins:
        reader.note(
            where("until"),
            ends,
            "window_reversed",
            "set_aside",
            "截止早于开始；此行未进入计划",
            "until is before from; the row is not planned",
        )
        good_until = False
    if category is None or place is None or coverage is None or not (good_from and good_until):
        return None
    quantity = reader.whole(row, "quantity", category, where)
    reserve = reader.whole(row, "reserve", category, where)
    made_up = row.get("synthetic", "").lower() in ("1", "true", "yes", "是", "合成")
    return (
        row["offer_id"],
        row.get("organisation", ""),
        place,
        category,
        quantity,
        reserve or 0,
        ";".join(coverage),
        begins,
        ends,
        made_up,
    )


def _coverage(reader: _Reader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[str, ...] | None:
    """Codes of the subtrees an offer may serve; blank means everywhere, but a code that names nothing never does."""
    written = row.get("coverage", "")
    for mark in "；,，、|":
        written = written.replace(mark, ";")
    parts = [p.strip() for p in written.split(";") if p.strip()]
    if not parts:
        return (reader.tree.root,)
    codes = []
    for part in parts:
        code = reader.code(part)
        if code is None and not part.isdigit():
            code = reader._find(part)[0]
        if code is None:
            reader.note(
                where("coverage"),
                part,
                "coverage_unknown",
                "set_aside" if len(parts) == 1 else "kept",
                "服务范围不是任何地方的代码，这一项不算数",
                "this part of the coverage names no place and does not count",
            )
        else:
            codes.append(code)
    if not codes:
        if len(parts) > 1:
            reader.note(
                where("coverage"),
                row["coverage"],
                "coverage_unknown",
                "set_aside",
                "服务范围里没有一个地方；此行未进入计划",
                "the coverage names no place at all; the row is not planned",
            )
        return None
    return outermost(codes, reader.tree)
