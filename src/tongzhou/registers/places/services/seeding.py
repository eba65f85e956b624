"""All divisions of China into the database, in a second or two: reference data, so neither audited nor versioned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import LEVEL_OF_LENGTH, NATION
from tongzhou_engines.gazetteer import NATION as ENGINE_NATION
from tongzhou_engines.gazetteer import PlaceTree
from tongzhou_engines.gazetteer.names import stem
from tongzhou_engines.gazetteer.places import PLACEHOLDERS

__all__ = ["COLUMNS", "Row", "Seeded", "insert_rows", "place_rows", "seed_places"]

COLUMNS = (
    "code",
    "level",
    "name",
    "name_en",
    "short_name",
    "full_name",
    "full_name_en",
    "parent_id",
    "province",
    "city",
    "district",
    "is_filler",
)
Row = tuple[str, str, str, str, str, str, str, str | None, str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many divisions were new, how many were brought up to date."""

    added: int
    changed: int


@transaction.atomic
def seed_places(prefixes: Iterable[str] | None = None) -> Seeded:
    """Put the built-in divisions into the table, those missing or changed only; safe to repeat.

    prefixes: only divisions whose code begins with one of these, and what holds them (tests need few). Divisions that
    are no longer in the list stay: records point at them.
    """
    rows = place_rows(prefixes)
    known = {row[0]: row for row in Place.objects.values_list(*COLUMNS)}
    new = [row for row in rows if row[0] not in known]
    changed = [row for row in rows if row[0] in known and tuple(known[row[0]]) != row]
    insert_rows(new)
    for row in changed:
        Place.objects.filter(code=row[0]).update(**dict(zip(COLUMNS[1:], row[1:], strict=True)))
    return Seeded(len(new), len(changed))


def place_rows(prefixes: Iterable[str] | None = None) -> list[Row]:
    """The built-in divisions as rows of the table, every parent before its children."""
    tree = PlaceTree.builtin()
    if prefixes is not None:
        starts = tuple(prefixes)
        tree = tree.subset(code for code in tree.codes if starts and code.startswith(starts))
    full: dict[str, tuple[str, str]] = {ENGINE_NATION: ("", "")}
    return [_row(tree, at, full) for at in range(len(tree))]


def _row(tree: PlaceTree, at: int, full: dict[str, tuple[str, str]]) -> Row:
    code, name, name_en = tree.codes[at], tree.names[at], tree.names_en[at]
    if code == ENGINE_NATION:
        return (NATION, "nation", name, name_en, name, name, name_en, None, "", "", "", False)
    parent = tree.codes[tree.parents[at]]
    # 市辖区 names no place; neither does the only district of Dongguan, which bears the city's own name.
    filler = name in PLACEHOLDERS or name == tree.names[tree.parents[at]]
    above = full[parent]
    own_en = name_en or name
    full[code] = above if filler else (above[0] + name, f"{own_en}, {above[1]}" if above[1] else own_en)
    shown = (above[0] + name, f"{own_en}, {above[1]}") if filler and name in PLACEHOLDERS else full[code]
    return (
        code, str(LEVEL_OF_LENGTH[len(code)].value), name, name_en, stem(name) or name, shown[0], shown[1],
        NATION if parent == ENGINE_NATION else parent,
        code[:2], code[:4] if len(code) >= 4 else "", code[:6] if len(code) >= 6 else "", filler,
    )  # fmt: skip


def insert_rows(rows: Sequence[Row]) -> None:
    """Insert rows the fastest way each database has: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    if not rows:
        return
    table, columns = Place._meta.db_table, ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
