"""The one catalogue of refusals: a stable code, an HTTP status, what happened, and what to do next, zh and en.

A code never changes its meaning: people read it out over the phone. `Refusal` is raised by services and policies; the
site turns it into a page, a fragment or problem+json (RFC 9457).
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from tongzhou.kernel import refusals
from tongzhou.kernel.refusals.text import ErrorText
from tongzhou.kernel.words import in_english

__all__ = ["ERRORS", "ErrorText", "Refusal"]


def _catalogue() -> dict[str, ErrorText]:
    """Every module of `kernel.refusals` put together; a code stands in one of them only."""
    found: dict[str, ErrorText] = {}
    for module in pkgutil.iter_modules(refusals.__path__):
        entries = getattr(importlib.import_module(f"{refusals.__name__}.{module.name}"), "ENTRIES", {})
        if twice := found.keys() & entries.keys():
            raise ValueError(f"refusal codes declared twice: {sorted(twice)}")
        found.update(entries)
    return found


ERRORS: dict[str, ErrorText] = _catalogue()


class Refusal(Exception):
    """Something the platform refuses on purpose. `code` is a key of `ERRORS`; `params` fill its texts.

    `fields` names form fields with what is wrong with each (already in the reader's language).
    """

    def __init__(self, code: str, *, fields: dict[str, str] | None = None, **params: Any) -> None:
        if code not in ERRORS:
            raise ValueError(f"refusal code {code!r} is not in ERRORS")
        self.code, self.params, self.fields = code, params, fields or {}
        super().__init__(code, params)

    @property
    def entry(self) -> ErrorText:
        """Its entry in the catalogue."""
        return ERRORS[self.code]

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.entry.status

    @property
    def what(self) -> str:
        """What happened, in the reader's language."""
        return (self.entry.en if in_english() else self.entry.zh).format(**self.params)

    @property
    def todo(self) -> str:
        """What to do next, in the reader's language."""
        return (self.entry.todo_en if in_english() else self.entry.todo_zh).format(**self.params)
