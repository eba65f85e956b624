"""Finding rows by words kept in a text column: each word between two blanks (`` 口罩 n95 武汉 ``).

Who fills the column decides what a word is (pairs of Chinese characters, say). The one place where the two databases
differ: PostgreSQL looks the words up in a GIN index over the column read as a tsvector, made by hand from the words, so
that no dictionary or locale has a say; SQLite reads the column itself: quick for common words, slow for rare ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Expression, F, Index
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["HoldsWords", "SearchIndex"]

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
