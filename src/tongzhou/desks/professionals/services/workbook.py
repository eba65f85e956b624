"""A roster workbook that exists already: read, shown cell by cell, accepted. Nothing is dropped without being said."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from tongzhou.chain.intake.services.sheets.files import lay_down
from tongzhou.desks.professionals.models import PeopleImport, Professional, ServiceLine
from tongzhou.desks.professionals.policies import IMPORT_PEOPLE, require_on
from tongzhou.desks.professionals.services import columns
from tongzhou.desks.professionals.services.columns import Wrong
from tongzhou.desks.professionals.services.people import SaidPerson, keep_windows, licence_index, make, scope_of
from tongzhou.desks.professionals.types import DONE_STATES, ImportState
from tongzhou.kernel import audit, changes, crypto, erasures
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import read_table

__all__ = ["MOST_ROWS", "NEEDED", "accept_people", "discard_people", "preview_of", "read_people"]

LARGEST_BYTES = 8 * 2**20
MOST_ROWS = 5000
#: Without these a row cannot become a professional.
NEEDED = ("name", "contact", "licence_kind", "licence_number", "licence_until")
FORGOTTEN = "line_people.import_forgotten"
Row = dict[str, Any]


def _refused(error: InputError) -> Refusal:
    return Refusal("people_file", what=error.en if in_english() else error.zh)


def _table(name: str, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(headings, [(row number, cells)]) of the first sheet."""
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if suffix not in (".xlsx", ".xls", ".csv", ".tsv") or len(content) > LARGEST_BYTES:
        raise Refusal("people_file", what=f"{suffix or '?'} · {len(content):,} B")
    try:
        with tempfile.TemporaryDirectory(prefix="tongzhou-") as folder:
            table = read_table(lay_down(name, content, Path(folder)))
    except InputError as error:
        raise _refused(error) from error
    cells = ([cell or "" for cell in row] for row in table.frame.iter_rows())
    rows = list(zip(table.rows, cells, strict=True))
    if len(rows) > MOST_ROWS:
        raise Refusal("people_file", what=f"> {MOST_ROWS:,}")
    return list(table.frame.columns), rows


def _readers(line: ServiceLine) -> dict[str, Callable[[str], Any]]:
    skills: dict[str, str] = {}
    for skill in line.skills.filter(withdrawn_at=None):
        skills |= {skill.name: skill.code, skill.name[:2]: skill.code, skill.code: skill.code}
    return {
        "name": _words(40), "contact": _contact, "licence_kind": columns.read_choice, "licence_number": _words(60),
        "licence_issuer": _words(80), "licence_until": lambda text: columns.read_date(text).isoformat(),
        "years": lambda text: columns.read_number(text, 0, 70),
        "supervised_hours": lambda text: columns.read_number(text, 0, 50_000),
        "skills": lambda text: columns.read_several(text, skills),
        "languages": lambda text: columns.read_several(text, columns.SPOKEN), "can_nights": columns.yes,
        "is_supervisor": columns.yes, "week_hours": lambda text: columns.read_number(text or "40", 1, 60),
        "times": columns.read_times,
    }  # fmt: skip


