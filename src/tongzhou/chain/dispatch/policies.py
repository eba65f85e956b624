"""Who may see, answer, carry and take back assignments. Being the holder or the giver is judged by the services."""

from __future__ import annotations

from typing import Any

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel.access import act
from tongzhou.registers.people.types import ANALYST, COORDINATOR, LIAISON, OFFICER, VERIFIER, VOLUNTEER

__all__ = [
    "ANSWER",
    "ANSWERED_BY_LINK",
    "CARRY",
    "CLAIM",
    "DECLARE_HEALTH",
    "ENTER_RESULTS",
    "JOINED_BY_ENTRANCE",
    "LAPSE",
    "LIST_ASSIGNMENTS",
    "LIST_TASKS",
    "MANAGE_ENTRANCE",
    "PRINT_SLIP",
    "PROPOSE",
    "SEE_DELIVERY_CONTACT",
    "TAKE_BACK",
    "giver_target",
    "target_of",
]

LIST_ASSIGNMENTS = act("assignment.list", {COORDINATOR, VERIFIER, LIAISON, OFFICER, ANALYST})
#: Accept or decline, for the own organisation or (a coordinator, by telephone) for the giver.
ANSWER = act("assignment.answer", {COORDINATOR, OFFICER}, writes=True)
#: Sent, delivered.
CARRY = act("assignment.carry", {COORDINATOR, OFFICER, VOLUNTEER}, writes=True)
TAKE_BACK = act("assignment.withdraw", {COORDINATOR}, writes=True)
#: The receiver's address and phone, between accepting and finishing, each time logged.
SEE_DELIVERY_CONTACT = act("assignment.contact", {COORDINATOR, OFFICER, VOLUNTEER}, contacts=True)
LIST_TASKS = act("task.list", {VOLUNTEER})
CLAIM = act("task.claim", {VOLUNTEER}, writes=True)
#: A committee or coordinator writes down what volunteers without a smartphone report on their slips.
ENTER_RESULTS = act("task.results", {COORDINATOR, VERIFIER}, writes=True)
#: A slip of paper for somebody without a smartphone; it carries a contact only when that was opened and logged.
PRINT_SLIP = act("task.slip", {COORDINATOR, VERIFIER, VOLUNTEER})
DECLARE_HEALTH = act("task.health", {VOLUNTEER}, writes=True)
MANAGE_ENTRANCE = act("team.entrance", {COORDINATOR}, writes=True)

# What follows by itself or by a secret link stands in the trail under these names.
PROPOSE = "assignment.propose"
LAPSE = "assignment.lapse"
ANSWERED_BY_LINK = "assignment.answered_by_link"
JOINED_BY_ENTRANCE = "team.joined_by_entrance"


def target_of(one: Assignment) -> dict[str, Any]:
    """An assignment for whoever looks after the need's place and line."""
    return {"line": one.line, "area": one.place_id, "response": one.response_id, "organisation": one.receiver_id}


def giver_target(one: Assignment) -> dict[str, Any]:
    """An assignment for the giver's side."""
    return {"line": one.line, "area": one.place_id, "response": one.response_id, "organisation": one.organisation_id}
