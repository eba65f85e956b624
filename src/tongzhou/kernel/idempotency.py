"""The same submission sent twice (a double click, a retrying phone) has one effect and one answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import OnceKey

__all__ = ["fingerprint", "forget_old", "once", "result_of"]

KEPT = dt.timedelta(days=7)


def fingerprint(content: Any) -> str:
    """A hash of what was sent (JSON values)."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


@transaction.atomic
def once(*, scope: str, key: str, content: str, effect: Callable[[], Any]) -> tuple[Any, bool]:
    """Run `effect` once for this key; (its JSON result, True when it ran now).

    `content` is a `fingerprint`. Raises ``Refusal("key_reused")`` when the key was used for other content. Two at once:
    the database's unique key lets one through, the other waits and gets the first one's answer.
    """
    try:
        with transaction.atomic():
            row = OnceKey.objects.create(scope=scope, key=key, fingerprint=content)
    except IntegrityError:
        row = OnceKey.objects.get(scope=scope, key=key)
        if row.fingerprint != content:
            raise Refusal("key_reused") from None
        return row.result, False
    row.result = effect()
    row.save(update_fields=["result"])
    return row.result, True


def result_of(*, scope: str, key: str) -> Any:
    """The result kept under a key, None when it was not used (or is a week old)."""
    row = OnceKey.objects.filter(scope=scope, key=key).first()
    return None if row is None else row.result


def forget_old() -> int:
    """Drop keys older than a week (`KEPT`); how many. Called by the tick."""
    return OnceKey.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
