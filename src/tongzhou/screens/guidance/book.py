"""One guide or several as a book: what both the PDF and the EPUB are made of. The active language is the book's."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from tongzhou.desks.guidance.models import Citation, GuideVersion, Step
from tongzhou.kernel.words import in_english

__all__ = ["Book", "Chapter", "book_of"]

#: Characters of a fingerprint that people compare.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Chapter:
    """A guide in a book."""

    name: str
    edition: GuideVersion
    steps: tuple[Step, ...]
    sources: tuple[Citation, ...]

    @property
    def fingerprint(self) -> str:
        """What tells two copies apart, short enough to read out."""
        return self.edition.digest[:SHORT]


@dataclass(frozen=True, slots=True)
class Book:
    """Chapters under one title, as of a moment; `address` is where to see whether a newer version is there."""

    identifier: str
    title: str
    language: str
    as_of: dt.datetime
    modified: dt.datetime
    address: str
    chapters: tuple[Chapter, ...]

    @property
    def is_whole(self) -> bool:
        """True for a handbook of several guides."""
        return len(self.chapters) > 1


def book_of(editions: Iterable[GuideVersion], now: dt.datetime, path: str) -> Book:
    """A book of these versions in the active language; `path` is where readers look for a newer one."""
    chapters = tuple(
        Chapter(f"guide-{one.guide.slug}", one, tuple(one.steps.all()), tuple(one.citations.all())) for one in editions
    )
    language = "en" if in_english() else "zh-Hans"
    first = chapters[0].edition
    whole = len(chapters) > 1
    name = "handbook" if whole else f"guide:{first.guide.slug}"
    prints = "-".join(one.fingerprint for one in chapters) if whole else first.digest
    return Book(
        identifier=f"urn:tongzhou:{name}:{language}:{_short_print(prints)}",
        title=_("同舟指南手册") if whole else first.label, language=language, as_of=now,
        modified=max(one.edition.published_at or one.edition.updated_at for one in chapters),
        address=f"{settings.TONGZHOU_ADDRESS}{path}", chapters=chapters,
    )  # fmt: skip


def _short_print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
