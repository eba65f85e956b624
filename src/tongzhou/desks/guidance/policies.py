"""Who writes, reviews, publishes, acknowledges. What is published is open to all: it holds nothing personal."""

from __future__ import annotations

from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.kernel.access import Actor, act
from tongzhou.registers.people.types import ADMIN, AUTHOR, COORDINATOR, PUBLISHER, REVIEWER, ROLES, SUPERVISOR

__all__ = [
    "ACKNOWLEDGE", "ANSWER", "ASK", "LOAD_EXAMPLES", "PUBLISH", "REVIEW", "SEE_ACKNOWLEDGED", "SEE_DRAFTS", "WRITE",
    "is_writer",
]  # fmt: skip

WRITE = act("guide.write", {AUTHOR}, writes=True)
REVIEW = act("guide.review", {REVIEWER}, writes=True)
PUBLISH = act("guide.publish", {PUBLISHER}, writes=True)
SEE_DRAFTS = act("guide.drafts", {AUTHOR, REVIEWER, PUBLISHER})
LOAD_EXAMPLES = act("guide.examples", {AUTHOR, ADMIN}, writes=True)
ANSWER = act("guide.answer", {AUTHOR, REVIEWER}, writes=True)

#: Whoever works here says for themselves what they have read, and asks.
ACKNOWLEDGE = act("guide.acknowledge", ROLES, writes=True)
ASK = act("guide.ask", ROLES, writes=True)
#: Those who lead see who has read what among their own people.
SEE_ACKNOWLEDGED = act("guide.acknowledged", {COORDINATOR, SUPERVISOR, PUBLISHER})


def is_writer(actor: Actor, edition: GuideVersion) -> bool:
    """True when the actor wrote in this version, and so may neither review nor publish it."""
    return actor.account_id is not None and (
        actor.account_id == edition.author_id or str(actor.account_id) in edition.writers
    )
