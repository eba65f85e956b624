"""Who may see figures over the whole of a response, take them away, and read what people say of the service."""

from __future__ import annotations

import uuid
from dataclasses import replace

from tongzhou.kernel.access import ALL_LINES, Act, Actor, act, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import ADMIN, ANALYST, COORDINATOR, LIAISON, OFFICER, VERIFIER

__all__ = [
    "EXPORT_3W",
    "FEEDBACK_GIVEN",
    "LIST_FEEDBACK",
    "LIST_GAPS",
    "READ_FEEDBACK",
    "SEE_SITUATION",
    "everywhere",
    "require_in",
]

#: Who does what where: sums by district, no need and no person, so every line and area of a response sees all of it -
#: gaps and overlaps lie between areas.
LIST_GAPS = act("cover.gaps", {COORDINATOR, VERIFIER, LIAISON, OFFICER, ANALYST})
EXPORT_3W = act("cover.export", {COORDINATOR, VERIFIER, LIAISON, ANALYST})
SEE_SITUATION = act("cover.situation", {COORDINATOR, LIAISON, ANALYST})
LIST_FEEDBACK = act("feedback.list", {COORDINATOR, ADMIN})
#: What somebody wrote may name people: opened one by one, each time logged.
READ_FEEDBACK = act("feedback.read", {COORDINATOR, ADMIN}, writes=True, contacts=True)

#: Somebody without an account said something.
FEEDBACK_GIVEN = "feedback.given"


def everywhere(actor: Actor) -> Actor:
    """The actor with every grant widened to all lines, areas and organisations of its response."""
    return replace(
        actor,
        grants=tuple(replace(one, line=ALL_LINES, area="", organisation=None) for one in actor.grants),
    )


def require_in(actor: Actor, wanted: Act, response: uuid.UUID | None) -> None:
    """``Refusal("not_found")`` unless the actor has a role for `wanted` in this response, whatever its line or area."""
    if not allows(everywhere(actor), wanted, response=response):
        raise Refusal("not_found")
