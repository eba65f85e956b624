"""Finding rows by words kept in a text column: each word between two blanks (`` 口罩 n95 武汉 ``).

Who fills the column decides what a word is (pairs of Chinese characters, say). The one place where the two databases
differ. PostgreSQL looks rare words up in a GIN index over the column read as a tsvector, made by hand from the words,
so that no dictionary or locale has a say. SQLite looks rare words up in an FTS5 table that triggers keep
(`rare_words`). Common words are found by both while walking the list's own index: a page is soon full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.models import BooleanField, Expression, F, Index, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["HoldsWords", "SearchIndex", "rare_words"]

#: The column as a tsvector, word for word. Index and query must say it alike.
_VECTOR = "array_to_tsvector(string_to_array(btrim(%s), ' '))"


class HoldsWords(Expression):
    """True for rows whose `column` holds every word; with `open_end` the last may be the beginning of one.

    `words` are letters and digits only (no quotes, no blanks); anything else raises ValueError.
    """

    conditional = True

    def __init__(self, column: str, words: Sequence[str], *, open_end: bool = False) -> None:
        super().__init__(output_field=BooleanField())
        if not words or not all(word.isalnum() for word in words):
            raise ValueError("words are letters and digits only")
        self.column: Any = F(column)
        self.words = tuple(words)
        self.open_end = open_end

    def get_source_expressions(self) -> list[Any]:
        """The column."""
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the column."""
        (self.column,) = exprs

    def _plainly(self, compiler: SQLCompiler, function: str) -> tuple[str, str, list[Any]]:
        """(column, condition, parameters): every word is looked for in the text, by a function that gives its place."""
        column, params = compiler.compile(self.column)
        texts = [f" {word} " for word in self.words]
        if self.open_end:
            texts[-1] = texts[-1].rstrip()
        condition = " AND ".join([f"{function}({column}, %s) > 0"] * len(texts))
        return column, condition, [value for text in texts for value in (*params, text)]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """SQLite: the text is read."""
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


class SearchIndex(Index):
    """What `HoldsWords` needs on PostgreSQL; SQLite needs nothing, so nothing is made there."""

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


#: SQLite: up to so many rows the FTS5 table hands over their keys; beyond, walking the list is faster.
FEW = 10_000
_TRIGGERS = {
    "insert": "AFTER INSERT ON {table} BEGIN {add} END",
    "update": "AFTER UPDATE OF search ON {table} WHEN old.search IS NOT new.search BEGIN {drop} {add} END",
    "delete": "AFTER DELETE ON {table} BEGIN {drop} END",
}


def rare_words(rows: QuerySet[Any], words: Sequence[str], *, open_end: bool = False) -> RawSQL | None:
    """SQLite: codes of the rows that hold every word, as a subquery, when they are few; None otherwise, and elsewhere.

    The model has a column `search` and a numeric `code` without leading zero, which names its row in the FTS5 table:
    SQLite's own row numbers may change when the file is compacted.
    """
    connection = connections[rows.db]
    if connection.vendor != "sqlite":
        return None
    name = _word_table(connection, rows.model._meta.db_table)
    texts = [f'"{word}"' for word in words]
    if open_end:
        texts[-1] += "*"
    match = " AND ".join(texts)
    with connection.cursor() as cursor:
        few = f"SELECT COUNT(*) FROM (SELECT rowid FROM {name} WHERE {name} MATCH %s LIMIT {FEW + 1})"
        cursor.execute(few, [match])
        if cursor.fetchone()[0] > FEW:
            return None
    return RawSQL(f"SELECT CAST(rowid AS TEXT) FROM {name} WHERE {name} MATCH %s", [match])


def _word_table(connection: Any, table: str) -> str:
    """The FTS5 table of a table, made and filled when one of its triggers is not there (first use, remade table)."""
    name = f"{table}_words"
    wanted = [f"{name}_{event}" for event in _TRIGGERS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND name IN (%s, %s, %s)",
            [table, *wanted],
        )
        if cursor.fetchone()[0] == len(wanted):
            return name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for trigger in wanted:
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(words, detail=none, columnsize=0,"
            " tokenize='unicode61 remove_diacritics 0')"
        )
        cursor.execute(f"INSERT INTO {name} (rowid, words) SELECT CAST(code AS INTEGER), search FROM {table}")
        # A table with its own copy of the words: taking a row out never depends on what stood in it.
        add = f"INSERT OR REPLACE INTO {name} (rowid, words) VALUES (CAST(new.code AS INTEGER), new.search);"
        drop = f"DELETE FROM {name} WHERE rowid = CAST(old.code AS INTEGER);"
        for event, body in _TRIGGERS.items():
            cursor.execute(f"CREATE TRIGGER {name}_{event} {body.format(table=table, add=add, drop=drop)}")
    return name
