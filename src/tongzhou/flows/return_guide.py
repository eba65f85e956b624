"""A guide goes back to its author with a reason, is written on with an answer, and is handed in again."""

from __future__ import annotations

import uuid

from django.db import transaction

from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.selectors import last_remark
from tongzhou.desks.guidance.types import SaidText
from tongzhou.flows.notify import notify
from tongzhou.kernel.access import Actor
from tongzhou.registers.notices.types import NoticeKind

__all__ = ["return_guide", "save_draft", "submit_guide"]


def _tell(edition: GuideVersion, accounts: set[uuid.UUID], event: str) -> int:
    facts = {"what": edition.title, "what_en": edition.title_en, "number": edition.number, "event": event}
    return notify(
        accounts=accounts, kind=NoticeKind.GUIDANCE, path=f"/guidance/{edition.guide.slug}/draft/", facts=facts,
        key=f"guide-{event}:{edition.pk}:{edition.version}",
    )  # fmt: skip


@transaction.atomic
def return_guide(
    *, actor: Actor, edition: GuideVersion, note: str, expect: int | None = None
) -> tuple[GuideVersion, int]:
    """Send a version back, and tell everybody who wrote in it; how many. Raises what `services.send_back` raises."""
    found = services.send_back(actor=actor, edition=edition, note=note, expect=expect)
    return found, _tell(found, {found.author_id, *(uuid.UUID(one) for one in found.writers)}, "back")


@transaction.atomic
def save_draft(
    *, actor: Actor, edition: GuideVersion, text: SaidText, answer: str = "", expect: int | None = None
) -> GuideVersion:
    """Keep the text of a draft and, when it was sent back, the answer; a blank answer may come later."""
    found = services.save_draft(actor=actor, edition=edition, text=text, expect=expect)
    if answer.strip():
        services.answer_remark(actor=actor, edition=found, text=answer)
    return found


@transaction.atomic
def submit_guide(*, actor: Actor, edition: GuideVersion, expect: int | None = None) -> GuideVersion:
    """Hand a draft to the reviewers; whoever sent it back hears that it is there again."""
    found = services.submit(actor=actor, edition=edition, expect=expect)
    if (remark := last_remark(found)) is not None:
        _tell(found, {remark.by_id}, "again")
    return found
