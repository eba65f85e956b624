"""A stretch of a text that is cut."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` are cut for `reason`."""

    start: int
    end: int
    reason: str
