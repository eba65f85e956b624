"""What goes in and out. Quantities are whole numbers of `unit`; moments are RFC 3339; places are division codes."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints

from tongzhou.kernel.quantity import LARGEST

__all__ = [
    "READING",
    "REFUSALS",
    "CategoryOut",
    "Closing",
    "ContactIn",
    "LeadIn",
    "LeadOut",
    "LeadPatch",
    "NeedIn",
    "NeedOut",
    "NeedPatch",
    "OfferIn",
    "OfferOut",
    "OfferPatch",
    "OrganisationIn",
    "OrganisationKind",
    "OrganisationOut",
    "OrganisationPatch",
    "Page",
    "PlaceOut",
    "Problem",
    "ResponseIn",
    "ResponseOut",
    "ResponsePatch",
    "Withdraw",
]


def _no_controls(text: str) -> str:
    if any(ord(char) < 32 and char not in "\n\t" for char in text) or "\ufffe" in text:
        raise ValueError("control characters are not allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("lone surrogates are not allowed") from error
    return text


def _text(longest: int, shortest: int = 0) -> object:
    return Annotated[
        str,
        StringConstraints(min_length=shortest, max_length=longest, strip_whitespace=True),
        AfterValidator(_no_controls),
    ]


def _written(pattern: str) -> BeforeValidator:
    """Only the written form: the validator below it would also take numbers as seconds since 1970."""

    def check(value: object) -> object:
        if not isinstance(value, str) or not re.match(pattern, value):
            raise ValueError("not in the form of RFC 3339")
        return value

    return BeforeValidator(check)


Day = Annotated[dt.date, _written(r"\d{4}-\d\d-\d\d\Z")]
Moment = Annotated[AwareDatetime, _written(r"\d{4}-\d\d-\d\d[T ]")]
Quantity = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]
Urgency = Annotated[
    int, Field(ge=0, le=3, strict=True, description="0 life-critical, 1 urgent, 2 important, 3 routine")
]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$")]
Line = Literal["supplies", "services", "funds"]
OrganisationKind = Literal[
    "foundation", "association", "agency", "company", "hospital", "committee", "public_body", "other"
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
CategoryKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
NeedState = Literal["received", "waiting", "verified", "solved", "withdrawn", "refused", "merged", "expired"]
OfferState = Literal["received", "waiting", "verified", "used_up", "withdrawn", "refused", "merged", "expired"]
LeadState = Literal["new", "called", "promoted", "dropped"]
Short = _text(200)
Named = _text(200, 1)
Long = _text(300)
Note = _text(2000)
Version = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True, description="the version you read")]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


Item = TypeVar("Item")


class Page(Schema, Generic[Item]):
    """One page of a list; ask again with `cursor=next` until it is null."""

    items: list[Item]
    next: str | None = None


class Problem(Schema):
    """A refusal (RFC 9457). `code` is stable; `title` says what happened, `detail` what to do next."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    fields: dict[str, str] | None = None


#: Which refusals an operation may answer with; each is a `Problem`, and `root` says so in the document. Named here as
#: its answer, Ninja would make a model of its own for each of them at each operation: half the time of loading the API.
READING: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429))
REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 410, 413, 422, 429))


class ResponseOut(Schema):
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


class ResponseIn(_In):
    """A new response."""

    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: _text(80, 1)  # type: ignore[valid-type]
    name_en: _text(120) = ""  # type: ignore[valid-type]
    area: PlaceCode
    started_on: Day
    is_exercise: bool = False


class ResponsePatch(_In):
    """What changes of a response."""

    version: Version
    name: _text(80, 1) | None = None  # type: ignore[valid-type]
    name_en: _text(120) | None = None  # type: ignore[valid-type]


class Closing(_In):
    """Ending a response."""

    version: Version
    ended_on: Day
    reason: _text(300, 1)  # type: ignore[valid-type]


class PlaceOut(Schema):
    """A division; `code` has 1 (nation), 2, 4, 6 or 9 digits."""

    code: str
    level: str
    name: str
    name_en: str
    full_name: str
    parent: str | None


class CategoryOut(Schema):
    """A kind of goods or service with its base unit."""

    key: str
    name: str
    name_en: str
    kind: str
    line: str
    unit: str
    minimum_lot: int
    stale_days: int


class OrganisationOut(Schema):
    """A registered or public body."""

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


