"""Who may set the stage weights of a place."""

from __future__ import annotations

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ADMIN, COORDINATOR, ROLES

__all__ = ["LIST_WEIGHTS", "SET_WEIGHTS"]

LIST_WEIGHTS = act("stage.list", ROLES)
SET_WEIGHTS = act("stage.set", {COORDINATOR, ADMIN}, writes=True)
