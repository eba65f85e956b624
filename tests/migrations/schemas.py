"""What a database is made of, in words that do not depend on the order it was made in: to compare two of them."""

from __future__ import annotations

import re

import desks

#: PostgreSQL: every column, constraint, index, trigger and sequence.
_POSTGRES = (
    """SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
       numeric_precision, is_nullable, column_default, is_identity, collation_name, is_generated, generation_expression)
       FROM information_schema.columns WHERE table_schema = 'public'""",
    """SELECT 'constraint', conrelid::regclass || '.' || conname,
       concat_ws(' ', contype, condeferrable, condeferred, convalidated, pg_get_constraintdef(oid))
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'sequence', sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
)
_SQLITE = "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name <> 'sqlite_stat1'"
#: An index that a table's own words bring: its columns are in those words, its name counts in their order.
_OF_A_TABLE = "sqlite_autoindex_"


#: One list of words, as PostgreSQL writes it when it was made and when it came out of a dump.
_CAST_WORD = re.compile(r"\(('(?:[^']|'')*'::character varying)\)::text")
_CAST_LIST = re.compile(r"\(\((ARRAY\[[^\]]*\])\)::text\[\]\)")


def _parts(sql: str) -> list[str]:
    """The columns and constraints between a table's outermost brackets, sorted."""
    inside = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth, quoted = [""], 0, False
    for sign in inside:
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return sorted(re.sub(r"\s+", " ", part).strip() for part in parts)


def schema(desk: desks.Desk) -> set[tuple[str, str, str]]:
    """(kind, name, definition) of everything in that desk's database, without its rows."""
    if desk.database:
        rows = [row for statement in _POSTGRES for row in desk.query(statement)]
        return {(kind, name, _CAST_LIST.sub(r"(\1)", _CAST_WORD.sub(r"\1", said))) for kind, name, said in rows}
    found = set()
    for kind, name, sql in desk.query(_SQLITE):
        if kind == "table" and not sql.startswith("CREATE VIRTUAL"):
            found |= {("table", name, part) for part in _parts(sql)}
        elif not name.startswith(_OF_A_TABLE):
            found.add((kind, name, re.sub(r"\s+", " ", sql)))
    return found
