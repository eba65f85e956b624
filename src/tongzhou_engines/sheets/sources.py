"""Possible sources nobody has committed: makers in the press, hotels elsewhere, donation accounts, announced gifts."""

from __future__ import annotations

from tongzhou_engines.sheets.book import Book
from tongzhou_engines.sheets.common import account_rest, joined, locate, pick_code, tidy
from tongzhou_engines.sheets.hospitals import read_entry
from tongzhou_engines.sheets.model import Cell, Draft, Row
from tongzhou_engines.sheets.services import COUNSELLING, organisation, write_lead, write_offer
from tongzhou_engines.sheets.text import clean_text, comparable, one_line

__all__ = ["read_donation", "read_enterprise_donation", "read_factory", "read_travel_hotel"]

STRANDED = ("滞留人员住宿房间", "滞留旅客酒店", "酒店")
FUNDS = ("资金", "善款")


def _name_column(row: Row) -> str:
    return next((cell.column for cell in row.cells if cell.role == "name"), "")


def read_factory(row: Row, book: Book) -> None:
    """A maker with reported capacity: one lead for each product; a bare 1 says that it makes it, not how many."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    place = locate(book, row, name).code
    notes = joined([_licence(row), tidy(row, "remark")])
    drafts: list[Draft] = []
    done = []
    for cell in row.cells:
        roles_capacity = cell.role == "supply" or (not cell.role and cell.column.endswith("产能"))
        if roles_capacity:
            made = _capacity(row, cell, name, place, notes, book)
            drafts += made
            done.append(cell)
    account_rest(book, row, drafts, done, "nothing_offered")
    book.account_row(row, drafts, "nothing_offered")


def _licence(row: Row) -> str:
    shown = tidy(row, "qualification")
    return f"资质：{shown}" if shown else ""


def _capacity(row: Row, cell: Cell, name: str, place: str, notes: str, book: Book) -> list[Draft]:
    made: list[Draft] = []
    repairs: list[str] = []
    for entry in cell.entries:
        product = one_line(entry.specification) or one_line(cell.column)
        code = book.catalogue.find(product) or book.catalogue.find(cell.column)
        asked = read_entry(book, entry, code)
        repairs += asked.repairs
        if asked.problem:
            book.problem(row, cell.column, str(entry.value or ""), asked.problem, "treated_as_unknown", asked.detail)
        if not asked.asked:
            continue
        if code is None:
            book.problem(row, cell.column, product, "category_unknown", "kept", product)
        key = (comparable(name), place, code or product, comparable(product))
        made.append(
            write_lead(
                book,
                row,
                key,
                code or product,
                "capacity_reported",
                cell.column,
                place,
                quantity=asked.quantity,
                quantity_basis=asked.basis,
                specification=clean_text(product).text,
                notes=notes,
            )
        )
    book.account(row, cell, made, "not_asked", repairs)
    return made


def read_travel_hotel(row: Row, book: Book) -> None:
    """Hotels elsewhere said to receive stranded travellers: to be called, their conditions differ and change."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    place = locate(book, row, name).code
    category = pick_code(book, STRANDED)
    key = (comparable(name), place or comparable(row.text("city")), category)
    draft = write_lead(book, row, key, category, "lodging_reported", _name_column(row), place)
    account_rest(book, row, [draft], (), "nothing_offered")
    book.account_row(row, [draft])


def read_donation(row: Row, book: Book) -> None:
    """An organisation that receives donations: a lead for funds; a counselling line in its texts is an offer."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    place = locate(book, row, name).code
    status = tidy(row, "status")
    notes = joined([f"状态：{status}" if status else ""])
    drafts = [_donation_lead(book, row, name, place, pick_code(book, FUNDS), notes)]
    if any(
        word in f"{name} {row.text('remark')} {row.text('payment')}"
        for word in ("心理援助", "心理咨询", "心理热线", "心理疏导")
    ):
        category, root = pick_code(book, COUNSELLING), book.placer.tree.root
        key = (comparable(name), category)
        drafts.append(
            write_offer(book, row, key, category, _name_column(row), place or root, coverage=root, notes=notes)
        )
    # Remarks of donation sheets are account details, so they are not carried.
    aside = [cell for cell in row.cells if cell.role == "remark"]
    for cell in aside:
        book.account(row, cell, (), "bank_not_carried")
    account_rest(book, row, drafts, aside, "nothing_offered")
    book.account_row(row, drafts)


def _donation_lead(book: Book, row: Row, name: str, place: str, category: str, notes: str) -> Draft:
    key = (comparable(name), category)
    return write_lead(book, row, key, category, "receives_donations", _name_column(row), place, notes=notes)


def read_enterprise_donation(row: Row, book: Book) -> None:
    """A gift that a company announced: already directed, so a lead; its number carries no unit and is not read."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    place = locate(book, row, name).code
    category = pick_code(book, FUNDS)
    counts = [cell for cell in row.cells if cell.role == "count"]
    for cell in counts:
        book.problem(row, cell.column, cell.text, "unit_unclear", "treated_as_unknown", "—")
    notes = joined(
        [*(f"原表数字：{one_line(cell.text)}" for cell in counts), tidy(row, "abstract"), tidy(row, "remark")]
    )
    key = (comparable(name), category, "gift")
    draft = write_lead(book, row, key, category, "gift_announced", _name_column(row), place, notes=notes)
    account_rest(book, row, [draft], (), "nothing_offered")
    book.account_row(row, [draft])
