"""Who may verify, merge and let in. The acts with `contacts` open a contact only while the lock is held."""

from __future__ import annotations

from tongzhou.kernel.access import Act, act
from tongzhou.registers.people.types import COORDINATOR, VERIFIER

__all__ = [
    "CLOSE_UNREACHED",
    "EXPIRE",
    "MERGE_NEEDS",
    "VERIFY_NEED",
    "VERIFY_OFFER",
    "verify_act",
]

_WHO = {COORDINATOR, VERIFIER}

VERIFY_NEED = act("need.verify", _WHO, writes=True, contacts=True)
VERIFY_OFFER = act("offer.verify", _WHO, writes=True, contacts=True)
MERGE_NEEDS = act("need.merge", _WHO, writes=True)
#: Nobody answered three times: a person closes it, or keeps trying.
CLOSE_UNREACHED = act("need.close_unreached", _WHO, writes=True)

# What the platform does by itself stands in the trail under these names.
EXPIRE = "triage.expire"


def verify_act(kind: str) -> Act:
    """The act of verifying a ``need`` or an ``offer``."""
    return VERIFY_NEED if kind == "need" else VERIFY_OFFER
