"""Rows of plain tables (one line for each thing, or one column for each kind of goods) to needs, offers and leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongzhou_engines.base.cells import cell_text, plain_cell
from tongzhou_engines.base.errors import InputError, Where
from tongzhou_engines.base.quantities import parse_quantity
from tongzhou_engines.sheets.book import Book
from tongzhou_engines.sheets.common import china_date, joined, source
from tongzhou_engines.sheets.hospitals import DEFAULT_URGENCY, Asked, read_entry
from tongzhou_engines.sheets.layout import Column, Layout
from tongzhou_engines.sheets.model import TABLES, Cell, Draft, Entry, Row, line_id
from tongzhou_engines.sheets.text import clean_text, comparable, one_line
from tongzhou_engines.sheets.words import WHY_LEAD

__all__ = ["PlainReader", "rows_of_table"]

_ASIDE = {
    "contact": "contact_not_carried",
    "row_number": "row_number",
    "source": "column_not_used",
    "": "column_not_used",
}
_WHO = {"needs": "requester", "offers": "organisation", "leads": "organisation"}


def rows_of_table(
    rows: Sequence[Sequence[object]], layout: Layout, *, file: str, sheet: str, as_of: str, hints: tuple[str, ...]
) -> list[Row]:
    """The rows of a plain table; what stands above and in the heading row comes as rows of kind heading."""
    out = []
    for index, cells in enumerate(rows):
        texts = [plain_cell(cell_text(cell)) for cell in cells]
        if index <= layout.header:
            held = tuple(Cell(f"({i + 1})", "heading", text) for i, text in enumerate(texts) if text.strip())
            if held:
                out.append(Row("heading", file, sheet, index + 1, held, as_of))
            continue
        held = tuple(
            Cell(column.heading, column.role, texts[column.index])
            for column in layout.columns
            if column.index < len(texts) and texts[column.index].strip()
        )
        if held:
            out.append(Row("table", file, sheet, index + 1, held, as_of, hints))
    return out


@dataclass
class PlainReader:
    """Reads the rows of one plain table into `book`."""

    book: Book
    layout: Layout

    def read(self, row: Row) -> None:
        """One row: a line for its category, or one for every column of goods that asks for something."""
        layout = self.layout
        by_heading = {cell.column: cell for cell in row.cells}
        shared = self._shared(row)
        drafts: list[Draft] = []
        done: list[Cell] = []
        for column in layout.of("goods"):
            cell = by_heading.get(column.heading)
            if cell is not None:
                drafts += self._goods(row, column, cell, shared, drafts)
                done.append(cell)
        if layout.of("category"):
            drafts += self._line(row, shared, drafts, done)
        reason = "nothing_asked" if layout.table == "needs" else "nothing_offered"
        for cell in row.cells:
            if all(cell is not other for other in done):
                self._account(row, cell, drafts, reason)
        self.book.account_row(row, drafts, reason)

    def _account(self, row: Row, cell: Cell, drafts: Sequence[Draft], reason: str) -> None:
        if cell.role in _ASIDE:
            self.book.account(row, cell, (), _ASIDE[cell.role])
            return
        repairs = (
            self.book.clean(row, cell)[1] if cell.role in ("requester", "organisation", "notes", "address") else ()
        )
        self.book.account(row, cell, drafts, reason, repairs)

    def _shared(self, row: Row) -> dict[str, object]:
        table = self.layout.table
        who = one_line(clean_text(row.text(_WHO[table])).text) or one_line(
            clean_text(row.text("requester") or row.text("organisation")).text
        )
        specification = clean_text(row.text("specification")).text
        fields: dict[str, object] = {
            "place": self._place(row, who),
            "address": clean_text(row.text("address")).text,
            "notes": clean_text(row.text("notes")).text,
            "specification": specification,
            _WHO[table]: who,
        }
        if table == "needs":
            fields |= {
                "urgency": self._urgency(row),
                "confirmed": self._whole(row, "confirmed"),
                "vulnerability": row.text("vulnerability"),
                "opened": self._date(row, "opened"),
                "due": self._date(row, "due"),
            }
        elif table == "offers":
            fields |= {
                "reserve": self._whole(row, "reserve"),
                "from": self._date(row, "from"),
                "until": self._date(row, "until"),
                "coverage": self._coverage(row),
            }
        else:
            why = row.text("why") if row.text("why") in WHY_LEAD else "in_table"
            fields |= {"why": why, "why_zh": WHY_LEAD[why][0], "why_en": WHY_LEAD[why][1], "url": row.text("url")}
        known_date = row.text("as_of").strip()
        fields["as_of"] = known_date or row.as_of
        return fields

    def _place(self, row: Row, who: str) -> str:
        book = self.book
        written = one_line(row.text("place"))
        if written in book.placer.tree:
            return written
        if written and written.isdigit():
            self._list(row, "place", written, "place_unknown", "kept", written)
            return ""
        texts = {role: one_line(row.text(role)) for role in ("province", "city", "district")}
        address = joined([written, one_line(row.text("address"))])
        hint = "" if any(texts.values()) or written else book.placer.hint(row.hints)
        found = book.placer.locate(texts["province"], texts["city"], texts["district"], address, who, hint)
        for role, code, detail in found.problems:
            self._list(row, role, row.text(role) or joined([address, who]), code, "kept", detail)
        return found.code

    def _list(self, row: Row, role: str, value: str, code: str, action: str, detail: str = "") -> None:
        column = next((cell.column for cell in row.cells if cell.role == role), "")
        self.book.problem(row, column, value, code, action, detail)

    def _urgency(self, row: Row) -> int:
        text = one_line(row.text("urgency"))
        if not text:
            return DEFAULT_URGENCY
        read = parse_quantity(text)
        if read.value is not None and read.value <= 3:
            return read.value
        self._list(row, "urgency", text, "urgency_unreadable", "repaired", text)
        return DEFAULT_URGENCY

    def _whole(self, row: Row, role: str) -> int | None:
        read = parse_quantity(row.text(role))
        if read.problem:
            self._list(row, role, row.text(role), read.problem, "treated_as_unknown")
        return read.value

    def _date(self, row: Row, role: str) -> str:
        text = one_line(row.text(role))
        date = china_date(text)[0] if text else ""
        if text and not date:
            self._list(row, role, text, "date_unreadable", "treated_as_unknown", text)
        return date

    def _coverage(self, row: Row) -> str:
        text = row.text("coverage")
        codes = []
        for part in text.replace("；", ";").replace("、", ";").replace(",", ";").split(";"):
            if not part.strip():
                continue
            match = self.book.placer.match(part.strip())
            if part.strip() in self.book.placer.tree:
                codes.append(part.strip())
            elif match.status == "found":
                codes.append(match.code)
            else:
                self._list(row, "coverage", part, "coverage_unresolved", "kept")
                codes.append(part.strip())
        return ";".join(dict.fromkeys(codes))

    def _goods(
        self, row: Row, column: Column, cell: Cell, shared: dict[str, object], taken: Sequence[Draft]
    ) -> list[Draft]:
        code = column.category
        asked = self._read(row, cell.column, cell.text, column.unit, code)
        made = [self._draft(row, shared, code, cell.column, cell.column, asked, taken)] if asked.asked else []
        self.book.account(row, cell, made, "not_asked", asked.repairs)
        return made

    def _line(self, row: Row, shared: dict[str, object], taken: Sequence[Draft], done: list[Cell]) -> list[Draft]:
        written = one_line(row.text("category"))
        if not written:
            if any(cell.role == "quantity" for cell in row.cells):
                self._list(row, "category", "", "row_incomplete", "set_aside", "category 类别")
            return []
        code = self.book.catalogue.find(written)
        if code is None:
            self._list(row, "category", written, "category_unknown", "kept", written)
        cell = next((c for c in row.cells if c.role == "quantity"), None)
        heading = next((c for c in self.layout.of("quantity")), None)
        unit = one_line(row.text("unit")) or (heading.unit if heading else "")
        column = cell.column if cell else (heading.heading if heading else "")
        asked = self._read(row, column, cell.text, unit, code) if cell else Asked(True)
        made = []
        if asked.asked:
            item = joined([written, str(shared["specification"])])
            made = [self._draft(row, shared, code or written, item, column, asked, taken)]
        if cell is not None:
            self.book.account(row, cell, made, "not_asked", asked.repairs)
            done.append(cell)
        return made

    def _read(self, row: Row, column: str, text: str, unit: str, code: str | None) -> Asked:
        """A quantity with the unit of its row or heading; a bare 1 is one only where a unit is known."""
        asked = read_entry(self.book, Entry(text), code, bare_one_is_one=bool(unit) or self.layout.tidy)
        if asked.quantity is None and asked.asked and one_line(text) == "1":
            self.book.problem(row, column, text, "bare_one", "treated_as_unknown")
        if asked.problem:
            self.book.problem(row, column, text, asked.problem, "treated_as_unknown", asked.detail)
        if asked.quantity is None or asked.basis != "written" or not unit:
            return asked
        factor = self.book.catalogue.factor(code, unit) if code else 1
        if factor is None:
            self.book.problem(row, column, f"{text} {unit}", "unit_unclear", "treated_as_unknown", unit)
            spec = joined([asked.specification, f"{text}{unit}"])
            return Asked(True, None, "unknown", spec, "unit_unclear", unit)
        repairs = (*asked.repairs, "unit_converted") if factor != 1 else asked.repairs
        return Asked(True, asked.quantity * factor, "written", asked.specification, repairs=repairs)

    def _draft(
        self,
        row: Row,
        shared: dict[str, object],
        category: str,
        item: str,
        column: str,
        asked: Asked,
        taken: Sequence[Draft],
    ) -> Draft:
        table = self.layout.table
        known = self.book.catalogue.categories.get(category)
        who, place = str(shared[_WHO[table]]), str(shared["place"])
        host = (comparable(who), place or "written:" + comparable(str(shared["address"])), "")
        fields = {
            **source(row, column),
            **shared,
            "category": category,
            "quantity": asked.quantity,
            "quantity_basis": asked.basis if row.text("quantity_basis") == "" else row.text("quantity_basis"),
            "unit": known.unit if known else one_line(row.text("unit")),
            "specification": joined([str(shared["specification"]), clean_text(asked.specification).text]),
        }
        if table == "needs":
            fields["requester_id"] = line_id("requester", host)
        given = one_line(row.text(TABLES[table][0]))
        if given:
            key: tuple[str, ...] = ("given", given, category if self.layout.of("goods") else "")
            self._once(given, row)
        elif any(draft.key[:4] == (*host, category) for draft in taken) or self.layout.of("category"):
            key = (*host, category, comparable(item))
        else:
            key = (*host, category, "")
        before = self.book.drafts.get((table, *key))
        if before is not None and before not in taken and before.fields.get("as_of") == fields["as_of"]:
            where = f"{before.fields['source_file']} {before.fields['source_sheet']} {before.fields['source_row']}"
            self.book.problem(row, column, who, "duplicate_row", "kept", where)
        draft = self.book.draft(table, key, row, fields)
        if given and len(self.layout.of("goods")) == 0:
            draft.given_id = given
        return draft

    def _once(self, given: str, row: Row) -> None:
        before = self.book.given.setdefault((self.layout.table, given), row)
        if before is not row:
            where = Where(row.file, row.sheet, row.row, TABLES[self.layout.table][0])
            raise InputError(
                "id_duplicate",
                f"编号 {given} 已在 {before.file} 第 {before.row} 行出现",
                f"id {given} already stands in {before.file} row {before.row}",
                "请改成不同的编号，或删去重复的行",
                "Give different ids or remove the repeated row",
                where,
            )
