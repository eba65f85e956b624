"""What guidance says for a conversation on the line, shown where it is held."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongzhou.desks.guidance.selectors.here import Shown, guides_for
from tongzhou.desks.guidance.types import Group
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.registers.people.types import COUNSELLOR

__all__ = ["Script", "ScriptStep", "scripts_for"]


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One short step; `caution` is a word of warning for one that does harm when done wrongly, else blank."""

    text: str
    caution: str


@dataclass(frozen=True, slots=True)
class Script:
    """A guide as the call screen shows it: its title, its short steps, where the whole stands.

    `mark` says that no professional has reviewed it yet; blank when one has.
    """

    title: str
    steps: tuple[ScriptStep, ...]
    path: str
    mark: str


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
    return [_script(one) for one in found]


def _script(one: Shown) -> Script:
    steps = tuple(ScriptStep(step.label, _("当心") if step.caution else "") for step in one.steps)
    mark = _("示例，待专业人员审阅") if one.edition.is_example else ""
    return Script(one.edition.label, steps, f"/guidance/{one.slug}/", mark)
