"""What every resource of the API shares: cursors, idempotency, places, changes by version."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Header, Schema
from pydantic import Field, StringConstraints

from tongzhou.kernel import idempotency, ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import Record
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.selectors import under

__all__ = [
    "Cursor",
    "Key",
    "actor_of",
    "checked_version",
    "given",
    "movement_key",
    "narrowed",
    "one_of",
    "own_organisation",
    "page_of",
    "place_of",
    "plain",
    "run_once",
]  # fmt: skip

Key = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,100}$")] | None,
    Header(alias="Idempotency-Key", description="a repeat with the same key gets the first answer"),
]


class Cursor(Schema):
    """How much, and from where."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=64)] | None = None


M = TypeVar("M", bound=Model)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by the site on every request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def page_of(
    rows: QuerySet[M], page: Cursor, shown: Callable[[M], Any], *, by: str = "id",
    prepare: Callable[[list[M]], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One page in descending order of `by` (ids are ordered by time, so the newest comes first).

    `prepare` reads what `shown` needs of other tables, for all rows at once.
    """
    if page.cursor:
        try:
            after: Any = uuid.UUID(page.cursor) if by == "id" else page.cursor
        except ValueError:
            raise Refusal("bad_cursor") from None
        if "\x00" in page.cursor:
            raise Refusal("bad_cursor")
        rows = rows.filter(**{f"{by}__lt": after})
    found = list(rows.order_by(f"-{by}")[: page.limit + 1])
    more = len(found) > page.limit
    found = found[: page.limit]
    if prepare is not None:
        prepare(found)
    return {"items": [shown(row) for row in found], "next": str(getattr(found[-1], by)) if more else None}


def one_of(rows: QuerySet[M], **by: Any) -> M:
    """The one row of what the actor may see; absent and forbidden give the same answer."""
    found = rows.filter(**by).first()
    if found is None:
        raise Refusal("not_found")
    return found


def place_of(code: str) -> Place:
    """The division a body names."""
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise Refusal("bad_fields", fields={"place": f"no division has the code {code}"})
    return found


def given(body: Schema, *leave_out: str) -> dict[str, Any]:
    """The fields a PATCH names; null is not a value here (blank texts clear)."""
    said = body.dict(exclude_unset=True, exclude={"version", *leave_out})
    return {name: value for name, value in said.items() if value is not None}


def checked_version(row: Record, version: int) -> None:
    """Raise 409 when the row moved on since it was read."""
    if row.version != version:
        raise Refusal("version_stale")


def narrowed(rows: QuerySet[Any], page: Any) -> QuerySet[Any]:
    """The filters that needs, offers and leads share."""
    for column, value in (
        ("response__slug", page.response), ("state", page.state), ("category_id", page.category), ("line", page.line),
        ("updated_at__gte", page.updated_since),
    ):  # fmt: skip
        if value is not None:
            rows = rows.filter(**{column: value})
    return rows.filter(under("place_id", page.place)) if page.place else rows


def plain(said: dict[str, Any]) -> dict[str, Any]:
    """What was sent, blanks left out, in JSON values: the raw form that is kept."""
    return {
        name: str(value) if isinstance(value, uuid.UUID | dt.date) else value
        for name, value in said.items()
        if value not in (None, "", [])
    }


def own_organisation(actor: Actor) -> uuid.UUID | None:
    """The organisation an officer writes for; None for those who write for others, or for several."""
    own = {grant.organisation for grant in actor.grants if grant.organisation is not None}
    others = any(grant.organisation is None for grant in actor.grants)
    return own.pop() if len(own) == 1 and not others else None


def run_once(request: HttpRequest, key: str | None, body: Schema, act: str, effect: Callable[[], Any]) -> Any:
    """Run `effect` once per key and actor and give its JSON result (which must be an id)."""
    if key is None:
        return effect()
    actor = actor_of(request)
    content = idempotency.fingerprint(body.dict())
    return idempotency.once(scope=f"api:{act}:{actor.account_id}", key=key, content=content, effect=effect)[0]


def movement_key(actor: Actor, key: str | None) -> str:
    """An idempotency key as the chain keeps it: each account's keys are its own."""
    if key is None:
        return str(ids.new_id())
    return "api:" + hashlib.sha256(f"{actor.account_id}|{key}".encode()).hexdigest()[:40]
