"""What the desk answers, as frozen dataclasses. Members the desk adds later are left out, never an error."""

from __future__ import annotations

import datetime as dt
import types
import typing
import uuid
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

__all__ = [
    "Assignment", "Balances", "Category", "Contact", "Cover", "Gap", "Incident", "Lead", "Need", "Needed",
    "Offer", "Organisation", "Pin", "Place", "Plan", "PlanGap", "PlanHold", "PlanLine", "Receipt", "Response",
    "read",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach whoever asks or offers; sent, never received."""

    name: str = ""
    phone: str = ""
    wechat: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An emergency being answered."""

    id: uuid.UUID
    version: int
    slug: str
    name: str
    name_en: str
    area: str
    started_on: dt.date
    ended_on: dt.date | None
    state: str
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A division by its code of 1, 2, 4, 6 or 9 digits."""

    code: str
    level: str
    name: str
    name_en: str
    full_name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of goods or service with one base unit."""

    key: str
    name: str
    name_en: str
    kind: str
    line: str
    unit: str
    minimum_lot: int
    stale_days: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """A registered or public body, with its present standing."""

    id: uuid.UUID
    version: int
    name: str
    short_name: str
    kind: str
    is_charity: bool
    credit_code: str
    place: str
    standing: str
    website: str


@dataclass(frozen=True, slots=True)
class Need:
    """A need without contact. Quantities are whole numbers of `unit`; None is "not said"."""

    id: uuid.UUID
    code: str
    version: int
    response: str
    line: str
    place: str
    place_certain: bool
    organisation: uuid.UUID | None
    for_whom: str
    requester: str
    category: str | None
    item: str
    specification: str
    quantity_asked: int | None
    quantity_confirmed: int | None
    quantity_planned: int | None
    unit: str
    urgency_said: int | None
    urgency: int | None
    needed_by: dt.date | None
    state: str
    state_reason: str
    solved_by: str
    verified_at: dt.datetime | None
    stale_at: dt.datetime | None
    expires_at: dt.datetime | None
    channel: str
    synthetic: bool
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer without contact. `may_go` are division-code prefixes; empty means anywhere."""

    id: uuid.UUID
    code: str
    version: int
    response: str
    line: str
    place: str
    place_certain: bool
    organisation: uuid.UUID | None
    giver: str
    category: str | None
    item: str
    specification: str
    standard: str
    quantity: int | None
    quantity_confirmed: int | None
    unit: str
    may_go: list[str]
    remote: bool
    available_from: dt.date | None
    available_until: dt.date | None
    goods_expire_on: dt.date | None
    earmark: str
    state: str
    state_reason: str
    verified_at: dt.datetime | None
    channel: str
    synthetic: bool
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Lead:
    """A possible source nobody has committed yet: to be called, never planned with."""

    id: uuid.UUID
    code: str
    version: int
    response: str
    line: str
    place: str
    source_name: str
    category: str | None
    item: str
    quantity: int | None
    unit: str
    state: str
    state_reason: str
    called_at: dt.datetime | None
    synthetic: bool
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """What somebody covers at a place and below, in base units; `quantity` None: all of it."""

    id: uuid.UUID
    version: int
    response: str
    place: str
    category: str
    line: str
    by: str
    by_name: str
    organisation: uuid.UUID | None
    quantity: int | None
    starts_on: dt.date
    ends_on: dt.date | None
    source: str
    withdrawn_at: dt.datetime | None
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. `figures` are counted once, when it is ready; `is_proposal`: a command allocates, the plan proposes."""

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


@dataclass(frozen=True, slots=True)
class Gap:
    """Who does what where: one category at one district (or above), in base units."""

    place: str
    category: str
    needs: int
    needed: int
    planned: int
    accepted: int
    in_transit: int
    received: int
    received_all: int
    covered: int
    gap: int
    #: Of the gap, what the plan cannot reach either.
    unreached: int
    over: int
    reason: str
    who: list[str]


@dataclass(frozen=True, slots=True)
class Needed:
    """What the public is told: ``needed``, ``arranged``, ``taken``, ``enough`` or ``pending``.

    `quantity` None: none is said.
    """

    place: str
    category: str
    state: str
    quantity: int | None
    few_households_more: bool
    card: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """This offer, this need, this quantity (base units), and why; what the need `asked` beside what is `planned` on.

    `reach`: 0 same street to 4 across provinces.
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


@dataclass(frozen=True, slots=True)
class PlanGap:
    """A need that lacks something: asked, planned on, served, lacking (base units), and the reason."""

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


@dataclass(frozen=True, slots=True)
class PlanHold:
    """An offer of which something is not needed now: do not send."""

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


@dataclass(frozen=True, slots=True)
class Pin:
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


@dataclass(frozen=True, slots=True)
class Balances:
    """Where how much of an assignment is, in its unit."""

    planned: int
    accepted: int
    in_transit: int
    received: int
    refused: int
    missing: int
    returned: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """So much of an offer for a need. `organisation` gives, `receiver` gets; who carries it is never named."""

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receiver said arrived; a correction names the receipt it corrects."""

    id: uuid.UUID
    assignment: uuid.UUID
    how: str
    received: int
    refused: int
    missing: int
    difference: str
    corrects: uuid.UUID | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, without what was said: that is sealed and read on the desk."""

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


T = TypeVar("T")

_READ: dict[type, Any] = {uuid.UUID: uuid.UUID, dt.date: dt.date.fromisoformat, dt.datetime: dt.datetime.fromisoformat}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, types.UnionType):
        kind = next(one for one in typing.get_args(kind) if one is not type(None))
    if typing.get_origin(kind) is list:
        return [_value(typing.get_args(kind)[0], one) for one in value]
    if isinstance(kind, type) and is_dataclass(kind):
        return read(kind, value)
    return _READ[kind](value) if kind in _READ else value


def read(kind: type[T], said: dict[str, Any]) -> T:
    """One record of the answer as `kind`."""
    hints = typing.get_type_hints(kind)
    return kind(**{one.name: _value(hints[one.name], said[one.name]) for one in fields(kind)})  # type: ignore[arg-type]
