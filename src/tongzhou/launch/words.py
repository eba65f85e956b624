"""Which language a person is spoken to in, decided once at the start, and `both` to choose between two texts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

__all__ = ["both", "language", "split_language"]


def split_language(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Take ``--lang zh|en`` (or ``--lang=en``) out of `arguments`, wherever it stands before ``--``.

    Returns the other arguments and the language, None when it was not given; ValueError for another language.
    """
    rest: list[str] = []
    chosen: str | None = None
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words], chosen
        if word == "--lang":
            chosen = next(words, "")
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
        else:
            rest.append(word)
            continue
        if chosen not in ("zh", "en"):
            raise ValueError(chosen)
    return rest, chosen


def language(environment: Mapping[str, str] | None = None) -> str:
    """``en`` when TONGZHOU_LANG, else LC_ALL, LC_MESSAGES or LANG (the first one set) starts with en; else ``zh``."""
    environment = os.environ if environment is None else environment
    for name in ("TONGZHOU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def both(zh: str, en: str) -> str:
    """The text in the language of this run."""
    return en if language() == "en" else zh
