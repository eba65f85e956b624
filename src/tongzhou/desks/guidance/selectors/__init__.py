"""Reads of guidance: what is published, what is in the making, what belongs where, who has read what."""

from tongzhou.desks.guidance.selectors.here import Shown, guides_for
from tongzhou.desks.guidance.selectors.readers import has_read, people_of, tally, unread_of
from tongzhou.desks.guidance.selectors.versions import (
    changes_of,
    in_the_making,
    last_remark,
    one_version,
    open_version,
    overdue,
    published,
    questions_answered,
    questions_waiting,
    remarks_of,
    shown_version,
    text_of,
    versions_of,
)

__all__ = [
    "Shown",
    "changes_of",
    "guides_for",
    "has_read",
    "in_the_making",
    "last_remark",
    "one_version",
    "open_version",
    "overdue",
    "people_of",
    "published",
    "questions_answered",
    "questions_waiting",
    "remarks_of",
    "shown_version",
    "tally",
    "text_of",
    "unread_of",
    "versions_of",
]
