"""Rows of hospitals (and whoever else asks in their sheet) to needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongzhou_engines.base.quantities import parse_quantity
from tongzhou_engines.sheets.amounts import Amount, Item
from tongzhou_engines.sheets.book import Book
from tongzhou_engines.sheets.common import account_rest, china_date, joined, link, locate, source, tidy
from tongzhou_engines.sheets.model import Cell, Draft, Entry, Row, line_id
from tongzhou_engines.sheets.text import clean_text, comparable, one_line

__all__ = ["Asked", "read_entry", "read_hospitals"]

#: Default urgency of a need (docs/methods/allocation.md): important, neither urgent nor life-critical.
DEFAULT_URGENCY = 2

_HINTS = re.compile(r"急需|急缺|告急|紧缺|奇缺|急求|十万火急|救命")
_NO = re.compile(r"(?:不需要?|无|否|没有|不缺|暂不需要|no|n|[-—/×x])\Z", re.IGNORECASE)
_YES = re.compile(r"(?:需要?|急需|急缺|有|是|缺|若干|大量|不限|越多越好|yes|y|[√✓☑])\Z", re.IGNORECASE)
_HOUSE = re.compile(r"(\d+)(?:[-—－–]\d+)?(?=号)")
_PUBLISHED = re.compile(
    r"(?:发布|公告|公布)[^\d\n]{0,6}(\d{4}\s*[年.-]\s*\d{1,2}\s*[月.-]\s*\d{1,2})|(\d{4}年\d{1,2}月\d{1,2})日?发布"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cell of goods says: whether anything is asked, how many (None: unknown), and what happened on reading."""

    asked: bool
    quantity: int | None = None
    basis: str = "unknown"
    specification: str = ""
    problem: str = ""
    detail: str = ""
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Host:
    """Who asks: the parts its ids are made from, its name and place."""

    key: tuple[str, ...]
    name: str
    place: str


def read_entry(book: Book, entry: Entry, code: str | None, *, bare_one_is_one: bool = False) -> Asked:
    """Read one quantity cell: 0 is not asked, a bare 1 and null are "needed, quantity unknown", text is searched."""
    if entry.value is None:
        return Asked(True, None, "unknown", entry.specification, "cell_unreadable_upstream")
    text = one_line(str(entry.value)) if isinstance(entry.value, str) else entry.value
    quantity = parse_quantity(text)
    repairs = ("quantity_repaired",) if quantity.repaired else ()
    if quantity.value is not None:
        if quantity.value == 0:
            return Asked(False)
        if quantity.value == 1 and not bare_one_is_one:
            return Asked(True, None, "unknown", entry.specification)
        return Asked(True, quantity.value, "written", entry.specification, repairs=repairs)
    if quantity.problem and quantity.problem != "unreadable_quantity":
        return Asked(True, None, "unknown", entry.specification, quantity.problem)
    return _read_words(book, str(text), entry.specification, code)


def _read_words(book: Book, text: str, specification: str, code: str | None) -> Asked:
    if not text or _NO.match(text):
        return Asked(False)
    if _YES.match(text):
        return Asked(True, None, "unknown", specification)
    amount = book.reader.whole(text, code) or book.reader.within(text, code)
    if amount is not None:
        spec = joined([specification, text]) if amount.value is None else specification
        repairs = ("quantity_repaired",) if amount.repaired or amount.value is not None else ()
        basis = "read_from_text" if amount.value is not None else "unknown"
        return Asked(True, amount.value, basis, spec, amount.problem or "", amount.unit, repairs)
    # A standard or a device named in the cell (YY 0469-2011, 体温枪): asked for, and this is the specification.
    return Asked(True, None, "unknown", joined([text, specification]))


