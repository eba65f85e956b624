"""What goes in and out about assignments, receipts and incidents. Quantities are whole numbers of `unit`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from tongzhou.kernel.quantity import LARGEST
from tongzhou.screens.api.schemas import Long, Quantity, Version, _In, _text

__all__ = [
    "AcceptIn", "AssignmentOut", "Balances", "ConfirmIn", "CorrectIn", "DeclineIn", "HandleIn", "IncidentIn",
    "IncidentOut", "IncidentState", "ReceiptOut", "ReturnIn", "SentIn", "StateWord",
]  # fmt: skip

StateWord = Literal["proposed", "accepted", "in_transit", "delivered", "confirmed", "declined", "lapsed", "withdrawn"]
IncidentState = Literal["open", "handled"]
Reason = Literal["no_stock", "no_transport", "too_far", "no_time", "unsafe", "not_ours", "other"]
Difference = Literal["", "short", "damaged", "wrong", "standard", "not_needed", "not_home", "other"]
IncidentKind = Literal["unsafe", "wrong_goods", "wrong_number", "not_arrived", "money", "conduct", "other"]
Some = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]


class Balances(Schema):
    """Where how much of an assignment is; sums over its movements."""

    planned: int
    accepted: int
    in_transit: int
    received: int
    refused: int
    missing: int
    returned: int


class AssignmentOut(Schema):
    """So much of an offer for a need. Who carries it is never named; `organisation` gives, `receiver` gets."""

    id: uuid.UUID
    code: str
    version: int
    response: str
    line: str
    place: str
    need: uuid.UUID
    need_code: str
    offer: uuid.UUID
    offer_code: str
    organisation: uuid.UUID | None
    receiver: uuid.UUID | None
    team: uuid.UUID | None
    category: str
    unit: str
    quantity: int
    balances: Balances
    urgency: int
    state: str
    decline_reason: str
    state_reason: str
    proposed_at: dt.datetime
    lapses_at: dt.datetime
    accepted_at: dt.datetime | None
    due_at: dt.datetime | None
    sent_at: dt.datetime | None
    delivered_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    synthetic: bool
    created_at: dt.datetime
    updated_at: dt.datetime


class AcceptIn(_In):
    """Nothing but the version that was read."""

    version: Version


class DeclineIn(_In):
    """Why not."""

    version: Version
    reason: Reason
    note: Long = ""  # type: ignore[valid-type]


class SentIn(_In):
    """How much leaves; without `quantity` all that is held. `rest_back`: the rest goes back to planning."""

    version: Version
    quantity: Some | None = None
    rest_back: bool = False


class ReturnIn(_In):
    """How much came back, and how much of that can no longer be used: it is never planned with again."""

    version: Version
    quantity: Some
    unusable: Quantity = 0


class ConfirmIn(_In):
    """What the receiver got; what is named nowhere is still on its way."""

    version: Version
    received: Quantity
    refused: Quantity = 0
    missing: Quantity = 0
    difference: Difference = Field(default="", description="required when something was refused or missing")
    note: Long = ""  # type: ignore[valid-type]


class CorrectIn(_In):
    """What the receiver really got, instead of what a receipt says; all zeros: nothing has arrived yet."""

    version: Version = Field(description="the version of the assignment you read")
    received: Quantity
    refused: Quantity = 0
    missing: Quantity = 0
    difference: Difference = Field(default="", description="required when something was refused or missing")
    note: _text(300, 1) = Field(description="why")  # type: ignore[valid-type]


class ReceiptOut(Schema):
    """One confirmation; a correction names the receipt it corrects."""

    id: uuid.UUID
    assignment: uuid.UUID
    how: str
    received: int
    refused: int
    missing: int
    difference: str
    corrects: uuid.UUID | None
    at: dt.datetime


class IncidentOut(Schema):
    """Something that went wrong. What was said stays sealed and is read on the desk, where each look is logged."""

    id: uuid.UUID
    version: int
    response: str
    assignment: uuid.UUID
    line: str
    place: str
    kind: str
    state: str
    outcome: str
    handled_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime


class IncidentIn(_In):
    """Something went wrong with an assignment."""

    assignment: uuid.UUID
    kind: IncidentKind
    text: _text(1000, 1)  # type: ignore[valid-type]


class HandleIn(_In):
    """What was done about it."""

    version: Version
    outcome: _text(300, 1)  # type: ignore[valid-type]
