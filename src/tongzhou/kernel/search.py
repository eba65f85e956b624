"""Finding rows by words kept in a text column: each word between two blanks (`` 口罩 n95 武汉 ``).

Who fills the column decides what a word is (pairs of Chinese characters, say). The one place where the two databases
differ: PostgreSQL looks the words up in a GIN index over the column read as a tsvector, made by hand from the words, so
that no dictionary or locale has a say; SQLite has an FTS5 table beside the list, which a migration makes (`WordTable`)
and triggers keep. Common words are found by both while walking the list's own index: a page is soon full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.migrations.operations.base import Operation
from django.db.models import BooleanField, Expression, F, Index, QuerySet
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["FEW", "SOME", "Among", "Hits", "HoldsWords", "SearchIndex", "WordTable", "are_many", "hits"]

#: SQLite: up to so many rows with the words are fetched one by one and sorted; beyond, the list's own index is walked.
FEW = 2_500
#: The same where no order is asked for (counts): fetching stops as soon as enough are found.
SOME = 10_000

#: The column as a tsvector, word for word. Index and query must say it alike.
_VECTOR = "array_to_tsvector(string_to_array(btrim(%s), ' '))"


class HoldsWords(Expression):
    """True for rows whose `column` holds every word; with `open_end` the last may be the beginning of one.

    `words` are letters and digits only (no quotes, no blanks); anything else raises ValueError. `known` (what `hits`
    found for the same words) lets SQLite use its word table; the rows are the same without it.
    """

    conditional = True

    def __init__(self, column: str, words: Sequence[str], *, open_end: bool = False, known: Hits | None = None) -> None:
        super().__init__(output_field=BooleanField())
        _check(words)
        self.column: Any = F(column)
        self.code: Any = F("code") if known else None
        self.words = tuple(words)
        self.open_end = open_end
        self.known = known

    def get_source_expressions(self) -> list[Any]:
        """The column, and the one that names the row in the word table."""
        return [self.column] if self.code is None else [self.column, self.code]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace them."""
        self.column, self.code = exprs if len(exprs) > 1 else (*exprs, None)

    def _plainly(self, compiler: SQLCompiler, function: str) -> tuple[str, str, list[Any]]:
        """(column, condition, parameters): every word is looked for in the text, by a function that gives its place."""
        column, params = compiler.compile(self.column)
        texts = [f" {word} " for word in self.words]
        if self.open_end:
            texts[-1] = texts[-1].rstrip()
        condition = " AND ".join([f"{function}({column}, %s) > 0"] * len(texts))
        return column, condition, [value for text in texts for value in (*params, text)]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """SQLite: the word table names the rows when they are few enough, else the text is read."""
        most = SOME if _unordered(compiler) else FEW
        if self.known is not None and self.known.count <= most:
            code, params = compiler.compile(self.code)
            table = self.known.table
            listed = f"SELECT CAST(rowid AS TEXT) FROM {table} WHERE {table} MATCH %s"
            return f"({code} IN ({listed}))", [*params, _match(self.words, self.open_end)]
        _column, condition, params = self._plainly(compiler, "instr")
        return f"({condition})", params

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **more: Any) -> tuple[str, list[Any]]:
        """PostgreSQL: the GIN index of `SearchIndex` finds rare words; for common ones the planner walks the list's own
        index instead, and there the plain look into the text, tried first, is many times cheaper."""
        column, condition, params = self._plainly(compiler, "strpos")
        texts = [f"'{word}'" for word in self.words]
        if self.open_end:
            texts[-1] += ":*"
        return f"({condition} AND {_VECTOR % column} @@ %s::tsquery)", [*params, " & ".join(texts)]


class Among(Expression):
    """True for rows whose whole-numbered `column` is one of `ids`: thousands of them as one parameter."""

    conditional = True

    def __init__(self, column: str, ids: Iterable[int]) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.ids = sorted(ids)

    def get_source_expressions(self) -> list[Any]:
        """The column."""
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace it."""
        [self.column] = exprs

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """SQLite: a list in JSON."""
        column, params = compiler.compile(self.column)
        return f"({column} IN (SELECT value FROM json_each(%s)))", [*params, json.dumps(self.ids)]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **more: Any) -> tuple[str, list[Any]]:
        """PostgreSQL: an array."""
        column, params = compiler.compile(self.column)
        return f"({column} = ANY(%s::bigint[]))", [*params, "{" + ",".join(map(str, self.ids)) + "}"]


def _check(words: Sequence[str]) -> None:
    if not words or not all(word.isalnum() for word in words):
        raise ValueError("words are letters and digits only")


def _unordered(compiler: SQLCompiler) -> bool:
    query = compiler.query
    return not query.order_by and not (query.default_ordering and query.get_meta().ordering)


def _match(words: Sequence[str], open_end: bool) -> str:
    """The words as FTS5 reads them."""
    return " AND ".join(f'"{word}"' for word in words) + ("*" if open_end else "")


@dataclass(frozen=True, slots=True)
class Hits:
    """How many rows of SQLite's word table hold some words, counted to `SOME` + 1."""

    table: str
    count: int


