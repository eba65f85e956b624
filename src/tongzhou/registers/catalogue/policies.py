"""Who may change the catalogue of a response. Reading it is open to all: it stands on the help page."""

from __future__ import annotations

from tongzhou.kernel.access import act

__all__ = ["CHANGE_CATEGORY"]

# The catalogue stands below people, so the roles are written out.
CHANGE_CATEGORY = act("category.change", {"coordinator", "admin"}, writes=True)
