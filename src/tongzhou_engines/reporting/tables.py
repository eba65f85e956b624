"""Tables as a page shows them: caption, columns, rows shown, rows folded away, and a note on what is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tongzhou_engines.reporting.groups import Cut
from tongzhou_engines.reporting.labels import label
from tongzhou_engines.reporting.texts import Both, whole

__all__ = ["Cell", "Column", "TableView", "table_of"]

Cell = Both | Markup | str
RowMaker = Callable[[Mapping[str, Any]], Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numbers stand to the right, wide texts get room on a narrow screen."""

    heading: Both
    number: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    """A table ready for the page; the first cell of a row is its heading. `rest`: the note on rows not listed."""

    caption: Both
    columns: Sequence[Column]
    shown: Sequence[Sequence[Cell]]
    folded: Sequence[Sequence[Cell]] = ()
    rest: Both | None = None
    total: Sequence[Cell] | None = None


def table_of(
    caption: Both, columns: Sequence[Column], part: Cut, make: RowMaker, *, sheet: str = "", file: str = ""
) -> TableView:
    """A table from a cut frame; `sheet` (key of its label) or `file` is where the rest can be found.

    The caption may hold {shown} and {total}: rows listed, and rows there are.
    """
    listed = part.shown.height + part.folded.height
    rest = None
    if part.rest:
        where = label("rest_file", n=whole(part.rest), file=file) if file else _in_workbook(part.rest, sheet)
        rest = where
    return TableView(
        caption=caption.fill(shown=whole(listed), total=whole(part.total)),
        columns=columns,
        shown=[make(row) for row in part.shown.iter_rows(named=True)],
        folded=[make(row) for row in part.folded.iter_rows(named=True)],
        rest=rest,
    )


def _in_workbook(left: int, sheet: str) -> Both:
    name = label(sheet)
    return label("rest_rows", n=whole(left), sheet=f"{name.zh} {name.en}")
