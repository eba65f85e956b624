"""What must leave the house: posted inside the transaction, sent by the worker afterwards, at least once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import models, transaction

from tongzhou.kernel import clock
from tongzhou.kernel.models import OutboxMessage

__all__ = ["NotYet", "post", "post_many", "put_off", "send_due"]

#: Waiting times between attempts, in seconds; the last one repeats.
BACKOFF = (10, 60, 300, 1800, 7200)


class NotYet(Exception):
    """Raised by a sender for a message whose moment has not come: it waits until then, and was not an attempt."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(f"not before {until.isoformat()}")
        self.until = until


def post(kind: str, payload: dict[str, Any], key: str, due_at: dt.datetime | None = None) -> None:
    """Queue a message, not to be sent before `due_at`; a second one with the same `key` is dropped."""
    message = OutboxMessage(kind=kind, key=key, payload=payload, due_at=due_at or clock.now())
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def post_many(kind: str, messages: Iterable[tuple[dict[str, Any], str]]) -> None:
    """Queue (payload, key) of many messages in few statements; those whose key was used are dropped."""
    now = clock.now()
    rows = [OutboxMessage(kind=kind, key=key, payload=payload, due_at=now) for payload, key in messages]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def put_off(kind: str, until: dt.datetime, **payload: str) -> int:
    """Let what waits of a kind wait until then, where its payload says so; how many. No attempt is counted."""
    wanted = {f"payload__{name}": value for name, value in payload.items()}
    return OutboxMessage.objects.filter(kind=kind, sent_at=None, due_at__lt=until, **wanted).update(due_at=until)


def send_due(senders: Mapping[str, Callable[[dict[str, Any], str], object]], limit: int = 100) -> tuple[int, int]:
    """Send what is due; (sent, failed). A failing message waits longer each time and never blocks the others."""
    sent = failed = 0
    now = clock.now()
    due = OutboxMessage.objects.filter(sent_at=None, due_at__lte=now, kind__in=senders).order_by("due_at")[:limit]
    for message in due:
        with transaction.atomic():
            taken = OutboxMessage.objects.filter(pk=message.pk, sent_at=None, attempts=message.attempts).update(
                attempts=models.F("attempts") + 1,
                due_at=now + dt.timedelta(seconds=BACKOFF[min(message.attempts, len(BACKOFF) - 1)]),
            )
        if not taken:
            continue
        try:
            senders[message.kind](message.payload, message.key)
        except NotYet as wait:
            OutboxMessage.objects.filter(pk=message.pk).update(attempts=message.attempts, due_at=wait.until)
        except Exception as error:  # whatever a channel raises must not stop the others; it is kept and shown
            OutboxMessage.objects.filter(pk=message.pk).update(last_error=f"{type(error).__name__}: {error}"[:500])
            failed += 1
        else:
            OutboxMessage.objects.filter(pk=message.pk).update(sent_at=clock.now(), last_error="")
            sent += 1
    return sent, failed
