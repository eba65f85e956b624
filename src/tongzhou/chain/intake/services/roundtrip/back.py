"""The edited table comes back: which cells somebody changed, what they mean, and how they stand beside the desk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import ImportKind, Table
from tongzhou.chain.intake.services.roundtrip.cells import FIELDS, HIDDEN, Meaning, plain, read_cell
from tongzhou.chain.intake.services.roundtrip.export import FORMAT, seal_of
from tongzhou.chain.intake.services.sheets import files, rows
from tongzhou.chain.intake.services.sheets.compare import chunks
from tongzhou.chain.intake.services.sheets.lines import Line, Reading, key_of
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response
from tongzhou_engines.base.cells import cell_text
from tongzhou_engines.base.files import read_rows

__all__ = ["table_back"]


@dataclass(frozen=True, slots=True)
class _Memory:
    """What went out: the headings in use, and for each id its version and cells."""

    response: str
    id_heading: str
    headings: tuple[str, ...]
    rows: Mapping[str, tuple[int, tuple[str, ...], tuple[Any, ...]]]
    language: str


def table_back(*, actor: Actor, response: Response, name: str, content: bytes) -> ImportBatch:
    """Take an edited table back as a batch to be looked at; nothing on the desk changes yet.

    Raises ``Refusal`` import_foreign (not ours, or its memory was changed), import_other_response, response_closed,
    not_found, and InputError for a file that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="tongzhou-") as folder:
        sheets = read_rows(files.lay_down(name, content, Path(folder)))
    memory = _memory(sheets)
    if memory.response != str(response.pk):
        raise Refusal("import_other_response")
    page = _page(sheets, memory)
    batch = rows.open_batch(
        actor=actor, response=response, kind=ImportKind.ROUND, name=name, content=content, source=_("改好的需求表")
    )
    known = {one.key: one for one in categories(response.pk, enabled_only=False)}
    with override(memory.language):  # the words in the cells are those of the page it was exported from
        lines = list(_Lines(actor, batch, memory, known, page).lines())
    problems = [problem for line in lines for problem in line.problems]
    batch = rows.lay_lines(actor=actor, batch=batch, reading=Reading(tuple(lines), tuple(problems), (), len(lines)))
    there = {line.read.get("id") for line in lines}
    rows.keep(batch, counts={**batch.counts, "absent": sum(one not in there for one in memory.rows)})
    return batch


def _memory(sheets: Mapping[str, Sequence[Sequence[object]]]) -> _Memory:
    """The hidden sheet; ``Refusal("import_foreign")`` when it is missing or was changed."""
    hidden = sheets.get(HIDDEN)
    if not hidden:
        raise Refusal("import_foreign")
    first = [cell_text(cell) for cell in hidden[0]] + ["", ""]
    texts = [cell_text(row[0]) for row in hidden[1:] if row and cell_text(row[0])]
    try:
        meta = json.loads(first[0])
        if meta["format"] != FORMAT or seal_of(meta, texts) != first[1]:
            raise Refusal("import_foreign")
        listed = [json.loads(text) for text in texts]
        known = {str(one[0]): (int(one[1]), tuple(one[2]), tuple(one[3])) for one in listed}
        return _Memory(str(meta["response"]), str(meta["id"]), tuple(meta["headings"]), known, str(meta["language"]))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal("import_foreign") from error


def _page(sheets: Mapping[str, Sequence[Sequence[object]]], memory: _Memory) -> Iterator[tuple[int, str, list[str]]]:
    """(row number, id, cells in the order of `FIELDS`) of every row with content, wherever its columns are now."""
    for name, table in sheets.items():
        if name.startswith("_") or not table:
            continue
        head = [cell_text(cell).strip() for cell in table[0]]
        if memory.id_heading not in head:
            continue
        missing = [one for one in memory.headings if one not in head]
        if missing:
            raise Refusal("import_columns", names="、".join(missing))
        at = head.index(memory.id_heading)
        columns = [head.index(one) for one in memory.headings]
        return (
            (number, _text(row, at), [_text(row, column) for column in columns])
            for number, row in enumerate(table[1:], 2)
            if any(_text(row, one) for one in (at, *columns))
        )
    raise Refusal("import_foreign")


def _text(row: Sequence[object], at: int) -> str:
    return plain(cell_text(row[at])) if at < len(row) else ""


