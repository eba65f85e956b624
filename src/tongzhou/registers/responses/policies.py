"""Who may open, change and close a response. That one exists is public, an exercise excepted."""

from __future__ import annotations

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ADMIN, ROLES

__all__ = ["CHANGE_RESPONSE", "CLOSE_RESPONSE", "LIST_RESPONSES", "OPEN_RESPONSE"]

LIST_RESPONSES = act("response.list", ROLES)
OPEN_RESPONSE = act("response.open", {ADMIN}, writes=True)
CHANGE_RESPONSE = act("response.change", {ADMIN}, writes=True)
CLOSE_RESPONSE = act("response.close", {ADMIN}, writes=True)
