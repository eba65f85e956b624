"""Lines: opened with sensible skills, shifts and training, changed, closed; what is known of their calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.desks.professionals.models import ArrivalCount, LineSkill, ServiceLine, ShiftKind, TrainingItem
from tongzhou.desks.professionals.policies import MANAGE_LINE, require_on
from tongzhou.desks.professionals.selectors.guides import guides_in_force
from tongzhou.desks.professionals.starting import ITEMS, SHIFTS, SKILLS
from tongzhou.desks.professionals.types import ItemKind
from tongzhou.kernel import audit, changes
from tongzhou.kernel.access import Act, Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.responses.models import Response

__all__ = ["change_line", "change_skill", "open_line", "publish_item", "record_arrivals"]


@transaction.atomic
def open_line(
    *, actor: Actor, response: Response, organisation: Organisation, name: str, name_en: str = "", now: dt.datetime
) -> ServiceLine:
    """A new line of an organisation, at its place, with two skills, the usual shifts and a first code of conduct.

    Raises ``Refusal`` not_found, response_closed, line_name (there is one of that name).
    """
    require(
        actor, MANAGE_LINE, line="services", area=organisation.place_id, response=response.pk,
        organisation=organisation.pk,
    )  # fmt: skip
    if not response.is_open:
        raise Refusal("response_closed")
    line = ServiceLine(
        response=response, organisation=organisation, place=organisation.place, name=name.strip(),
        name_en=name_en.strip(), languages=["mandarin"],
    )  # fmt: skip
    try:
        with transaction.atomic():
            changes.create(line, actor=actor, act=MANAGE_LINE)
    except IntegrityError as error:
        raise Refusal("line_name") from error
    _begin(actor, line, MANAGE_LINE, now)
    return line


def _begin(actor: Actor, line: ServiceLine, act: Act, now: dt.datetime) -> None:
    changes.create_many([LineSkill(line=line, **said) for said in SKILLS], actor=actor, act=act)
    changes.create_many([ShiftKind(line=line, **said) for said in SHIFTS], actor=actor, act=act)
    changes.create_many([TrainingItem(line=line, published_at=now, **said) for said in ITEMS], actor=actor, act=act)


@transaction.atomic
def change_line(*, actor: Actor, line: ServiceLine, expect: int, **fields: Any) -> ServiceLine:
    """Change name, languages, hours or targets. Raises ``Refusal`` version_stale, line_name, line_hours, not_found."""
    require_on(actor, MANAGE_LINE, line)
    if "hours" in fields and not any(fields["hours"].values()):
        raise Refusal("line_hours")
    try:
        with transaction.atomic():
            return changes.apply(line, actor=actor, act=MANAGE_LINE, expect=expect, **fields)
    except IntegrityError as error:
        raise Refusal("line_name") from error


@transaction.atomic
def change_skill(*, actor: Actor, skill: LineSkill, expect: int, **fields: Any) -> LineSkill:
    """Change what is known of the calls of one skill. Raises ``Refusal`` version_stale, not_found."""
    require_on(actor, MANAGE_LINE, skill.line)
    return changes.apply(skill, actor=actor, act=MANAGE_LINE, expect=expect, **fields)


@transaction.atomic
def publish_item(
    *, actor: Actor, line: ServiceLine, kind: str, slug: str, title: str, body: str, now: dt.datetime,
    title_en: str = "", body_en: str = "", guide: str = "",
) -> TrainingItem:  # fmt: skip
    """A new version of training or conduct: everybody acknowledges it before their next shift.

    `guide`: the name of a guide in force that is to be read instead. Raises ``Refusal`` item_guide_gone, not_found.
    """
    require_on(actor, MANAGE_LINE, line)
    if guide and guide not in {one.guide.slug for one in guides_in_force()}:
        raise Refusal("item_guide_gone")
    earlier = list(TrainingItem.objects.select_for_update().filter(line=line, slug=slug))
    last = max((one.number for one in earlier), default=0)
    for old in earlier:
        if old.withdrawn_at is None:
            changes.apply(old, actor=actor, act=MANAGE_LINE, withdrawn_at=now)
    item = TrainingItem(
        line=line, kind=ItemKind(kind), slug=slug, number=last + 1, title=title, title_en=title_en, body=body,
        body_en=body_en, guide=guide, published_at=now,
    )  # fmt: skip
    return changes.create(item, actor=actor, act=MANAGE_LINE)


@transaction.atomic
def record_arrivals(
    *, actor: Actor, line: ServiceLine, counts: Mapping[dt.datetime, int], counted: bool = False
) -> int:
    """Keep how many contacts began in each half hour (aware times); what was known of those half hours is replaced.

    `counted`: from the platform's own contacts, not a record somebody brought in.
    """
    require_on(actor, MANAGE_LINE, line)
    rows = [
        ArrivalCount(line=line, start=start, calls=calls, counted=counted) for start, calls in sorted(counts.items())
    ]
    ArrivalCount.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["line", "start"],
        update_fields=["calls", "counted"],
    )  # fmt: skip
    said = {"arrivals": [None, {"half_hours": len(rows), "calls": sum(row.calls for row in rows)}]}
    audit.record(actor=actor, act=MANAGE_LINE, obj=line, changes=said)
    return len(rows)
