"""The desk changes one record: its content, or whether it is still open. The version that was seen decides."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.services import editing
from tongzhou.flows.release_need import keep_in_step
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor

__all__ = ["edit_record", "move_record"]

R = TypeVar("R", Need, Offer, Lead)


@transaction.atomic
def edit_record(*, actor: Actor, record: R, expect: int, reason: str = "", **fields: Any) -> R:
    """Set fields of a need, offer or lead. ``Refusal("version_stale")`` when somebody changed it since."""
    changed = editing.edit(actor=actor, record=record, expect=expect, reason=reason, **fields)
    _moved(actor, changed)
    return changed


@transaction.atomic
def move_record(*, actor: Actor, record: R, expect: int, state: str, reason: str, solved_by: str = "") -> R:
    """Close it or open it again; with this transaction it leaves (or joins) every list of open ones."""
    more: dict[str, Any] = {"solved_by": solved_by} if isinstance(record, Need) else {}
    changed = editing.move_state(actor=actor, record=record, expect=expect, state=state, reason=reason, **more)
    _moved(actor, changed)
    return changed


def _moved(actor: Actor, record: Need | Offer | Lead) -> None:
    """Keep its assignments in step with it; let whoever sent it see that it moved."""
    if isinstance(record, Lead):
        return
    keep_in_step(record=record, actor=actor, now=clock.now())
    if record.submission is not None:
        type(record.submission).objects.filter(pk=record.submission.pk).update(moved_at=clock.now())
