"""Who may confirm, correct, settle and handle."""

from __future__ import annotations

from tongzhou.kernel.access import act
from tongzhou.registers.people.types import COORDINATOR, LIAISON, OFFICER, VERIFIER, VOLUNTEER

__all__ = [
    "ADD_PHOTO",
    "CONFIRM",
    "CONFIRMED_BY_CODE",
    "HANDLE_INCIDENT",
    "INCIDENT_BY_LINK",
    "LIST_INCIDENTS",
    "READ_INCIDENT",
    "RECORD_CASH",
    "REPORT_INCIDENT",
    "SEE_PHOTO",
    "SETTLE_CASH",
]

#: The receiving organisation's officer, or a coordinator or verifier who called the receiver.
CONFIRM = act("delivery.confirm", {COORDINATOR, VERIFIER, OFFICER}, writes=True)
RECORD_CASH = act("delivery.cash", {COORDINATOR, OFFICER, VOLUNTEER}, writes=True)
SETTLE_CASH = act("delivery.settle", {COORDINATOR}, writes=True)
#: A picture of what was handed over; seen by its holder while the task is open, by who looks after the place, logged.
ADD_PHOTO = act("delivery.photo", {COORDINATOR, OFFICER, VOLUNTEER}, writes=True)
SEE_PHOTO = act("delivery.see_photo", {COORDINATOR, OFFICER, VERIFIER, VOLUNTEER}, contacts=True)
REPORT_INCIDENT = act("incident.report", {COORDINATOR, VERIFIER, OFFICER, VOLUNTEER}, writes=True)
LIST_INCIDENTS = act("incident.list", {COORDINATOR, VERIFIER, LIAISON})
HANDLE_INCIDENT = act("incident.handle", {COORDINATOR, VERIFIER}, writes=True)
#: What was said: sealed, each look logged.
READ_INCIDENT = act("incident.read", {COORDINATOR, VERIFIER}, contacts=True)

# What is done with the receiver's code or a secret link stands in the trail under these names.
CONFIRMED_BY_CODE = "delivery.confirmed_by_code"
INCIDENT_BY_LINK = "incident.reported_by_link"
