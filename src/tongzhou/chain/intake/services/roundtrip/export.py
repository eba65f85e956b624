"""The needs table as a workbook: ids and versions locked, lists to choose from, a hidden memory of what went out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services.roundtrip.cells import FIELDS, HIDDEN, ID, LOCKED, SHEET, cells_of, values_of
from tongzhou.chain.intake.types import NeedState, Urgency
from tongzhou.kernel import audit, clock, crypto, ids
from tongzhou.kernel.access import Actor, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables.values import harmless
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response

__all__ = ["FORMAT", "MOST_ROWS", "editable", "seal_of", "table_out"]

FORMAT = "tongzhou-needs/1"
#: A workbook people can still handle; narrow the list first.
MOST_ROWS = 5_000
#: Empty rows below the table that can be filled in.
BELOW = 300
_WIDTHS = {
    "state": 16,
    "urgency": 12,
    "category_id": 20,
    "item": 26,
    "specification": 24,
    "place_id": 28,
    "requester": 30,
    "note": 40,
}


def editable(actor: Actor, response: Response) -> QuerySet[Need]:
    """The needs of a response that the actor may both see and change in a table."""
    found = Need.objects.filter(response=response).filter(scope(actor, policies.LIST_NEEDS))
    return found.filter(scope(actor, policies.IMPORT_SHEETS)).select_related("place", "category")


def seal_of(meta: Mapping[str, Any], rows: Iterable[str]) -> str:
    """A keyed hash over what went out, so that a changed memory is noticed."""
    said = json.dumps(dict(meta), ensure_ascii=False, sort_keys=True)
    return crypto.mac("round-trip", "\n".join([said, *rows]).encode())


@transaction.atomic
def table_out(*, actor: Actor, response: Response, needs: QuerySet[Need], said: str = "") -> bytes:
    """The workbook of these needs, logged with its filter and number of rows. No contact is in it.

    Raises ``Refusal`` export_too_long when there are more than `MOST_ROWS`.
    """
    listed = list(needs[: MOST_ROWS + 1])
    if len(listed) > MOST_ROWS:
        raise Refusal("table_too_long", most=f"{MOST_ROWS:,}")
    known = {one.key: one for one in categories(response.pk, enabled_only=False)}
    content = _Book(response, listed, known).content()
    audit.record(
        actor=actor, act="need.table_out", obj=response, changes={"export": {"filter": said[:500], "rows": len(listed)}}
    )
    return content


class _Book:
    """Writes the workbook."""

    def __init__(self, response: Response, needs: Sequence[Need], known: Mapping[str, Effective]) -> None:
        self.response, self.needs, self.known = response, needs, known
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.open_cell = self.book.add_format({"locked": False, "text_wrap": False, "num_format": "@"})
        self.number = self.book.add_format({"locked": False, "num_format": "0"})
        self.locked = self.book.add_format({"locked": True, "font_color": "#555555", "bg_color": "#EEEEEE"})
        self.head = self.book.add_format({"bold": True, "locked": True, "bg_color": "#DDE7EA", "bottom": 1})

    def content(self) -> bytes:
        page = self.book.add_worksheet(SHEET)
        self._headings(page)
        for at, need in enumerate(self.needs, 1):
            self._row(page, at, need)
        last = len(self.needs) + BELOW
        for at in range(len(self.needs) + 1, last + 1):
            for column in range(len(FIELDS)):
                page.write_blank(at, self._at(column), None, self.open_cell)
        self._lists(page, last)
        page.protect(
            "",
            {
                "sort": True,
                "autofilter": True,
                "format_columns": True,
                "format_rows": True,
                "format_cells": True,
                "insert_rows": True,
                "delete_rows": True,
                "select_locked_cells": True,
            },
        )
        page.freeze_panes(1, len(LOCKED) + 1)
        page.autofilter(0, 0, max(1, len(self.needs)), len(LOCKED) + len(FIELDS))
        self._memory()
        self.book.close()
        return self.out.getvalue()

    def _at(self, column: int) -> int:
        return 1 + len(LOCKED) + column

    def _headings(self, page: Any) -> None:
        page.write_string(0, 0, ID, self.head)
        page.set_column(0, 0, 10)
        for at, (_name, label) in enumerate(LOCKED, 1):
            page.write_string(0, at, str(label), self.head)
            page.set_column(at, at, 8 if at == 1 else 15)
        for column, (name, label) in enumerate(FIELDS):
            page.write_string(0, self._at(column), str(label), self.head)
            page.set_column(self._at(column), self._at(column), _WIDTHS.get(name, 12))
        page.write_comment(
            0,
            0,
            _(
                "编号和版本请不要改。改别的格子，存好，交回“导出去改再交回”。在最下面加行就是新的需求；删掉的行不起作用。"
            ),
        )

    def _row(self, page: Any, at: int, need: Need) -> None:
        page.write_string(at, 0, str(need.pk), self.locked)
        page.write_number(at, 1, need.version, self.locked)
        page.write_string(at, 2, ids.format_code(need.code), self.locked)
        for column, (name, text) in enumerate(cells_of(need, self.known).items()):
            if name == "quantity_asked" and text:
                page.write_number(at, self._at(column), int(text), self.number)
            else:
                page.write_string(at, self._at(column), harmless(text), self.open_cell)

    def _lists(self, page: Any, last: int) -> None:
        lists = self.book.add_worksheet("_lists")
        lists.very_hidden()
        names = [name for name, _label in FIELDS]
        states = [str(one.label) for one in NeedState]
        words = {
            "state": states,
            "urgency": [str(one.label) for one in Urgency],
            "category_id": sorted({one.label for one in self.known.values()}),
        }
        for at, (name, values) in enumerate(words.items()):
            lists.write_column(0, at, values)
            letter = "ABC"[at]
            column = self._at(names.index(name))
            page.data_validation(
                1,
                column,
                last,
                column,
                {
                    "validate": "list",
                    "source": f"=_lists!${letter}$1:${letter}${len(values)}",
                    "ignore_blank": True,
                    "error_title": _("请从下拉框里选"),
                    "error_message": _("这一格只能是列表里的词。"),
                    "error_type": "warning",
                },
            )

    def _memory(self) -> None:
        """What went out, need by need, so that only cells somebody edited count when it comes back."""
        page = self.book.add_worksheet(HIDDEN)
        page.very_hidden()
        page.protect()
        rows = [
            json.dumps(
                [str(need.pk), need.version, list(cells_of(need, self.known).values()), values_of(need)],
                ensure_ascii=False,
            )
            for need in self.needs
        ]
        meta = {
            "format": FORMAT,
            "response": str(self.response.pk),
            "at": clock.now().isoformat(),
            "language": get_language() or "zh-hans",
            "id": ID,
            "headings": [str(label) for _name, label in FIELDS],
        }
        page.write_string(0, 0, json.dumps(meta, ensure_ascii=False, sort_keys=True))
        page.write_string(0, 1, seal_of(meta, rows))
        for at, text in enumerate(rows, 1):
            page.write_string(at, 0, text)
