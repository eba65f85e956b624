"""Who sets up the ways out of the house. Everybody chooses for themselves what to hear."""

from __future__ import annotations

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ADMIN

__all__ = ["MANAGE_CHANNELS", "OWN_PREFERENCE", "READ_OUTBOX"]

MANAGE_CHANNELS = act("channel.manage", {ADMIN}, writes=True)
READ_OUTBOX = act("channel.read", {ADMIN})

#: What anybody chooses for the own account; stands in the trail, needs no role.
OWN_PREFERENCE = "notice.own"
