"""What happened to an assignment, posted in the transaction of the effect; notices are made of it afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel import outbox

__all__ = ["post", "post_many"]


def post(
    event: str, one: Assignment, *, accounts: Iterable[uuid.UUID | None] = (), key: str = "", **facts: Any
) -> None:
    """Post an event about `one`, once for each `key` (its version). `accounts`: who is meant, besides its two sides.

    Never with a contact, an address or a person's words.
    """
    outbox.post("event", _payload(event, one, accounts) | facts, key=_key(event, one, key))


def post_many(event: str, ones: Iterable[Assignment], **facts: Any) -> None:
    """The same event about many assignments, in few statements."""
    outbox.post_many("event", [(_payload(event, one, ()) | facts, _key(event, one)) for one in ones])


def _key(event: str, one: Assignment, key: str = "") -> str:
    return f"{event}:{one.code}:{key or one.version}"[:120]


def _payload(event: str, one: Assignment, accounts: Iterable[uuid.UUID | None]) -> dict[str, Any]:
    return {
        "event": event, "assignment": one.code, "need": str(one.need_id), "offer": str(one.offer_id),
        "response": str(one.response_id), "organisation": _text(one.organisation_id), "team": _text(one.team_id),
        "receiver": _text(one.receiver_id), "holder": _text(one.holder_id), "state": str(one.state),
        "accounts": [str(account) for account in dict.fromkeys(accounts) if account is not None],
    }  # fmt: skip


def _text(value: uuid.UUID | None) -> str:
    return "" if value is None else str(value)
