"""One refusal of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ErrorText"]


@dataclass(frozen=True, slots=True)
class ErrorText:
    """One refusal: HTTP status, what happened, what to do next. Texts are ``str.format`` templates."""

    status: int
    zh: str
    en: str
    todo_zh: str
    todo_en: str
