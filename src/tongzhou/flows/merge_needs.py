"""Two pleas that are one: one record is kept, the other is merged into it; and the way back, losing neither.

Merging is one level deep: what is merged holds nothing itself, and what holds merged ones is not merged. Both rows are
locked in the order of their ids before either is judged, so that no two merges at once can make a chain or a circle.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.services.editing import refresh_search
from tongzhou.chain.intake.types import OPEN_NEEDS, NeedState
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.chain.triage.policies import MERGE_NEEDS
from tongzhou.chain.triage.selectors.compare import GROUPS
from tongzhou.chain.triage.services import locks
from tongzhou.chain.triage.services.duplicates import pair_of
from tongzhou.chain.triage.services.quantities import plan_quantities
from tongzhou.chain.triage.types import Decision
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

__all__ = ["merge_needs", "unmerge_need"]


@transaction.atomic
def merge_needs(
    *, actor: Actor, keep: Need, gone: Need, expect_keep: int, expect_gone: int, now: dt.datetime,
    choices: Mapping[str, str] | None = None, reason: str = "",
) -> DuplicatePair:  # fmt: skip
    """Merge `gone` into `keep`. `choices`: for each group of fields (`selectors.compare.GROUPS`) ``keep`` or ``gone``.

    The kept record takes over only what was chosen; the other keeps every value it had. Raises ``Refusal``:
    ``not_found``, ``merge_same``, ``merge_closed``, ``merge_chain``, ``version_stale``, ``lock_held`` (somebody else is
    verifying one of them).
    """
    keep, gone = _locked(keep.pk, gone.pk)
    for need in (keep, gone):
        require(actor, MERGE_NEEDS, **target_of(need))
    if keep.pk == gone.pk or keep.response_id != gone.response_id:
        raise Refusal("merge_same")
    for need, expected in ((keep, expect_keep), (gone, expect_gone)):
        if need.version != expected:
            raise Refusal("version_stale")
        locks.require_free(actor=actor, record=need, now=now)
    _require_shape(keep, gone)
    group = ids.new_id()
    changes.apply(
        gone, actor=actor, act=MERGE_NEEDS, reason=reason, group=group, state=NeedState.MERGED, merged_into=keep
    )
    gained = _gained(keep, gone, choices or {})
    if gained:
        changes.apply(keep, actor=actor, act=MERGE_NEEDS, reason=reason, group=group, **gained)
        refresh_search(keep)
        plan_quantities([keep])
    pair = pair_of(keep, gone)
    changes.apply(
        pair, actor=actor, act=MERGE_NEEDS, reason=reason, group=group, decision=Decision.SAME, merge_group=group
    )
    locks.release(actor=actor, record=gone, now=now)
    for need in (gone, keep):
        keep_in_step(record=need, actor=actor, now=now, reason=reason)
    return pair


def _locked(first: uuid.UUID, second: uuid.UUID) -> tuple[Need, Need]:
    """Both rows as they are now, locked in the order of their ids (SQLite's one writer needs no lock)."""
    rows = Need.objects.select_for_update(no_key=True).filter(pk__in={first, second}).order_by("pk")
    found = {need.pk: need for need in rows}
    if first not in found or second not in found:
        raise Refusal("not_found")
    return found[first], found[second]


def _require_shape(keep: Need, gone: Need) -> None:
    for need in (keep, gone):
        if need.state not in OPEN_NEEDS:
            raise Refusal("merge_closed", number=ids.format_code(need.code))
    if Need.objects.filter(merged_into=gone).exists():
        raise Refusal("merge_chain", number=ids.format_code(gone.code))


def _gained(keep: Need, gone: Need, choices: Mapping[str, str]) -> dict[str, Any]:
    """What the kept record takes over: every column of the groups for which the other one's value was chosen."""
    gained: dict[str, Any] = {}
    for group, side in choices.items():
        if group not in GROUPS or side != "gone":
            continue
        if group == "vulnerability":
            gained["vulnerability"] = sorted({*keep.vulnerability, *gone.vulnerability})
        elif group == "note":
            gained["note"] = "\n".join(dict.fromkeys(filter(None, [keep.note, gone.note])))[:2000]
        else:
            gained |= {column: getattr(gone, column) for column in GROUPS[group]}
    if gained.get("urgency") is not None:
        gained["urgency_order"] = gained["urgency"]
    return gained


@transaction.atomic
def unmerge_need(*, actor: Actor, gone: Need, reason: str = "", now: dt.datetime) -> Need:
    """Take a merge back: the merged need is what it was, with whatever was corrected in it since; the kept one gives
    back what it had gained, but for fields that somebody has changed since (those stay as they were changed).

    Raises ``Refusal``: ``not_found``, ``not_merged``.
    """
    require(actor, MERGE_NEEDS, **target_of(gone))
    if gone.merged_into_id is None:
        raise Refusal("not_merged")
    keep, gone = _locked(gone.merged_into_id, gone.pk)
    for need in (keep, gone):
        require(actor, MERGE_NEEDS, **target_of(need))
    entry = _merge_entry(gone)
    if gone.state != NeedState.MERGED or gone.merged_into_id != keep.pk or entry is None:
        raise Refusal("not_merged")
    was: Any = entry.changes["state"]
    changes.apply(gone, actor=actor, act=MERGE_NEEDS, reason=reason, undoes=entry, state=was[0], merged_into=None)
    _give_back(actor, keep, entry, reason)
    keep_in_step(record=keep, actor=actor, now=now, reason=reason)  # what was not sent stays taken back
    pair = pair_of(keep, gone)
    changes.apply(pair, actor=actor, act=MERGE_NEEDS, reason=reason, decision=Decision.OPEN, merge_group=None)
    return gone


def _merge_entry(gone: Need) -> AuditEntry | None:
    """The row of the trail with which it was merged last, unless that was taken back."""
    rows = AuditEntry.objects.filter(
        object_type=Need._meta.label_lower, object_id=str(gone.pk), act=MERGE_NEEDS.name, undoes=None, undone_by=None
    )
    return next((row for row in rows.order_by("-id") if "merged_into_id" in row.changes), None)


def _give_back(actor: Actor, keep: Need, merge: AuditEntry, reason: str) -> None:
    gains = AuditEntry.objects.filter(group=merge.group, object_type=Need._meta.label_lower, object_id=str(keep.pk))
    entry = gains.filter(undoes=None, undone_by=None).order_by("-id").first()
    if entry is None:
        return
    back = {}
    for name, (before, after) in entry.changes.items():
        if changes.says(keep, name, after):
            back[name] = changes.said_value(keep, name, before)
    if back:
        changes.apply(keep, actor=actor, act=MERGE_NEEDS, reason=reason, undoes=entry, **back)
        refresh_search(keep)
        plan_quantities([keep])
