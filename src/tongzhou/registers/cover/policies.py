"""Who may see and write what others cover."""

from __future__ import annotations

from typing import Any

from tongzhou.kernel.access import act
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.people.types import ANALYST, COORDINATOR, LIAISON, OFFICER, VERIFIER

__all__ = ["LIST_COVER", "WRITE_COVER", "target_of"]

LIST_COVER = act("cover.list", {COORDINATOR, VERIFIER, LIAISON, OFFICER, ANALYST})
WRITE_COVER = act("cover.write", {COORDINATOR, LIAISON}, writes=True)


def target_of(one: Cover) -> dict[str, Any]:
    """Cover as `access.allows` wants it described: by line and place."""
    return {"line": one.line, "area": one.place_id, "response": one.response_id}
