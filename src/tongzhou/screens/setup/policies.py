"""Who opens the front page of the settings; each page behind it has its own rule."""

from __future__ import annotations

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ADMIN, COORDINATOR

__all__ = ["OPEN_SETUP"]

OPEN_SETUP = act("setup.open", {ADMIN, COORDINATOR})
