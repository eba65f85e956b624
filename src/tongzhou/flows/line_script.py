"""What guidance says for a conversation on the line, shown where it is held."""

from __future__ import annotations

from dataclasses import dataclass

from tongzhou.desks.guidance.selectors.here import guides_for
from tongzhou.desks.guidance.types import Group
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.registers.people.types import COUNSELLOR

__all__ = ["Script", "scripts_for"]


@dataclass(frozen=True, slots=True)
class Script:
    """A guide as the call screen shows it: its title, its short steps, where the whole stands."""

    title: str
    steps: tuple[str, ...]
    path: str


#: What somebody comes about says whose guide helps.
_GROUPS: dict[str, tuple[str, ...]] = {
    "illness": (Group.PATIENTS,),
    "bereavement": (Group.BEREAVED,),
    "family": (Group.CHILDREN, Group.OLDER),
    "worker": (Group.HEALTH,),
}


def scripts_for(*, contact: Contact, line: ServiceLine) -> list[Script]:
    """The guides that fit what the caller came about, the best first; none when nothing is published."""
    found = guides_for(
        group=_GROUPS.get(contact.topic, ()), role=COUNSELLOR, place=contact.place_id or line.place_id,
        response=line.response_id,
    )  # fmt: skip
    return [
        Script(one.edition.label, tuple(step.label for step in one.steps), f"/guidance/{one.slug}/") for one in found
    ]