def _words(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        plain = " ".join(text.split())
        if len(plain) > most:
            raise Wrong(f"最多 {most} 个字", f"at most {most} characters")
        return plain

    return read


def _contact(text: str) -> str:
    plain = " ".join(text.split()).removesuffix(".0")
    digits = crypto.normal_phone(plain)
    if plain and not 7 <= len(digits) <= 18:
        raise Wrong("这不像电话号码", "this does not look like a telephone number")
    return plain


def _read_row(number: int, cells: list[str], fields: list[str], readers: dict[str, Callable[[str], Any]]) -> Row:
    said: dict[str, Any] = {}
    problems = []
    written = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
    for field, read in readers.items():
        text = written.get(field, "")
        try:
            said[field] = read(text)
        except Wrong as wrong:
            problems.append(_problem(field, text, wrong.zh, wrong.en))
    for field in NEEDED:
        if not written.get(field, "").strip():
            problems.append(_problem(field, "", "没有填", "is missing"))
    blocked = any(one["field"] in NEEDED for one in problems)
    return {"row": number, "said": said, "problems": problems, "verdict": "cannot" if blocked else "new"}


def _problem(field: str, value: str, zh: str, en: str) -> dict[str, str]:
    return {"field": field, "column": columns.HEADINGS[field][0], "value": value[:80], "zh": zh, "en": en}


def _judge(line: ServiceLine, rows: list[Row], today: dt.date) -> None:
    """Doubles in the sheet, licences that are there already, licences that ran out."""
    there = Professional.objects.filter(line=line).exclude(state__in=DONE_STATES)
    known = set(there.exclude(licence_index="").values_list("licence_index", flat=True))
    seen: dict[str, int] = {}
    for row in rows:
        if row["verdict"] != "new":
            continue
        mark = licence_index(line, row["said"]["licence_number"])
        if mark in known:
            row["verdict"] = "known"
        elif mark in seen:
            row["verdict"] = "cannot"
            row["problems"].append(
                _problem("licence_number", "", f"和第 {seen[mark]} 行相同", f"the same as in row {seen[mark]}")
            )
        elif dt.date.fromisoformat(row["said"]["licence_until"]) < today:
            row["verdict"] = "cannot"
            row["problems"].append(
                _problem("licence_until", row["said"]["licence_until"], "执照已过期", "the licence has run out")
            )
        seen.setdefault(mark, row["row"])


@transaction.atomic
def read_people(*, actor: Actor, line: ServiceLine, name: str, content: bytes, now: dt.datetime) -> PeopleImport:
    """Read a workbook and keep what it says, sealed, until it is accepted.

    Raises ``Refusal`` people_file (with why), not_found.
    """
    require_on(actor, IMPORT_PEOPLE, line)
    headings, table = _table(name, content)
    fields = [columns.field_of(heading) for heading in headings]
    lacking = [columns.HEADINGS[field][0] for field in NEEDED if field not in fields]
    if lacking:
        raise Refusal("people_file", what=("no column " if in_english() else "没有列 ") + "、".join(lacking))
    readers = _readers(line)
    rows = [_read_row(number, cells, fields, readers) for number, cells in table]
    _judge(line, rows, now.astimezone(line.zone).date())
    unused = [heading for heading, field in zip(headings, fields, strict=True) if not field]
    batch = PeopleImport(
        line=line, file_name=PurePosixPath(name.replace("\\", "/")).name[:120], rows=len(rows),
        sha256=hashlib.sha256(content).hexdigest(), faulty=sum(bool(row["problems"]) for row in rows),
        by_id=actor.account_id, by_name=actor.name[:100],
    )  # fmt: skip
    crypto.prepare(batch, scope_of(line))
    crypto.seal(batch, content=json.dumps({"rows": rows, "unused": unused}, ensure_ascii=False))
    return changes.create(batch, actor=actor, act=IMPORT_PEOPLE)


def preview_of(*, actor: Actor, batch: PeopleImport) -> dict[str, Any]:
    """{rows, unused}: what was read, in clear, for whoever may import; the look is logged."""
    require_on(actor, IMPORT_PEOPLE, batch.line)
    if batch.state != ImportState.READY or batch.record_key is None:
        return {"rows": [], "unused": []}
    audit.looked(actor=actor, act=IMPORT_PEOPLE, obj=batch, fields=["content"])
    found: dict[str, Any] = json.loads(crypto.unseal(batch, "content"))
    return found


def _said(row: Row) -> SaidPerson:
    said = row["said"]
    return SaidPerson(
        name=said["name"], contact=said["contact"], licence_kind=said["licence_kind"],
        licence_number=said["licence_number"], licence_issuer=said.get("licence_issuer", ""),
        licence_until=dt.date.fromisoformat(said["licence_until"]), years=said.get("years", 0),
        supervised_hours=said.get("supervised_hours", 0), skills=tuple(said.get("skills", ())),
        languages=tuple(said.get("languages", ())) or ("mandarin",), can_nights=said.get("can_nights", False),
        is_supervisor=said.get("is_supervisor", False), week_minutes=said.get("week_hours", 40) * 60,
        windows=tuple((a, b, c) for a, b, c in said.get("times", ())),
    )  # fmt: skip


@transaction.atomic
def accept_people(*, actor: Actor, batch: PeopleImport, expect: int, now: dt.datetime) -> PeopleImport:
    """Take every row that can be taken as an application to be checked by a second person; destroy what was sealed.

    Raises ``Refusal`` version_stale, person_state (it was decided already), not_found.
    """
    require_on(actor, IMPORT_PEOPLE, batch.line)
    row = PeopleImport.objects.select_for_update().select_related("line").get(pk=batch.pk)
    if row.state != ImportState.READY:
        raise Refusal("person_state", state=row.get_state_display())
    line = row.line
    found: list[Row] = json.loads(crypto.unseal(row, "content"))["rows"]
    _judge(line, found, now.astimezone(line.zone).date())  # somebody may have applied meanwhile
    first = Professional.objects.filter(line=line).count() + 1
    said = [_said(one) for one in found if one["verdict"] == "new"]
    made = [make(line, one, actor=actor, number=first + n, now=now) for n, one in enumerate(said)]
    changes.create_many(made, actor=actor, act=IMPORT_PEOPLE)
    keep_windows(zip(made, said, strict=True))
    changes.apply(row, actor=actor, act=IMPORT_PEOPLE, expect=expect, state=ImportState.ACCEPTED, taken=len(made))
    erasures.destroy(row, PeopleImport.objects.all(), actor=actor, act=FORGOTTEN)
    row.refresh_from_db()
    return row


@transaction.atomic
def discard_people(*, actor: Actor, batch: PeopleImport) -> PeopleImport:
    """Take nothing; what was sealed is destroyed. Raises ``Refusal`` person_state, not_found."""
    require_on(actor, IMPORT_PEOPLE, batch.line)
    row = PeopleImport.objects.select_for_update().get(pk=batch.pk)
    if row.state != ImportState.READY:
        raise Refusal("person_state", state=row.get_state_display())
    changes.apply(row, actor=actor, act=IMPORT_PEOPLE, state=ImportState.DISCARDED)
    erasures.destroy(row, PeopleImport.objects.all(), actor=actor, act=FORGOTTEN)
    row.refresh_from_db()
    return row
