"""What goes in and out about plans. Quantities are whole base units of the category; places are division codes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from tongzhou.screens.api.schemas import CategoryKey, Line, PlaceCode, Quantity, Slug, Version, _In, _text

__all__ = [
    "Approval",
    "ApprovedOut",
    "HoldOut",
    "LineOut",
    "PinIn",
    "PinOut",
    "PlanGapOut",
    "PlanIn",
    "PlanOut",
    "PlanRefusal",
]

PlanState = Literal["queued", "running", "ready", "approved", "empty", "rejected", "superseded", "cancelled", "failed"]
LineState = Literal["proposed", "approved", "struck", "stale"]
Change = Literal["new", "changed", "kept", "gone"]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
LineId = Annotated[int, Field(ge=1, le=2**63 - 1, strict=True)]


class PlanOut(Schema):
    """A plan. `line` and `category` are blank when it is about every one; `figures` are counted once, when it is ready.

    `is_proposal`: a command allocates the goods, the plan only proposes. `progress` in per cent.
    """

    number: int
    version: int
    response: str
    line: str
    area: str
    category: str | None
    state: str
    progress: int
    step: str
    is_proposal: bool
    as_of: dt.datetime | None
    ready_at: dt.datetime | None
    approved_at: dt.datetime | None
    made_by: str
    principles: dict[str, list[str]]
    figures: dict[str, Any]
    failure: dict[str, str]
    closed_reason: str
    created_at: dt.datetime
    updated_at: dt.datetime


class PlanIn(_In):
    """What to plan for; blank means all that the response is about."""

    response: Slug
    line: Line | None = None
    area: PlaceCode | None = None
    category: CategoryKey | None = None


class Approval(_In):
    """Approve the lines of the own line and area, but for those struck (their `id`s).

    `command_answer`: where a command allocates the goods, who of it said yes, when, and the order's number. Without it
    only earmarked gifts and other kinds of help leave; the rest goes on waiting.
    """

    version: Version
    strike: list[LineId] = Field(default_factory=list, max_length=5_000)
    command_answer: _text(300) = ""  # type: ignore[valid-type]


class PlanRefusal(_In):
    """Not this plan, and why."""

    version: Version
    reason: _text(300, 2)  # type: ignore[valid-type]


class ApprovedOut(Schema):
    """What an approval did, in lines. `left`: lines that wait for somebody with another right.

    `in_background`: there are so many lines that a worker carries them out; read the plan again to see how far it is.
    """

    approved: int
    kept: int
    withdrawn: int
    stale: int
    struck: int
    left: int
    in_background: bool
    plan: PlanOut


class LineOut(Schema):
    """This offer, this need, this quantity, and why. `was`: the quantity of the pair in the plan in force.

    `asked`: what the need asked for, blank when it named no quantity; `planned`: what the plan works on, blank for a
    need that is not planned any more.

    `reach`: 0 same street, 1 district, 2 city, 3 province, 4 nation. `basis`: where the need's planned quantity comes
    from; all but `confirmed` is nobody's confirmed number.
    """

    id: int
    need: str
    offer: str
    line: str
    place: str
    from_place: str
    category: str
    urgency: int
    quantity: int
    asked: int | None
    planned: int | None
    was: int | None
    change: str
    reach: int
    basis: str
    pinned: bool
    reason: str
    reason_en: str
    state: str
    decided_reason: str
    synthetic: bool


class PlanGapOut(Schema):
    """A need that lacks something: asked beside planned-on and served, the reason, what stands in the way."""

    id: int
    need: str
    place: str
    category: str
    urgency: int
    asked: int | None
    planned: int
    basis: str
    served: int
    lacking: int
    reason: str
    bottleneck: str
    text: str
    text_en: str


class HoldOut(Schema):
    """An offer of which something is not needed now: do not send. `free` null: nobody said how much there is."""

    id: int
    offer: str
    place: str
    category: str
    free: int | None
    given: int
    held: int | None
    reason: str
    text: str
    text_en: str
    earmarked: bool


class PinOut(Schema):
    """A pair fixed (`quantity` base units) or forbidden (0) for every later plan."""

    id: uuid.UUID
    version: int
    response: str
    need: str
    offer: str
    quantity: int
    reason: str
    by: str
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None


class PinIn(_In):
    """A new pin, by the codes of the need and the offer."""

    need: Code
    offer: Code
    quantity: Quantity
    reason: _text(300, 2)  # type: ignore[valid-type]
