"""Bulletins and the directory of help: what goes out."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Schema
from pydantic import Field

__all__ = ["BulletinOut", "CorrectionOut", "HelpServiceOut"]


class CorrectionOut(Schema):
    """What was wrong: `changed` names each field with the words before and after."""

    number: int
    published_at: dt.datetime
    reason: str
    reason_en: str
    changed: dict[str, list[str]]


class BulletinOut(Schema):
    """A published bulletin as it stands now. `showing`: current, corrected, coming, expired or ended."""

    id: uuid.UUID
    code: str
    kind: str
    showing: str
    title: str
    title_en: str
    body: str
    body_en: str
    said: str
    said_en: str
    verdict: str
    evidence: str
    source_name: str
    source_url: str
    source_number: str
    severity: str
    stages: list[str] = Field(description="none: all stages")
    places: list[str]
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    verified_at: dt.datetime | None
    verified_role: str
    verified_how: str
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    corrections: list[CorrectionOut]
    card: str = Field(description="path of the living card")
    cap: str = Field(description="path of the newest CAP 1.2 message")


class HelpServiceOut(Schema):
    """A verified service of the directory; `/directory/hsds.json` gives everything as HSDS 3."""

    id: uuid.UUID
    name: str
    name_en: str
    agency: str
    agency_en: str
    topic: str
    status: str
    description: str
    phones: list[str]
    places: list[str]
    groups: list[str] = Field(description="none: everybody")
    minimum_age: int | None
    maximum_age: int | None
    capacity: str
    source: str
    verified_at: dt.datetime | None
    stale: bool = Field(description="to be verified again")
