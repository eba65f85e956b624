"""Who sets up the ways out of the house. Everybody chooses for themselves what to hear."""

from __future__ import annotations

import hashlib

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ADMIN

__all__ = ["MANAGE_CHANNELS", "OWN_PREFERENCE", "READ_OUTBOX", "hash_secret"]

MANAGE_CHANNELS = act("channel.manage", {ADMIN}, writes=True)
READ_OUTBOX = act("channel.read", {ADMIN})

#: What anybody chooses for the own account; stands in the trail, needs no role.
OWN_PREFERENCE = "notice.own"


def hash_secret(secret: str) -> str:
    """What is kept of a calendar's address. It has 192 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
