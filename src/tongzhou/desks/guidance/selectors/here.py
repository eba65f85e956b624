"""The right page where the work is: which guides belong to this category, these people, this place and this reader."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from tongzhou.desks.guidance.models import Guide, GuideVersion, Step
from tongzhou.desks.guidance.selectors.versions import published
from tongzhou.desks.guidance.types import GROUP_OF_ROLE, GuideKind
from tongzhou.registers.stages.selectors import weights_at
from tongzhou.registers.stages.types import EVEN, Stage, Weights

__all__ = ["Shown", "guides_for", "weight_of"]

#: What counts more: the category of the work, then the people it is for, then the reader; a stage decides among equals.
CATEGORY, GROUP, ROLE = 400, 200, 100
#: Guides shown beside a piece of work; more would not be read.
MOST = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A guide beside a piece of work, with its steps."""

    edition: GuideVersion
    steps: tuple[Step, ...]
    weight: int

    @property
    def slug(self) -> str:
        """The guide's name in its address."""
        return self.edition.guide.slug


def weight_of(guide: Guide, *, category: str, groups: frozenset[str], roles: frozenset[str], weights: Weights) -> int:
    """How well a guide fits, 0 when it does not belong here.

    A guide of another category, other people or other readers never shows; nor one of stages that weigh nothing here.
    """
    if guide.category_id is not None and guide.category_id != category:
        return 0
    if guide.kind == GuideKind.GROUP and guide.group not in groups:
        return 0
    if guide.roles and roles and not roles & set(guide.roles):
        return 0
    stage = weights.of(guide.stages)
    if not stage:
        return 0
    fits = CATEGORY * (guide.category_id is not None) + GROUP * (guide.kind == GuideKind.GROUP)
    return fits + ROLE * bool(guide.roles and roles & set(guide.roles)) + stage


def _weights(stage: str, place: str, response: uuid.UUID | None) -> Weights:
    """The weights of a place, or of one stage alone when it is named."""
    if stage in Stage.values:
        return Weights(**{str(one): 100 * (one == stage) for one in Stage.values})
    return weights_at(place, response) if place and response is not None else EVEN


def guides_for(
    *, category: str = "", group: str | Iterable[str] = "", stage: str = "", role: str | Iterable[str] = "",
    place: str = "", response: uuid.UUID | None = None, limit: int = MOST,
) -> list[Shown]:  # fmt: skip
    """The guides in force that belong to a piece of work, the best fitting first; at most three queries. Public.

    `category`: the key of what is asked for. `group`: one group or several (see ``types.groups_of``). `stage`: one
    stage, else the weights of `place` in `response` decide. `role`: the reader's roles; a volunteer also gets the guide
    for volunteers. Equal ones stand as in the list of guides.
    """
    roles = frozenset([role] if isinstance(role, str) and role else role)
    groups = frozenset([group] if isinstance(group, str) and group else group)
    groups |= {str(GROUP_OF_ROLE[one]) for one in roles if one in GROUP_OF_ROLE}
    weights = _weights(stage, place, response)
    rows = [
        (weight_of(one.guide, category=category, groups=groups, roles=roles, weights=weights), one)
        for one in published()
    ]
    best = sorted((row for row in rows if row[0]), key=lambda row: -row[0])[:limit]
    steps: dict[uuid.UUID, list[Step]] = {one.pk: [] for _weight, one in best}
    for step in Step.objects.filter(edition__in=steps) if steps else ():
        steps[step.edition_id].append(step)
    return [Shown(one, tuple(steps[one.pk]), weight) for weight, one in best]
