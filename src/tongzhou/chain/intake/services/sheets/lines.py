"""What the engine reads from a table, as lines for the desk: public values apart from personal ones."""

from __future__ import annotations

import re
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tongzhou.chain.intake.models.imports import Table
from tongzhou.chain.intake.services.sheets.files import lay_down
from tongzhou.kernel import crypto
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.sheets import SheetsResult, read_sheets
from tongzhou_engines.sheets.inputs import Source, find_sources, read_source
from tongzhou_engines.sheets.model import Row
from tongzhou_engines.sheets.text import comparable
from tongzhou_engines.sheets.words import PROBLEMS

__all__ = ["Line", "Reading", "is_institution", "key_of", "read_table"]

#: The engine's name of the nation, and the division code of it.
_NATION = {"CN": "0"}
_INSTITUTION = re.compile(
    r"医院|卫生院|卫生室|卫生服务|卫生所|诊所|门诊|疾控|疾病预防|卫健|妇幼|保健院|血站|血液中心|急救中心|防治|医学|医疗|委员会|居委会|村委会|"
    r"社区|街道|指挥部|政府|管理局|公安|派出所|交警|消防|民政|福利院|养老院|敬老院|救助|学校|大学|学院|幼儿园|红十字|慈善|基金会|\S{2}[协学商]会|"
    r"志愿|公司|集团|工厂|企业|团体|机构|组织|联盟|商行|超市|药房|药店|酒店|宾馆|物流|电视台|报社|网站|中心|合作社|"
    # A person's name has up to four characters (王会): what only ends like an institution must be longer.
    r"\S{4,}[厂店局所站院部队委会]\Z|hospital|clinic|centre|center|committee|foundation|company|\b(?:ltd|inc)\b",
    re.IGNORECASE,
)
_GENERATED = re.compile(r"[NOL]-[bcdfghjkmnpqrstvwxzy]{13}\Z")
_MARK = re.compile(r"\[(?:已删[^\]]*|固定电话略)\]")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)|(?<!\d)19000000\d{3}"
)
_TABLES = {"needs": (Table.NEED, "need_id"), "offers": (Table.OFFER, "offer_id"), "leads": (Table.LEAD, "lead_id")}
#: Words that say "needed, as many as there are": nothing in them was misread.
_MANY = re.compile(
    r"\s*(?:若干|大量|不限|越多越好|许多|多多益善|需要?|急需|缺|急缺|有|是|√|y|yes|some|many|any)\s*", re.IGNORECASE
)
_UNREAD = (
    "unreadable_quantity",
    "quantity_ambiguous",
    "quantity_range",
    "absurd_quantity",
    "negative_quantity",
    "fractional_quantity",
    "cell_unreadable_upstream",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a need, an offer or a lead; with `table` blank a row that became none of them, and why (`reason`)."""

    table: str
    key: str
    file: str
    sheet: str
    row: int
    column: str
    read: Mapping[str, Any]
    problems: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""
    private: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A table as it was read. `problems`: every problem by cell; `headings`: what each column was taken as."""

    lines: tuple[Line, ...]
    problems: tuple[Mapping[str, Any], ...]
    headings: tuple[Mapping[str, Any], ...]
    rows: int


def is_institution(name: str) -> bool:
    """Whether a name is that of an institution: only those are public, anybody else's is sealed."""
    return bool(_INSTITUTION.search(name))


def key_of(response: uuid.UUID, *parts: str) -> str:
    """The identity of a line in a response: a keyed hash, for it is made from names."""
    return crypto.mac("import-line", "\x1f".join([str(response), *parts]).encode())[:40]


def read_table(
    name: str, content: bytes, *, response: uuid.UUID, source: str, as_of: str | None = None, own: str = ""
) -> Reading:
    """Read a table that was sent in. `own`: id of the organisation whose own table it is. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix="tongzhou-") as folder:
        path = lay_down(name, content, Path(folder))
        result = read_sheets(path, as_of=as_of)
        raw = _raw_rows(path, as_of)
    return _Reader(result, raw, response, source, own).reading()


def _raw_rows(path: Path, as_of: str | None) -> dict[tuple[str, str, int], Row]:
    """The rows as they stand in the file, by file, sheet and number: where contacts and written names are found."""
    rows: dict[tuple[str, str, int], Row] = {}
    sources: list[Source] = find_sources([path], as_of)
    for one in sources:
        read_source(one, Catalogue.builtin())
        rows.update({(row.file, row.sheet, row.row): row for row in one.rows if row.kind != "heading"})
    return rows


class _Reader:
    """Turns an engine's result into lines."""

    def __init__(
        self, result: SheetsResult, raw: dict[tuple[str, str, int], Row], response: uuid.UUID, source: str, own: str
    ) -> None:
        self.result, self.raw, self.response, self.source, self.own = result, raw, response, source, own
        self.catalogue = Catalogue.builtin()
        self.private: dict[tuple[str, str, int], dict[str, str]] = {}

    def reading(self) -> Reading:
        problems = self._problems()
        by_line, by_row = self._placed(problems)
        lines = [line for name in _TABLES for line in self._lines(name, by_line)]
        lines += self._aside(by_row)
        order = {one: position for position, one in enumerate(self.raw)}
        lines.sort(key=lambda one: (order.get((one.file, one.sheet, one.row), 0), one.column, one.key))
        known = {(one["row"], one["column"], one["sheet"], one["file"]) for one in problems}
        for line in lines:
            fresh = [dict(one) for one in line.problems]
            problems += [one for one in fresh if (one["row"], one["column"], one["sheet"], one["file"]) not in known]
        return Reading(tuple(lines), tuple(problems), tuple(self.result.headings.to_dicts()), len(self.raw))

    def _problems(self) -> list[dict[str, Any]]:
        return [
            {
                "file": one["file"] or "",
                "sheet": one["sheet"] or "",
                "row": one["row"] or 0,
                "column": one["column"] or "",
                "value": one["value"] or "",
                "problem": one["problem"],
                "zh": one["text_zh"],
                "en": one["text_en"],
                "action": one["action"],
            }
            for one in self.result.problems.to_dicts()
        ]

    def _placed(
        self, problems: Iterable[dict[str, Any]]
    ) -> tuple[dict[str, list[dict[str, Any]]], dict[tuple[str, str, int], list[dict[str, Any]]]]:
        """Problems by the engine's line id, and by row for those that no line carries."""
        cells: dict[tuple[str, str, int, str], list[str]] = {}
        for one in self.result.trace.iter_rows(named=True):
            if one["lines"]:
                place = (one["file"] or "", one["sheet"] or "", one["row"] or 0, one["column"] or "")
                cells.setdefault(place, []).extend(one["lines"].split(";"))
        by_line: dict[str, list[dict[str, Any]]] = defaultdict(list)
        by_row: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
        for one in problems:
            row = (one["file"], one["sheet"], one["row"])
            ids = cells.get((*row, one["column"])) or cells.get((*row, ""))
            for line in dict.fromkeys(ids or ()):
                by_line[line].append(one)
            if not ids:
                by_row[row].append(one)
        return by_line, by_row

    def _lines(self, name: str, problems: Mapping[str, list[dict[str, Any]]]) -> Iterable[Line]:
        table, id_column = _TABLES[name]
        for said in getattr(self.result, name).iter_rows(named=True):
            where = (said["source_file"] or "", said["source_sheet"] or "", said["source_row"] or 0)
            row = self.raw.get(where)
            found = (*problems.get(said[id_column], ()), *_unread_cell(said, row, problems.get(said[id_column], ())))
            private, read = self._values(table, said, row, found)
            yield Line(
                table=table,
                key=self._key(said[id_column], read),
                file=where[0],
                sheet=where[1],
                row=where[2],
                column=said["source_column"] or "",
                read=read,
                problems=found,
                private=private,
            )

    def _key(self, line_id: str, read: Mapping[str, Any]) -> str:
        if _GENERATED.match(line_id) and read.get("requester", read.get("giver", read.get("source_name", "-"))) != "":
            return key_of(self.response, line_id)
        # A number of its own counts within its table; a nameless line within the table of its organisation.
        return key_of(self.response, self.own or self.source, line_id)

    def _values(
        self, table: str, said: Mapping[str, Any], row: Row | None, problems: Iterable[Mapping[str, Any]]
    ) -> tuple[dict[str, str], dict[str, Any]]:
        known = self.catalogue.categories.get(said["category"] or "")
        who = said["requester" if table == Table.NEED else "organisation"] or ""
        public = not who or is_institution(who) or (row is not None and row.kind != "table")
        private = dict(self._private(row)) if row is not None else {}
        if not public:
            private["name"], who = who, ""
        read: dict[str, Any] = {
            "place": _NATION.get(said["place"] or "", said["place"] or ""),
            "category": known.code if known else "",
            "item": self._item(said, row, known.name_zh if known else ""),
            "quantity": said["quantity"],
            "unit": said["unit"] or (known.unit if known else ""),
            "specification": (said["specification"] or "")[:300],
            "note": (said["notes"] or "")[:2000],
        }
        codes = {one["problem"] for one in problems}
        read["flag"] = (
            "unit" if "unit_unclear" in codes else "unread" if codes & set(_UNREAD) and said["quantity"] is None else ""
        )
        read |= self._own_values(table, said, row, who)
        if table == Table.NEED:
            read["person"] = not public
        return private, read

    def _own_values(self, table: str, said: Mapping[str, Any], row: Row | None, who: str) -> dict[str, Any]:
        if table == Table.NEED:
            written = row is not None and bool(row.text("urgency").strip())
            return {"requester": who[:200], "urgency": said["urgency"] if written else None, "due": said["due"] or ""}
        if table == Table.OFFER:
            reserve = f"；自留 {said['reserve']}" if said["reserve"] else ""
            coverage = [code for code in (said["coverage"] or "").split(";") if code and code != "CN"]
            return {
                "giver": who[:200],
                "may_go": [code for code in coverage if code.isdigit()],
                "from": said["from"] or "",
                "until": said["until"] or "",
                "note": ((said["notes"] or "") + reserve).strip("；")[:2000],
                "earmark": "；".join(code for code in coverage if not code.isdigit())[:300],
            }
        note = "；".join(part for part in (said["why_zh"], said["notes"], said["specification"]) if part)
        return {"source_name": who[:200], "link": (said["url"] or "")[:500], "note": note[:2000]}

    def _item(self, said: Mapping[str, Any], row: Row | None, name: str) -> str:
        written = row.text("category").strip() if row is not None and row.kind == "table" else ""
        if not written and not name:
            written = said["category"] or said["source_column"] or ""
        return (written or name)[:200] or "?"

    def _private(self, row: Row) -> dict[str, str]:
        """What is personal in a row: how to reach somebody, and where the goods are to go."""
        where = (row.file, row.sheet, row.row)
        if where not in self.private:
            self.private[where] = _contact(row)
        return self.private[where]

    def _aside(self, problems: Mapping[tuple[str, str, int], list[dict[str, Any]]]) -> Iterable[Line]:
        """Rows that became nothing: kept, shown, and open to be made into something by a person."""
        for one in self.result.trace.iter_rows(named=True):
            where = (one["file"] or "", one["sheet"] or "", one["row"] or 0)
            if one["column"] or one["lines"] or one["reason"] in ("heading", "blank_row") or where not in self.raw:
                continue
            row = self.raw[where]
            shown = [
                cell.text
                for cell in row.cells
                if cell.role not in ("contact", "email", "wechat", "bank", "payment", "address")
            ]
            read = {"shown": "；".join(text.strip() for text in shown if is_plain(text))[:300]}
            yield Line(
                "",
                key_of(self.response, self.source, "aside", *map(str, where)),
                *where,
                "",
                read,
                tuple(problems.get(where, ())),
                one["reason"],
                dict(self._private(row)),
            )


def _unread_cell(said: Mapping[str, Any], row: Row | None, known: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """A quantity in words that the engine keeps as "unknown": on the desk a person should look at the cell."""
    text = row.text("quantity").strip() if row is not None and row.kind == "table" else ""
    if not text or said["quantity"] is not None or list(known) or _MANY.fullmatch(text):
        return
    assert row is not None
    zh, en = PROBLEMS["unreadable_quantity"]
    yield {
        "file": row.file,
        "sheet": row.sheet,
        "row": row.row,
        "column": said["source_column"] or "",
        "value": text[:200],
        "problem": "unreadable_quantity",
        "zh": zh,
        "en": en,
        "action": "treated_as_unknown",
    }


def is_plain(text: str) -> bool:
    """Whether a cell may be shown as it is: nothing in it looks like a number to reach somebody by."""
    return bool(text.strip()) and not _PHONE.search(text)


def _contact(row: Row) -> dict[str, str]:
    found: dict[str, str] = {}
    notes: list[str] = []
    for cell in row.cells:
        text = _MARK.sub("", cell.text).strip(" ;；:：/、,，")
        if not text or cell.role not in ("contact", "email", "wechat", "address"):
            continue
        heading = comparable(cell.column)
        phone = _PHONE.search(text)
        if cell.role == "address":
            found.setdefault("address", text[:300])
        elif phone:
            found.setdefault("phone", phone[0])
            rest = text.replace(phone[0], "").strip(" ;；:：/、,，()（）")
            notes += [text] if rest else []
        elif "微信" in heading or "wechat" in heading or cell.role == "wechat":
            found.setdefault("wechat", text[:100])
        elif len(text) <= 12 and ("人" in heading or "姓名" in heading or "person" in heading or "name" in heading):
            found.setdefault("name", text)
        else:
            notes.append(text)
    if notes:
        found["private_note"] = "；".join(dict.fromkeys(notes))[:1000]
    return found
