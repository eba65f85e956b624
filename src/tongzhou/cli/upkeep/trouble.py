"""What a command cannot do, said to the person who runs the machine: what, why, and what to do next."""

from __future__ import annotations

from tongzhou.launch.words import both

__all__ = ["Trouble"]


class Trouble(Exception):
    """A command stops here; its text is one line in the person's language. `code` is the exit code."""

    def __init__(self, zh: str, en: str, *, code: int = 2) -> None:
        super().__init__(both(zh, en))
        self.code = code