class _Lines:
    """Makes a line of every row that says something."""

    def __init__(
        self,
        actor: Actor,
        batch: ImportBatch,
        memory: _Memory,
        known: Mapping[str, Effective],
        page: Iterator[tuple[int, str, list[str]]],
    ) -> None:
        self.actor, self.batch, self.memory, self.known, self.page = actor, batch, memory, known, list(page)
        self.needs: dict[str, Need] = {}
        wanted = {one for _number, one, _cells in self.page if one in memory.rows}
        for some in chunks(wanted):
            found = Need.objects.filter(pk__in=some, response_id=batch.response_id)
            self.needs |= {str(need.pk): need for need in found}

    def lines(self) -> Iterator[Line]:
        seen: set[str] = set()
        for number, said, cells in self.page:
            if not said:
                yield self._new(number, cells)
            elif said not in self.memory.rows or not self._may(said):
                yield self._refused(number, said, "id_unknown")
            elif said in seen:
                yield self._refused(number, said, "id_twice")
            else:
                seen.add(said)
                yield self._edited(number, said, cells)

    def _may(self, said: str) -> bool:
        need = self.needs.get(said)
        return need is not None and allows(self.actor, policies.LIST_NEEDS, **policies.target_of(need))

    def _line(self, number: int, key: str, read: Mapping[str, Any], problems: Sequence[Mapping[str, Any]] = ()) -> Line:
        return Line(Table.NEED, key, self.batch.file_name, "", number, "", read, tuple(problems))

    def _refused(self, number: int, said: str, why: str) -> Line:
        key = key_of(self.batch.response_id, "round", str(self.batch.pk), str(number))
        return self._line(number, key, {"refused": why, "item": said[:60]})

    def _problem(self, number: int, name: str, text: str, meaning: Meaning) -> dict[str, Any]:
        label = str(dict(FIELDS)[name])
        with override("en"):
            english = read_cell(name, text, self.known).wrong or meaning.wrong
        with override("zh-hans"):
            chinese = read_cell(name, text, self.known).wrong or meaning.wrong
        return {
            "row": number,
            "column": label,
            "value": text[:200],
            "problem": "bad_cell",
            "zh": chinese,
            "en": english,
        }

    def _edited(self, number: int, said: str, cells: Sequence[str]) -> Line:
        """A need that went out: only the cells that differ from what went out count."""
        version, before, values = self.memory.rows[said]
        columns: dict[str, Any] = {}
        base: dict[str, Any] = {}
        problems: list[dict[str, Any]] = []
        for (name, _label), text, old, value in zip(FIELDS, cells, before, values, strict=True):
            if text == plain(old):
                continue
            meaning = read_cell(name, text, self.known)
            if meaning.wrong:
                problems.append(self._problem(number, name, text, meaning))
                continue
            columns[name], base[name] = meaning.value, value
        need = self.needs[said]
        read = {
            "id": said,
            "version": version,
            "columns": columns,
            "base": base,
            "item": need.item,
            "requester": need.requester,
            "quantity": need.quantity_asked,
            "unit": need.unit,
            "place": columns.get("place_id") or need.place_id,
            "category": columns.get("category_id") or need.category_id or "",
        }
        if problems:
            read["refused"] = "bad_cell"
        return self._line(number, key_of(self.batch.response_id, "round", str(self.batch.pk), said), read, problems)

    def _new(self, number: int, cells: Sequence[str]) -> Line:
        """A row added below: a new need."""
        meant = {name: (text, read_cell(name, text, self.known)) for (name, _), text in zip(FIELDS, cells, strict=True)}
        must = {"item", "place_id"}
        problems = [
            self._problem(number, name, text, meaning)
            for name, (text, meaning) in meant.items()
            if meaning.wrong and (text or name in must) and name != "state"
        ]
        value = {name: meaning.value for name, (_text, meaning) in meant.items() if not meaning.wrong}
        read: dict[str, Any] = {
            "item": value.get("item") or "",
            "place": value.get("place_id") or "",
            "category": value.get("category_id") or "",
            "quantity": value.get("quantity_asked"),
            "unit": value.get("unit") or "",
            "requester": value.get("requester") or "",
            "specification": value.get("specification") or "",
            "note": value.get("note") or "",
            "urgency": value.get("urgency"),
            "due": value.get("needed_by") or "",
            "flag": "",
            "person": False,
        }
        category = self.known.get(read["category"])
        if category is not None and not read["unit"]:
            read["unit"] = category.unit
        if problems:
            read["refused"] = "bad_cell"
        key = key_of(self.batch.response_id, "round", str(self.batch.pk), str(number), str(ids.new_id()))
        return self._line(number, key, read, problems)
