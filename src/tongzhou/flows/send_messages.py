"""One round of messages: what happened becomes notices, and the outbox carries them out.

At least once: a message is repeated until its channel takes it, always under the same id, so receivers drop repeats. A
way that fails (a channel, or a person's own address) rests, longer while it goes on failing, and so does all that waits
for it; so it never holds the others up. A channel that fails is shown to the administrator, an own address to whoever
gave it. Nothing of the work waits for any of this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from tongzhou.flows.tell import tell, tell_of_plan
from tongzhou.kernel import clock, outbox
from tongzhou.registers.notices.models import Preference
from tongzhou.registers.notices.services.sending import NotSent, carry_broadcast, carry_notice, carry_trial

__all__ = ["SENT_KINDS", "send_due"]

#: Kinds that leave the house.
SENT_KINDS = ("notice", "broadcast", "trial")
#: Messages tried in one round.
AT_ONCE = 60
#: How long a way that failed rests before anything else is tried by it: as long as it has failed, within these bounds.
SHORTEST, LONGEST = dt.timedelta(seconds=10), dt.timedelta(minutes=10)


class _Careful:
    """Carries messages by ways, and lets a way that failed rest, with everything that waits for it."""

    def __init__(self) -> None:
        self.resting: dict[str, dt.datetime] = {}

    def by(self, carry: Callable[[Mapping[str, Any], str], object]) -> Callable[[dict[str, Any], str], None]:
        """The careful form of a sender."""

        def send(payload: dict[str, Any], key: str) -> None:
            way = _way_of(payload)
            if way in self.resting:
                raise outbox.NotYet(self.resting[way])
            try:
                carry(payload, key)
            except NotSent as error:
                self._rest(way, error.since)
                raise

        return send

    def _rest(self, way: str, since: dt.datetime | None) -> None:
        """Nothing is tried by this way for a while, so that what waits for it never crowds out the others."""
        now = clock.now()
        until = now + min(max(now - (since or now), SHORTEST), LONGEST)
        self.resting[way] = until
        for kind in SENT_KINDS:
            outbox.put_off(kind, until, way=way)


def _way_of(payload: Mapping[str, Any]) -> str:
    """What rests when this message fails. Messages posted before ways had names name their preference or channel."""
    if "way" in payload:
        return str(payload["way"])
    if "preference" not in payload:
        return str(payload["channel"])
    row = Preference.objects.select_related("channel").filter(pk=payload["preference"]).first()
    return str(row.way) if row is not None else ""


def send_due() -> int:
    """One round of the tick: make notices of what happened, send what is due; how many got through."""
    careful = _Careful()
    # What happened first: the notices it makes may go out in the same round.
    told, _ = outbox.send_due({"event": tell, "plan.ready": tell_of_plan}, limit=AT_ONCE)
    carriers = {"notice": carry_notice, "broadcast": carry_broadcast, "trial": carry_trial}
    sent, _ = outbox.send_due({kind: careful.by(carry) for kind, carry in carriers.items()}, limit=AT_ONCE)
    return told + sent
