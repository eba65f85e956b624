"""The same change to many records: all or none, one group in the trail, taken back as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.services import editing
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal

__all__ = ["MOST", "BulkChange", "bulk_edit", "cannot"]

R = TypeVar("R", Need, Offer, Lead)

#: Rows one bulk edit may touch: what a person can still look through in the preview.
MOST = 500


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to set: fields (see `editing.EDITABLE`), a state ("" leaves it), and the reason for the trail."""

    fields: dict[str, Any]
    state: str = ""
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nothing would be set."""
        return not self.fields and not self.state


def cannot(actor: Actor, record: Need | Offer | Lead, change: BulkChange) -> bool:
    """True when this row has to be left out: not the actor's to change, or not to be put into that state."""
    if not allows(actor, editing.change_act(record), **target_of(record)):
        return True
    return bool(change.state) and change.state != record.state and change.state not in editing.moves(record)


@transaction.atomic
def bulk_edit(*, actor: Actor, rows: Sequence[tuple[R, int]], change: BulkChange) -> tuple[uuid.UUID, int]:
    """Change (record, version seen) rows: (group, how many changed). One stale row and nothing is written."""
    if len(rows) > MOST:
        raise Refusal("bulk_too_many", most=MOST)
    group, changed = ids.new_id(), 0
    for record, seen in rows:
        before = record.version
        if change.fields:
            editing.edit(actor=actor, record=record, expect=seen, reason=change.reason, group=group, **change.fields)
        if change.state and change.state != record.state:
            expect = record.version if change.fields else seen
            editing.move_state(
                actor=actor, record=record, expect=expect, state=change.state, reason=change.reason, group=group
            )
        changed += record.version > before
        if record.version > before and not isinstance(record, Lead):
            keep_in_step(record=record, actor=actor, now=clock.now(), reason=change.reason)
    return group, changed