def hits(rows: QuerySet[Any], words: Sequence[str], *, open_end: bool = False) -> Hits | None:
    """What SQLite's word table of these rows says about the words; None elsewhere, and when nothing keeps the table.

    At most two statements. A migration that remakes the list's table takes the triggers away with it; until another
    `WordTable` stands behind it, the text is read, which is slow and right.
    """
    connection = connections[rows.db]
    if connection.vendor != "sqlite":
        return None
    _check(words)
    table = rows.model._meta.db_table
    name = f"{table}_words"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND name LIKE %s",
            [table, f"{name}_%"],
        )
        if cursor.fetchone()[0] < len(_TRIGGERS):
            return None
        few = f"SELECT COUNT(*) FROM (SELECT rowid FROM {name} WHERE {name} MATCH %s LIMIT {SOME + 1})"
        cursor.execute(few, [_match(words, open_end)])
        return Hits(name, cursor.fetchone()[0])


def are_many(rows: QuerySet[Any], words: Sequence[str], most: int, *, open_end: bool = False) -> bool:
    """Whether more than `most` rows hold the words: counted by SQLite's word table, or as PostgreSQL's planner expects
    (it knows how common each word is). Only for choosing between two ways to the same rows; at most two statements."""
    if connections[rows.db].vendor == "sqlite":
        known = hits(rows, words, open_end=open_end)
        return known is not None and known.count > most
    holding = rows.filter(HoldsWords("search", words, open_end=open_end)).order_by()
    told = json.loads(holding.explain(format="json"))
    # The look into the text counts as a third in the planner's eyes.
    return bool(told[0]["Plan"]["Plan Rows"] * 3 > most)


#: Event > the trigger that keeps the word table; a row is named by its code, as SQLite's own row numbers may change
#: when the file is compacted.
_TRIGGERS = {
    "insert": "AFTER INSERT ON {table} BEGIN {add} END",
    "update": "AFTER UPDATE OF code, search ON {table} BEGIN {drop} {add} END",
    "delete": "AFTER DELETE ON {table} BEGIN {drop} END",
}


def _word_table(table: str) -> Iterator[str]:
    """The statements that make and fill the word table, whatever was there before."""
    name = f"{table}_words"
    yield from _no_word_table(table)
    # `ascii` splits at blanks only, given words without signs: every character beyond ASCII is a letter to it. The
    # table has its own copy of the words: one that reads them in the list takes a row out by its former words, and
    # were those ever others, SQLite would call the file damaged and refuse the write to the list.
    yield f"CREATE VIRTUAL TABLE {name} USING fts5(search, detail=none, columnsize=0, tokenize='ascii')"
    yield f"INSERT INTO {name} (rowid, search) SELECT CAST(code AS INTEGER), search FROM {table}"
    add = f"INSERT OR REPLACE INTO {name} (rowid, search) VALUES (CAST(new.code AS INTEGER), new.search);"
    drop = f"DELETE FROM {name} WHERE rowid = CAST(old.code AS INTEGER);"
    for event, body in _TRIGGERS.items():
        yield f"CREATE TRIGGER {name}_{event} {body.format(table=table, add=add, drop=drop)}"


def _no_word_table(table: str) -> Iterator[str]:
    for event in _TRIGGERS:
        yield f"DROP TRIGGER IF EXISTS {table}_words_{event}"
    yield f"DROP TABLE IF EXISTS {table}_words"


class WordTable(Operation):
    """A migration's step: SQLite's word table of a model with `search` and a `code` of digits; nothing elsewhere.

    It must stand again behind every later step that remakes the model's table, as the triggers go with the old one.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of it."""

    def _run(self, app_label: str, schema_editor: Any, state: Any, statements: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "sqlite" and self.allow_migrate_model(
            schema_editor.connection.alias, model
        ):
            for statement in statements(model._meta.db_table):
                schema_editor.execute(statement)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make it and fill it."""
        self._run(app_label, schema_editor, to_state, _word_table)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take it away."""
        self._run(app_label, schema_editor, from_state, _no_word_table)

    def describe(self) -> str:
        """For those who watch a migration."""
        return f"Word table of {self.model_name}"


class SearchIndex(Index):
    """What `HoldsWords` needs on PostgreSQL. SQLite needs `WordTable`, and nothing is made there."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """PostgreSQL: GIN over the words. SQLite: nothing to make, so a statement without effect."""
        statement = super().create_sql(model, schema_editor, using=using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            statement.template = "CREATE INDEX %(name)s ON %(table)s USING gin (" + _VECTOR % "%(columns)s" + ")"
        else:
            statement.template = "SELECT 1"
        return statement

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        """Drop it where there is one."""
        statement: Any = super().remove_sql(model, schema_editor, **kwargs)
        if schema_editor.connection.vendor != "postgresql":
            statement.template = "SELECT 1"
        return statement
