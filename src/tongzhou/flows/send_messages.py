"""One round of messages: what happened becomes notices, and the outbox carries them out.

At least once: a message is repeated until its channel takes it, always under the same id, so receivers drop repeats. A
channel that fails is left alone for the rest of the round, so it never holds the others up; it is shown to the
administrator. Nothing of the work waits for any of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongzhou.flows.tell import tell, tell_of_plan
from tongzhou.kernel import outbox
from tongzhou.registers.notices.models import Preference
from tongzhou.registers.notices.services.sending import NotSent, carry_broadcast, carry_notice

__all__ = ["SENT_KINDS", "send_due"]

#: Kinds of the outbox that say what happened.
TOLD_KINDS = ("event", "plan.ready")
#: Kinds that leave the house.
SENT_KINDS = ("notice", "broadcast")
#: Messages tried in one round.
AT_ONCE = 60


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
    """One round of the tick: make notices of what happened, send what is due; how many got through."""
    failed: set[str] = set()
    senders: dict[str, Callable[[dict[str, Any], str], Any]] = {
        "event": tell,
        "plan.ready": tell_of_plan,
        "notice": _careful(carry_notice, _channel_of_notice, failed),
        "broadcast": _careful(carry_broadcast, lambda payload: str(payload["channel"]), failed),
    }
    # What happened first: the notices it makes may go out in the same round.
    told, _ = outbox.send_due({kind: senders[kind] for kind in TOLD_KINDS}, limit=AT_ONCE)
    sent, _ = outbox.send_due({kind: senders[kind] for kind in SENT_KINDS}, limit=AT_ONCE)
    return told + sent