def read_hospitals(rows: Sequence[Row], book: Book) -> None:
    """Read all rows of hospital sheets into `book`; rows of one requester (same name and place) are put together."""
    hosts = _hosts(rows, book)
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        host = hosts.get(id(row))
        if host is None:
            book.set_row_aside(row, "no_name")
            continue
        before = first.setdefault((*host.key, row.as_of), row)
        if before is not row:
            where = f"{before.file} {before.sheet} {before.row}"
            book.problem(row, "", host.name, "duplicate_row", "kept", where)
        _read_row(row, host, book)


def _hosts(rows: Sequence[Row], book: Book) -> dict[int, _Host]:
    """Who asks in each row; requesters of one name and place with different house numbers are kept apart."""
    groups: dict[tuple[str, str], list[tuple[Row, str, str]]] = defaultdict(list)
    for row in rows:
        name = one_line(clean_text(row.text("name")).text).replace("；", "、")
        if not comparable(name):
            continue
        place = locate(book, row, name).code
        where = place or "written:" + comparable(row.text("province") + row.text("city") + row.text("district"))
        groups[(comparable(name), where)].append((row, name, place))
    hosts: dict[int, _Host] = {}
    for (key_name, where), members in groups.items():
        sites = _sites([row for row, _, _ in members])
        for row, name, place in members:
            site = sites[id(row)]
            hosts[id(row)] = _Host((key_name, where, site), name, place)
            if site:
                book.problem(row, "", name, "same_name_two_addresses", "kept")
    return hosts


def _sites(rows: Sequence[Row]) -> dict[int, str]:
    """For rows of one name and place: blank, or the house numbers that tell a second site apart."""
    numbers = {id(row): frozenset(_HOUSE.findall(row.text("address"))) for row in rows}
    clusters: list[set[str]] = []
    for found in sorted(set(numbers.values()), key=sorted):
        if not found:
            continue
        joint = [cluster for cluster in clusters if cluster & found]
        merged = set(found).union(*joint)
        clusters = [cluster for cluster in clusters if not cluster & found] + [merged]
    # With several sites every one carries its numbers, so that none can take over the identity of another later on.
    several = clusters if len(clusters) > 1 else []
    names = {number: ",".join(sorted(cluster)) for cluster in several for number in cluster}
    return {
        key: next((names[number] for number in sorted(found) if number in names), "") for key, found in numbers.items()
    }


def _read_row(row: Row, host: _Host, book: Book) -> None:
    shared = _shared(row, host)
    drafts: list[Draft] = []
    by_code: dict[str, list[Draft]] = defaultdict(list)
    done: list[Cell] = []
    for cell in (c for c in row.cells if c.role == "supply"):
        made = _read_supply(row, cell, host, shared, by_code, book)
        drafts += made
        done.append(cell)
    for cell in (c for c in row.cells if c.role == "remark"):
        made = _read_remark(row, cell, host, shared, by_code, book)
        drafts += [draft for draft in made if draft not in drafts]
    account_rest(book, row, drafts, done, "nothing_asked")
    book.account_row(row, drafts, "nothing_asked")


def _shared(row: Row, host: _Host) -> dict[str, object]:
    remark = row.text("remark")
    hints = "、".join(dict.fromkeys(_HINTS.findall(remark)))
    published = _PUBLISHED.search(remark)
    opened = china_date((published[1] or published[2]) + "日")[0] if published else ""
    if not opened:
        opened = china_date(row.text("date"))[0]
    url = link(row)
    return {
        "place": host.place,
        "urgency": DEFAULT_URGENCY,
        "opened": opened,
        "requester": host.name,
        "address": tidy(row, "address"),
        "notes": joined([tidy(row, "remark"), f"原文提示：{hints}" if hints else "", f"来源：{url}" if url else ""]),
        "requester_id": line_id("requester", host.key),
    }


def _key(host: _Host, code: str, written: str, taken: Sequence[Draft]) -> tuple[str, ...]:
    """What the id of a need is made from; further goods of one category in a row differ by their written name."""
    item = ""
    if taken:
        same = sum(draft.key[-1].split("#")[0] == comparable(written) for draft in taken)
        item = comparable(written) + (f"#{same + 1}" if same else "")
    return (*host.key, code, item)


