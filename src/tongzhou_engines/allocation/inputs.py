"""Needs and offers tables as given, made into the tidy rows a plan is made from, with every bad cell listed.

A file that cannot be used stops everything (InputError); a row that cannot be used is set aside; a cell that cannot be
used counts as unknown. Nothing is dropped without a line in the problems.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from tongzhou_engines.allocation.board import outermost
from tongzhou_engines.allocation.rows import PlaceFinder, RowReader, Source, shown, sources_of
from tongzhou_engines.base.errors import Where
from tongzhou_engines.base.problems import Problem
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer.places import PlaceTree

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


def read_needs(
    sources: Sequence[Source], tree: PlaceTree, catalogue: Catalogue, finder: PlaceFinder | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """Tidy needs (`NEEDS_SCHEMA`, sorted by need_id) and the problems found.

    Errors: InputError column_missing, id_missing, id_duplicate.
    """
    reader = RowReader(tree, catalogue, finder)
    out: list[tuple[object, ...]] = []
    for source in sources:
        for row, where in reader.rows(source, ("need_id", "category", "place|address", "quantity|confirmed")):
            reader.unique(row["need_id"], where("need_id"))
            line = _need(reader, row, where)
            if line is not None:
                out.append(line)
    frame = pl.DataFrame(out, schema=NEEDS_SCHEMA, orient="row").sort("need_id")
    return frame, reader.problems


def _need(reader: RowReader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[object, ...] | None:
    category = reader.category(row["category"], where("category"))
    place = reader.place(row, where)
    if category is None or place is None:
        return None
    urgency = _urgency(reader, row, where)
    asked = reader.whole(row, "quantity", category, where)
    fallback = ("按申报的数量计划", "planned from what was asked")
    confirmed = reader.whole(row, "confirmed", category, where, fallback)
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


#: Written urgencies (words of GLOSSARY.md).
_URGENCY = {
    "0": 0, "1": 1, "2": 2, "3": 3,
    "危及生命": 0, "urgent": 1, "紧急": 1, "重要": 2, "一般": 3, "常规": 3,
    "life-critical": 0, "important": 2, "routine": 3,
}  # fmt: skip


def _urgency(reader: RowReader, row: Mapping[str, str], where: Callable[[str], Where]) -> int:
    written = row.get("urgency", "")
    if not written:
        return _DEFAULT_URGENCY
    plain = unicodedata.normalize("NFKC", written).strip().lower().removesuffix(".0")
    if plain in _URGENCY:
        level = _URGENCY[plain]
        if written != str(level):
            reader.note(where("urgency"), written, "urgency_form", "repaired", f"读作 {level}", f"read as {level}")
        return level
    reader.note(
        where("urgency"),
        shown(written),
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
    reader = RowReader(tree, catalogue, finder)
    out: list[tuple[object, ...]] = []
    for source in sources:
        for row, where in reader.rows(source, ("offer_id", "category", "place|address", "quantity")):
            reader.unique(row["offer_id"], where("offer_id"))
            line = _offer(reader, row, where)
            if line is not None:
                out.append(line)
    frame = pl.DataFrame(out, schema=OFFERS_SCHEMA, orient="row").sort("offer_id")
    return frame, reader.problems


def _offer(reader: RowReader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[object, ...] | None:
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
    hold = ("不知道要留多少，先不派；请问清", "it is not known how much to keep, so nothing is sent; please ask")
    reserve = reader.whole(row, "reserve", category, where, hold)
    if reserve is None and row.get("reserve", ""):
        quantity = None  # what the giver keeps is never given away by mistake
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


def _coverage(reader: RowReader, row: Mapping[str, str], where: Callable[[str], Where]) -> tuple[str, ...] | None:
    """Codes of the subtrees an offer may serve; blank means everywhere, but a code that names nothing never does."""
    written = row.get("coverage", "")
    for mark in "；,，、|":
        written = written.replace(mark, ";")
    parts = [p.strip() for p in written.split(";") if p.strip()]
    if not parts:
        return (reader.tree.root,)
    codes: list[str] = []
    unknown: list[str] = []
    for part in parts:
        code = reader.code(part)
        if code is None and (code := reader.named(part)) is not None:
            zh, en = reader.tree.path(code), reader.tree.path(code, "en")
            reader.note(
                where("coverage"), part, "coverage_from_text", "repaired", f"读作 {code} {zh}", f"read as {code} {en}"
            )
        if code is None:
            unknown.append(part)
        else:
            codes.append(code)
    # A code that names no place only narrows a coverage; words not understood may well narrow it (“除…外”).
    aside = not codes or any(not part.isdigit() for part in unknown)
    for part in unknown:
        reader.note(
            where("coverage"),
            shown(part),
            "coverage_unknown",
            "set_aside" if aside else "kept",
            "读不懂这一项服务范围；此行未进入计划，请写成区划代码，用;隔开"
            if aside
            else "服务范围里这个代码不是任何地方，这一项不算数",
            "this part of the coverage is not understood; the row is not planned: write division codes, separated by ;"
            if aside
            else "this code of the coverage names no place and does not count",
        )
    return None if aside else outermost(codes, reader.tree)
