"""Telling people: what happened on the way of the work becomes notices, and the outbox carries them out.

At least once: a message is repeated until its channel takes it, always under the same id, so receivers drop repeats. A
channel that fails is left alone for the rest of the round, so it never holds the others up; it is shown to the
administrator. Nothing of the work waits for any of this.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tongzhou.kernel import clock, outbox
from tongzhou.registers.notices import services
from tongzhou.registers.notices.models import Channel, Preference
from tongzhou.registers.notices.services.sending import NotSent, carry_broadcast, carry_notice

__all__ = ["SENT_KINDS", "notify", "send_due"]

#: Kinds of the outbox that leave the house.
SENT_KINDS = ("notice", "broadcast")
#: Messages tried in one round.
AT_ONCE = 60


def notify(
    *,
    accounts: Iterable[uuid.UUID],
    kind: str,
    facts: Mapping[str, Any],
    path: str,
    key: str,
    urgent: bool = False,
    response: uuid.UUID | None = None,
) -> int:
    """Tell these accounts (and the groups that listen); how many accounts. Called inside the act's transaction."""
    return services.say(
        accounts=accounts, kind=kind, facts=facts, path=path, key=key, urgent=urgent, response=response,
        now=clock.now(),
    )  # fmt: skip


class _Resting(NotSent):
    """The channel failed in this round already."""


def _careful(
    carry: Callable[[Mapping[str, Any], str], object],
    channel_of: Callable[[Mapping[str, Any]], str],
    failed: set[str],
) -> Callable[[dict[str, Any], str], None]:
    def send(payload: dict[str, Any], key: str) -> None:
        channel = channel_of(payload)
        if channel in failed:
            raise _Resting("the channel failed a moment ago; tried again later")
        try:
            carry(payload, key)
        except NotSent:
            failed.add(channel)
            raise

    return send


def _channel_of_notice(payload: Mapping[str, Any]) -> str:
    row = Preference.objects.filter(pk=payload["preference"]).values_list("channel_id", flat=True).first()
    return str(row or "")


def send_due() -> int:
    """One round of the tick: send what is due; how many got through."""
    if not Channel.objects.filter(enabled=True).exists():
        return 0
    failed: set[str] = set()
    senders = {
        "notice": _careful(carry_notice, _channel_of_notice, failed),
        "broadcast": _careful(carry_broadcast, lambda payload: str(payload["channel"]), failed),
    }
    sent, _failed = outbox.send_due(senders, limit=AT_ONCE)
    return sent
