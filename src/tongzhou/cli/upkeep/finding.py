"""What the doctor found: one thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tongzhou.launch.words import both

__all__ = ["Finding", "Level", "find", "fine"]

Level = Literal["ok", "look", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `level` is ok, look (somebody should) or bad (must be put right)."""

    level: Level
    name: str
    what: str
    why: str = ""
    next: str = ""


def fine(name: str, zh: str, en: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", name, both(zh, en))


def find(level: Level, name: str, what: tuple[str, str], why: tuple[str, str], todo: tuple[str, str]) -> Finding:
    """Something to look at or to put right: what it is, why it matters, what to do next (zh, en)."""
    return Finding(level, name, both(*what), both(*why), both(*todo))
