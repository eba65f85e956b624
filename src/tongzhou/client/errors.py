"""What the desk refuses, and when it cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["DeskError", "DeskUnreachable"]


@dataclass(eq=False)
class DeskError(Exception):
    """The desk refused. `code` is stable; `title` says what happened, `detail` what to do next."""

    status: int
    code: str
    title: str
    detail: str
    fields: dict[str, str] = field(default_factory=dict)
    request_id: str = ""

    def __str__(self) -> str:
        told = "; ".join(f"{name}: {text}" for name, text in self.fields.items())
        return f"[{self.code}] {self.title}. {self.detail}." + (f" ({told})" if told else "")


class DeskUnreachable(Exception):
    """No answer after every attempt.

    What was sent may or may not have arrived (the same key makes asking again safe).
    """
