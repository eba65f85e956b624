"""Where rows become lines: drafts of needs, offers and leads, and the account of what became of every cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tongzhou_engines.base.problems import Problem, shortened
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets.amounts import ItemReader
from tongzhou_engines.sheets.model import Cell, Draft, Row
from tongzhou_engines.sheets.placing import Placer
from tongzhou_engines.sheets.text import clean_text
from tongzhou_engines.sheets.words import PROBLEMS, REASONS

__all__ = ["Book", "Traced"]


@dataclass(frozen=True, slots=True)
class Traced:
    """What became of one cell (or, with a blank column, of one row)."""

    row: Row
    column: str
    drafts: tuple[Draft, ...]
    reason: str
    repairs: tuple[str, ...]


@dataclass
class Book:
    """Collects drafts, traces and problems while rows are read.

    given: ids that plain tables give themselves, by table, with the row that gave them.
    """

    placer: Placer
    catalogue: Catalogue
    reader: ItemReader
    drafts: dict[tuple[str, ...], Draft] = field(default_factory=dict)
    traces: list[Traced] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    given: dict[tuple[str, str], Row] = field(default_factory=dict)

    def problem(self, row: Row, column: str, value: str, code: str, action: str, detail: str = "") -> None:
        """List a problem of a cell; `detail` goes into its text. Values are freed of personal content first."""
        zh, en = PROBLEMS[code]
        shown = shortened(clean_text(detail).text)
        cleaned = shortened(clean_text(value).text)
        listed = Problem(
            row.file, row.sheet, row.row or None, column, cleaned, code, action, zh.format(shown), en.format(shown)
        )
        self.problems.append(listed)

    def clean(self, row: Row, cell: Cell) -> tuple[str, tuple[str, ...]]:
        """The text of `cell` fit to be written out and the repairs made; removals of personal content are listed."""
        cleaned = clean_text(cell.text)
        if "personal_removed" in cleaned.repairs:
            self.problem(row, cell.column, cleaned.text, "personal_removed", "repaired")
        return cleaned.text, cleaned.repairs

    def draft(self, table: str, key: tuple[str, ...], row: Row, fields: dict[str, object]) -> Draft:
        """The line with this key: a new one, or the one that another row of the same requester began.

        Of two rows the later snapshot counts; within one snapshot a written quantity beats none and a larger one a
        smaller one, and the difference is listed. Which row comes first makes no difference.
        """
        known = self.drafts.get((table, *key))
        if known is None:
            known = self.drafts[(table, *key)] = Draft(table, key, dict(fields))
            return known
        if str(fields.get("as_of") or "") > str(known.fields.get("as_of") or ""):
            known.fields = {**known.fields, **fields}
            return known
        old, new = known.fields.get("quantity"), fields.get("quantity")
        if _rank(fields) > _rank(known.fields):
            known.fields = {**known.fields, **fields}
        if isinstance(old, int) and isinstance(new, int) and old != new:
            both = f"{min(old, new)} / {max(old, new)}"
            self.problem(row, str(fields.get("source_column") or ""), both, "duplicate_conflict", "kept", both)
        return known

    def account(
        self, row: Row, cell: Cell, drafts: Iterable[Draft] = (), reason: str = "", repairs: Iterable[str] = ()
    ) -> None:
        """Record what became of one cell: lines it went into, or the reason it was set aside."""
        unique = tuple(dict.fromkeys(drafts))
        if not unique and not reason:
            reason = "column_not_used"
        self.traces.append(Traced(row, cell.column, unique, "" if unique else reason, tuple(dict.fromkeys(repairs))))

    def account_row(self, row: Row, drafts: Sequence[Draft], reason: str = "") -> None:
        """Record what became of the row as a whole."""
        unique = tuple(dict.fromkeys(drafts))
        self.traces.append(Traced(row, "", unique, "" if unique else reason or "blank_row", ()))

    def set_row_aside(self, row: Row, reason: str) -> None:
        """Set a whole row and every cell of it aside."""
        if reason not in REASONS:
            raise ValueError(reason)
        self.account_row(row, (), reason)
        for cell in row.cells:
            self.account(row, cell, (), reason)


def _rank(fields: dict[str, object]) -> tuple[int, tuple[str, ...]]:
    """What decides between two rows of one requester: the quantity, then the rest of the content, not its position."""
    quantity = fields.get("quantity")
    content = sorted(f"{name}={value}" for name, value in fields.items() if not name.startswith("source_"))
    return (quantity if isinstance(quantity, int) else -1), tuple(content)