def _read_supply(
    row: Row, cell: Cell, host: _Host, shared: dict[str, object], by_code: dict[str, list[Draft]], book: Book
) -> list[Draft]:
    code = book.catalogue.find(cell.column)
    category = code or one_line(cell.column)
    made: list[Draft] = []
    repairs: list[str] = []
    for entry in cell.entries:
        asked = read_entry(book, entry, code)
        repairs += asked.repairs
        if asked.problem:
            action = "treated_as_unknown" if asked.quantity is None else "kept"
            book.problem(
                row, cell.column, "" if entry.value is None else str(entry.value), asked.problem, action, asked.detail
            )
        if asked.asked:
            fields = _fields(row, cell.column, shared, book, code, asked)
            draft = book.draft(
                "needs", _key(host, category, cell.column, by_code[category]), row, {**fields, "category": category}
            )
            by_code[category].append(draft)
            made.append(draft)
    if made and code is None:
        book.problem(row, cell.column, cell.text, "category_unknown", "kept", cell.column)
    book.account(row, cell, made, "not_asked", repairs)
    return made


def _fields(
    row: Row, column: str, shared: dict[str, object], book: Book, code: str | None, asked: Asked
) -> dict[str, object]:
    return {
        **shared,
        **source(row, column),
        "quantity": asked.quantity,
        "unit": book.catalogue.categories[code].unit if code else "",
        "quantity_basis": asked.basis,
        "specification": clean_text(asked.specification).text,
    }


def _read_remark(
    row: Row, cell: Cell, host: _Host, shared: dict[str, object], by_code: dict[str, list[Draft]], book: Book
) -> list[Draft]:
    touched: list[Draft] = []
    in_columns = {code: list(drafts) for code, drafts in by_code.items()}
    for item in book.reader.items(cell.text):
        amount = item.amount
        shown = item.written + (f" {amount.value}" if amount and amount.value is not None else "")
        if item.code is None:
            book.problem(row, cell.column, item.written, "category_unknown", "kept", item.written)
        elif item.part:
            book.problem(row, cell.column, item.written, "part_of_column", "kept", shown)
        elif in_columns.get(item.code):
            touched += _fill(row, cell, item, in_columns[item.code][0], book, shown)
        else:
            touched.append(_extra(row, cell, item, host, shared, by_code, book))
    return touched


def _fill(row: Row, cell: Cell, item: Item, draft: Draft, book: Book, shown: str) -> Iterable[Draft]:
    """A remark about goods that a column asks for: it gives the quantity when the column gives none."""
    amount = item.amount
    if amount is None:
        return [draft]
    if draft.fields.get("quantity") is None:
        _list_amount(row, cell, item, amount, book)
        if amount.value is not None:
            draft.fields.update(quantity=amount.value, quantity_basis="read_from_text")
    elif amount.value is not None and amount.value != draft.fields["quantity"]:
        book.problem(row, cell.column, item.written, "text_quantity_not_used", "kept", shown)
    return [draft]


def _extra(
    row: Row,
    cell: Cell,
    item: Item,
    host: _Host,
    shared: dict[str, object],
    by_code: dict[str, list[Draft]],
    book: Book,
) -> Draft:
    """A need that only the remark tells."""
    assert item.code is not None
    amount = item.amount
    if amount is not None:
        _list_amount(row, cell, item, amount, book)
    value = amount.value if amount else None
    asked = Asked(True, value, "read_from_text" if value is not None else "unknown", item.written)
    fields = {**_fields(row, cell.column, shared, book, item.code, asked), "category": item.code}
    draft = book.draft("needs", _key(host, item.code, item.written, by_code[item.code]), row, fields)
    by_code[item.code].append(draft)
    return draft


def _list_amount(row: Row, cell: Cell, item: Item, amount: Amount, book: Book) -> None:
    if amount.problem:
        action = "kept" if amount.value is not None else "treated_as_unknown"
        book.problem(row, cell.column, item.written, amount.problem, action, amount.unit)