class OrganisationIn(_In):
    """A new organisation; its papers are verified by a person."""

    name: Named  # type: ignore[valid-type]
    short_name: _text(60) = ""  # type: ignore[valid-type]
    kind: OrganisationKind
    is_charity: bool = False
    credit_code: Annotated[str, StringConstraints(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")] = ""
    place: PlaceCode


class OrganisationPatch(_In):
    """What changes of an organisation."""

    version: Version
    name: Named | None = None  # type: ignore[valid-type]
    short_name: _text(60) | None = None  # type: ignore[valid-type]
    place: PlaceCode | None = None


class ContactIn(_In):
    """How to reach whoever asks or offers: sealed on arrival, never given out by this interface."""

    name: _text(60) = ""  # type: ignore[valid-type]
    phone: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9][0-9 -]{4,24}[0-9])?$")] = ""
    wechat: _text(60) = ""  # type: ignore[valid-type]
    address: _text(300) = ""  # type: ignore[valid-type]


class NeedOut(Schema):
    """A need, without contact.

    `quantity_asked` as said, `_confirmed` as verified, `_planned` as planning may use it.
    """

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


class NeedIn(_In):
    """A new need: one thing, one quantity."""

    id: uuid.UUID | None = Field(
        default=None, description="made by the client: a repeat with the same id is the same need"
    )
    response: Slug
    for_whom: Literal["self", "other", "facility"]
    consent: bool = Field(default=False, description="the person asked for agrees; required when for_whom is other")
    requester: Short = ""  # type: ignore[valid-type]
    place: PlaceCode
    item: Named  # type: ignore[valid-type]
    specification: Long = ""  # type: ignore[valid-type]
    quantity: Quantity | None = None
    unit: _text(20) = ""  # type: ignore[valid-type]
    urgency_said: Urgency | None = None
    needed_by: Day | None = None
    note: Note = ""  # type: ignore[valid-type]
    contact: ContactIn


class NeedPatch(_In):
    """What changes of a need; only what is given changes."""

    version: Version
    place: PlaceCode | None = None
    item: Named | None = None  # type: ignore[valid-type]
    specification: Long | None = None  # type: ignore[valid-type]
    quantity_asked: Quantity | None = None
    unit: _text(20) | None = None  # type: ignore[valid-type]
    needed_by: Day | None = None
    note: Note | None = None  # type: ignore[valid-type]


class Withdraw(_In):
    """Withdrawing says why; nothing is deleted."""

    version: Version
    reason: _text(300, 1)  # type: ignore[valid-type]


class OfferOut(Schema):
    """An offer, without contact. `may_go` are division-code prefixes; empty means anywhere."""

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


class OfferIn(_In):
    """A new offer: one thing, one quantity."""

    id: uuid.UUID | None = None
    response: Slug
    giver: Short = ""  # type: ignore[valid-type]
    place: PlaceCode
    item: Named  # type: ignore[valid-type]
    specification: Long = ""  # type: ignore[valid-type]
    standard: Short = ""  # type: ignore[valid-type]
    quantity: Quantity | None = None
    unit: _text(20) = ""  # type: ignore[valid-type]
    may_go: list[PlaceCode] = Field(default_factory=list, max_length=50)
    remote: bool = False
    available_from: Day | None = None
    available_until: Day | None = None
    goods_expire_on: Day | None = None
    earmark: Long = ""  # type: ignore[valid-type]
    note: Note = ""  # type: ignore[valid-type]
    contact: ContactIn


class OfferPatch(_In):
    """What changes of an offer."""

    version: Version
    place: PlaceCode | None = None
    item: Named | None = None  # type: ignore[valid-type]
    specification: Long | None = None  # type: ignore[valid-type]
    quantity: Quantity | None = None
    unit: _text(20) | None = None  # type: ignore[valid-type]
    earmark: Long | None = None  # type: ignore[valid-type]


class LeadOut(Schema):
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


class LeadIn(_In):
    """A new lead."""

    response: Slug
    source_name: Named  # type: ignore[valid-type]
    place: PlaceCode
    item: Short = ""  # type: ignore[valid-type]
    quantity: Quantity | None = None
    unit: _text(20) = ""  # type: ignore[valid-type]
    note: Note = ""  # type: ignore[valid-type]


class LeadPatch(_In):
    """What changes of a lead."""

    version: Version
    place: PlaceCode | None = None
    item: Short | None = None  # type: ignore[valid-type]
    quantity: Quantity | None = None
    note: Note | None = None  # type: ignore[valid-type]
