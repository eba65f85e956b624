"""Rows that are never deleted: what was said in public stays."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import ProtectedError

from tongzhou.kernel.models import Record

__all__ = ["KeptRecord"]


class _Kept(models.QuerySet[Any]):
    def delete(self) -> NoReturn:
        """Refused: a bulletin is corrected or ended, an entry withdrawn."""
        raise ProtectedError("what was said in public is never deleted", set(self[:10]))


class KeptRecord(Record):
    """A record without a way to delete it."""

    objects = _Kept.as_manager()

    class Meta:
        abstract = True

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Refused, as for many at once."""
        raise ProtectedError("what was said in public is never deleted", {self})
