"""Training that is a guide: read and acknowledged where guides are, with an account."""

from __future__ import annotations

import datetime as dt
import uuid

from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.selectors.readers import has_read
from tongzhou.desks.guidance.selectors.versions import published
from tongzhou.kernel.access import Actor

__all__ = ["guide_read", "guides_in_force"]


def guides_in_force() -> list[GuideVersion]:
    """Guides that training may consist of."""
    return list(published())


def guide_read(slug: str, account_id: uuid.UUID | None, at: dt.datetime) -> bool:
    """Whether the account has acknowledged the steps of the guide that hold and held at `at` already.

    True as well for a guide that is withdrawn (there is nothing to read), and for a version younger than `at`: a shift
    that has begun goes on, the next one asks for it.
    """
    edition = published().filter(guide__slug=slug).first()
    if edition is None or (edition.published_at is not None and edition.published_at > at):
        return True
    return account_id is not None and has_read(Actor(account_id=account_id), edition) is not None
