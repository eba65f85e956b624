"""A need or an offer that was assigned as one thing turns out to be another, or to be counted in another unit.

What nobody has taken goes back and is planned anew. What somebody holds or carries may be right or wrong,
only a person can tell: it stays, and stands among the incidents of its coordinator until somebody has looked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Min, Q

from tongzhou.chain.delivery.services import incidents
from tongzhou.chain.delivery.types import IncidentKind
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import LIVE, AssignmentState
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.flows import events
from tongzhou.kernel import audit, ids, kept
from tongzhou.kernel.access import Actor
from tongzhou.kernel.models import AuditEntry

__all__ = ["CHANGED_UNDER_WAY", "made_before", "show_to_a_person"]

# What follows from the change stands in the trail under this name.
CHANGED_UNDER_WAY = "dispatch.changed_under_way"


def made_before(record: Need | Offer, some: Sequence[Assignment]) -> list[Assignment]:
    """Those of `some` that were made when the record was another thing or had another unit. Two queries at most."""
    changed = _last_change(record)
    if changed is None or not some:
        return []
    label = audit.label_of(some[0])
    rows = AuditEntry.objects.filter(object_type=label, object_id__in=[str(one.pk) for one in some])
    first = dict(rows.values_list("object_id").annotate(first=Min("id")).order_by())
    return [one for one in some if first.get(str(one.pk), 0) < changed]


def _last_change(record: Need | Offer) -> int | None:
    """The trail's row that last changed what the record is, or what its numbers count."""
    rows = audit.history(record).filter(Q(changes__has_key="category_id") | Q(changes__has_key="unit"))
    for number, said in rows.values_list("pk", "changes"):
        category, unit = said.get("category_id"), said.get("unit")
        if category and category[0] is not None and category[0] != category[1]:
            return int(number)
        if unit and unit[0] is not None and _base(record, unit[0]) != _base(record, unit[1]):
            return int(number)
    return None


def _base(record: Need | Offer, unit: str) -> str:
    """A unit as its numbers count: no unit said is the category's own."""
    own = (record.category.unit, record.category.unit_en) if record.category is not None else ("",)
    return own[0] if unit in ("", *own) else unit


def show_to_a_person(*, record: Need | Offer, some: Sequence[Assignment], actor: Actor, now: dt.datetime) -> int:
    """An incident for each of `some` that somebody holds or carries, once for each change; how many are new."""
    changed, made = _last_change(record), 0
    number = ids.format_code(record.code)
    zh, en = ("求助", "need") if isinstance(record, Need) else ("供给", "offer")
    said = kept.of_pair(
        f"{zh} {number} 的类别或单位在派出以后改过。请问清双方还要不要、数量对不对，再决定照送还是收回。",
        f"The category or unit of the {en} {number} was changed after this was assigned. Ask both sides whether it is "
        "still wanted and how much, then let it go on or take it back.",
    )
    for one in some:
        if one.state not in LIVE or one.state == AssignmentState.PROPOSED:
            continue
        key = f"changed:{one.pk}:{changed}"
        if incidents.known(one, key) is not None:
            continue
        report = incidents.append(
            actor=actor, act=CHANGED_UNDER_WAY, assignment=one, kind=IncidentKind.OTHER, text=said, key=key, now=now
        )
        events.post("incident", one, key=key, kind=report.kind)
        made += 1
    return made
